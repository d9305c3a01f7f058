import { type Inspection, inspect } from '../storage/inspection.ts';
import { schemaOf } from '../storage/migrated.ts';
import { command } from './command.ts';
import { around, type Finding } from './doctor-around.ts';
import { findPlace, type Place } from './place.ts';
import { progress } from './progress.ts';
import type { Settings } from './settings.ts';

export default command({
  summary: 'Looks whether Postern is set up well, and says what to do where it is not.',
  more: 'Its exit code is 1 where something is wrong.',
  takes: [],
  flags: { json: { says: 'as JSON' } },
  async run({ json }, settings) {
    const findings = [...(await around(settings)), ...(await database(settings))];
    process.stdout.write(json ? `${JSON.stringify(findings, null, 2)}\n` : findings.map(line).join(''));
    return findings.every(({ well }) => well) ? 0 : 1;
  },
});

const line = ({ well, says, todo }: Finding) =>
  `${well ? 'ok     ' : 'problem'}  ${says}${well || !todo ? '' : `\n         ${todo}`}\n`;

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

/** In milliseconds: access tokens last ten minutes, and proofs of a provider often less. */
const bearable = 30_000;

/** Whether its clock is ours, and the role that serves one that it can hold to its boundaries (EXP-6). */
export function judged({ version, ahead, role, superuser, bypass, owns, unguarded, rewrites }: Inspection): Finding[] {
  return [
    { well: version >= 16, says: `It is PostgreSQL ${version}.`, todo: 'Postern needs 16 or newer.' },
    {
      well: Math.abs(ahead) <= bearable,
      says:
        Math.abs(ahead) <= bearable
          ? 'Its clock and the one here agree.'
          : `Its clock is ${Math.round(Math.abs(ahead) / 1000)} s ${ahead > 0 ? 'ahead of' : 'behind'} the one here.`,
      todo: 'Let both machines take their time from NTP: grants end by the clock of the database, access tokens by the one here.',
    },
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
