import { endIsThere, type Fault, type Finding, type Head, type Verdict, verifyLog } from '../storage/verification.ts';
import { inside, outside } from '../terms/ids.ts';
import { Problem } from '../terms/problem.ts';
import { command } from './command.ts';
import { openPlace } from './place.ts';
import { progress } from './progress.ts';

export default command({
  summary: 'Follows the seals of the log, and tells what was changed, taken out or put in another order.',
  more:
    'Its exit code is 1 where something is wrong. That the end was cut off, or all of it sealed anew, shows by a head that was noted ' +
    'elsewhere: `postern audit head` prints them.',
  takes: [],
  flags: {
    organization: { value: 'NAME', says: 'of this one alone; a name or id' },
    head: { value: 'HEAD', many: true, says: 'as `postern audit head` printed it' },
    json: { says: 'as JSON' },
  },
  async run({ organization, head = [], json }, settings) {
    const heads = head.map(headFrom);
    const place = await openPlace(settings, progress);
    try {
      const named = organization && (inside('organization', organization) ?? organization);
      const verdicts = await verifyLog(place.owner, { organization: named, heads });
      if (named && verdicts.length === 0)
        throw new Problem('not_found', `There is no organization ${organization}.`, { advice: 'Check its name.' });
      const ends = await endIsThere(place.owner);
      process.stdout.write(
        json ? `${JSON.stringify({ ends, organizations: verdicts.map(shown) }, null, 2)}\n` : told(verdicts, ends),
      );
      return ends && verdicts.every(({ faults }) => faults === 0) ? 0 : 1;
    } finally {
      await place.release();
    }
  },
});

/** A head as it is printed: the organization, how many entries, and the digest of the last seal. */
export const headText = ({ organization, number, digest }: Head) =>
  `${outside('organization', organization)}:${number}:${digest}`;

function headFrom(text: string): Head {
  const [id = '', number = '', digest = ''] = text.trim().split(':');
  const organization = inside('organization', id);
  if (!organization || !/^[1-9]\d*$/.test(number) || !/^[0-9a-f]{64}$/.test(digest)) {
    throw new Problem('invalid_argument', `--head ${text} is no head of a chain.`, {
      advice: 'Give it as `postern audit head` printed it.',
    });
  }
  return { organization, number: Number(number), digest };
}

const shown = ({ organization, head, first, ...rest }: Verdict) => ({
  organization: outside('organization', organization),
  ...rest,
  ...(head && { head: headText(head) }),
  ...(first && { first: findingShown(first) }),
});

const findingShown = ({ entry, at, ...rest }: Finding) => ({
  ...rest,
  ...(entry && { entry: outside('entry', entry) }),
  ...(at && { at: at.toISOString() }),
});

const told = (verdicts: readonly Verdict[], ends: boolean) =>
  [...verdicts.map(line), ...(ends ? [] : ['problem  The last entry that was sealed is gone, or its seal is.'])]
    .map((text) => `${text}\n`)
    .join('');

function line({ name, organization, sealed, waiting, head, faults, first }: Verdict): string {
  const count = (n: number) => n.toLocaleString('en');
  const state = `${name} (${outside('organization', organization)}): ${count(sealed)} sealed, ${count(waiting)} waiting`;
  if (first) {
    const which = [
      first.number !== undefined && `number ${first.number}`,
      first.entry && outside('entry', first.entry),
      first.action,
      first.at?.toISOString(),
    ].filter(Boolean);
    return `problem  ${state}\n         ${faults === 1 ? 'One fault' : `${count(faults)} faults; the first`}: ${says[first.fault]}: ${which.join(', ')}.`;
  }
  return `ok       ${state}${head ? `\n         ${headText(head)}` : ''}`;
}

const says: Record<Fault, string> = {
  changed: 'this entry reads otherwise than it was sealed',
  missing: 'this entry is gone',
  out_of_order: 'the seal of this entry does not follow from the one before',
  seal_missing: 'this seal is gone',
  unsealed: 'this entry stands among sealed ones without a seal',
  cut: 'the chain is not the one whose head was noted',
};
