import { statSync } from 'node:fs';
import { type Inspection, inspect } from '../storage/inspection.ts';
import { schemaOf } from '../storage/migrate.ts';
import { command } from './command.ts';
import { findPlace, type Place } from './place.ts';
import { progress } from './progress.ts';
import type { Settings } from './settings.ts';

/** One thing that was looked at: what it is where it is well, and what to do where it is not. */
export interface Finding {
  readonly well: boolean;
  readonly says: string;
  readonly todo?: string;
}

export default command({
  summary: 'Looks whether Postern is set up well, and says what to do where it is not.',
  more: 'Its exit code is 1 where something is wrong.',
  takes: [],
  flags: { json: { says: 'as JSON' } },
  async run({ json }, settings) {
    const findings = [...folder(settings), ...(await database(settings))];
    process.stdout.write(json ? `${JSON.stringify(findings, null, 2)}\n` : findings.map(line).join(''));
    return findings.every(({ well }) => well) ? 0 : 1;
  },
});

const line = ({ well, says, todo }: Finding) =>
  `${well ? 'ok     ' : 'problem'}  ${says}${well || !todo ? '' : `\n         ${todo}`}\n`;

function folder({ database, home }: Settings): Finding[] {
  if (database) return [];
  const found = statSync(home, { throwIfNoEntry: false });
  if (!found) return [{ well: true, says: `The data folder ${home} is not there yet; the first start makes it.` }];
  const open = (found.mode & 0o077) !== 0;
  return [
    {
      well: !open,
      says: `The data folder ${home} is ${open ? 'open to other accounts of this machine' : 'closed to others'}.`,
      todo: `chmod 700 ${home}`,
    },
  ];
}

async function database(settings: Settings): Promise<Finding[]> {
  let place: Place | undefined;
  try {
    place = await findPlace(settings, progress);
    const { pending, newer } = await schemaOf(place.owner);
    const reached = { well: true, says: `The database ${place.owner.database} answers at ${place.owner.host}.` };
    if (pending.length > 0)
      return [
        reached,
        { well: false, says: `Migrations wait: ${pending.join(', ')}.`, todo: 'Run `postern migrate`.' },
      ];
    const schema =
      newer.length > 0
        ? `It is newer, and can be served all the same: ${newer.join(', ')}.`
        : 'Its schema is that of today.';
    return [reached, { well: true, says: schema }, ...judged(await inspect(place.app))];
  } catch (thrown) {
    return [{ well: false, says: `The database can't be used: ${(thrown as Error).message}`, todo: advice(settings) }];
  } finally {
    await place?.release();
  }
}

const advice = ({ database }: Settings) =>
  database
    ? 'Check DATABASE_URL, and that its user may become the role that serves: `grant postern_app to USER`.'
    : 'The folder POSTERN_HOME holds postgresql.log, which says more.';

/** Whether the role that serves is one that the database can hold to its boundaries (EXP-6). */
export function judged({ version, role, superuser, bypass, owns, unguarded, rewrites }: Inspection): Finding[] {
  return [
    { well: version >= 16, says: `It is PostgreSQL ${version}.`, todo: 'Postern needs 16 or newer.' },
    {
      well: !superuser,
      says: `The role that serves, ${role}, is ${superuser ? 'a superuser, whom no boundary holds' : 'no superuser'}.`,
      todo: `alter role ${role} nosuperuser`,
    },
    {
      well: !bypass,
      says: `It ${bypass ? 'bypasses' : 'does not bypass'} row-level security.`,
      todo: `alter role ${role} nobypassrls`,
    },
    {
      well: owns.length === 0,
      says:
        owns.length === 0
          ? 'It owns no table.'
          : `It owns ${owns.join(', ')}, and a policy does not hold the owner of its table.`,
      todo: 'Let another role own them: `reassign owned by …`, or revoke its membership in the one that does.',
    },
    {
      well: unguarded.length === 0,
      says:
        unguarded.length === 0
          ? 'Row-level security guards every table of an organization.'
          : `No policy guards ${unguarded.join(', ')}.`,
      todo: 'Run `postern migrate` on a copy and compare: a policy was dropped or switched off.',
    },
    {
      well: !rewrites,
      says: `It ${rewrites ? 'may change' : 'can only add to'} the log of activity.`,
      todo: `revoke update, delete, truncate on activity from ${role}`,
    },
  ];
}
