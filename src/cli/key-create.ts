import { Problem } from '../terms/problem.ts';
import { type CredentialScope, credentialScopes, defaultKeyDays, defaultScopes } from '../terms/scopes.ts';
import { cleanLine } from '../terms/text.ts';
import { command } from './command.ts';
import { asOperator } from './operator.ts';

export default command({
  summary: 'Makes a key, and prints it: the only time that it is shown.',
  more:
    `Scopes: ${credentialScopes.join(', ')}. A key does what its person may, cut down to its scopes and workspaces (EXT-4).\n` +
    'Standard output holds the key alone, so that it can be put into a variable.',
  takes: [],
  flags: {
    person: { value: 'EMAIL', required: true, says: 'whose key it is' },
    name: { value: 'NAME', required: true, says: 'what it is called in the log' },
    scopes: { value: 'A,B', says: `what it may do (${defaultScopes.join(',')})` },
    workspace: { value: 'NAME', many: true, says: 'a workspace that it is cut to; all of its person without' },
    expires: { value: 'TIME', says: `when it ends: 12h, 30d, 8w or never (${defaultKeyDays}d)` },
    organization: { value: 'NAME', says: 'where the person is in several' },
    json: { says: 'print all of it, as JSON' },
  },
  async run({ person, name, scopes, workspace, expires = `${defaultKeyDays}d`, organization, json }, settings) {
    const wish = {
      person,
      organization,
      name: cleanLine(name) || 'key',
      scopes: scopesFrom(scopes),
      workspaces: workspace,
      holds: holdsFrom(expires),
    };
    const { key, ...made } = await asOperator(settings, (operator) => operator.createKey(wish));
    if (json) process.stdout.write(`${JSON.stringify({ ...made, key }, null, 2)}\n`);
    else {
      process.stderr.write(
        `${made.id} is a key of ${made.person} with ${made.scopes.join(', ')}; it ${made.expires_at ? `ends on ${made.expires_at}` : 'has no end'}.\n`,
      );
      process.stdout.write(`${key}\n`);
    }
    return 0;
  },
});

function scopesFrom(text: string | undefined): readonly CredentialScope[] {
  if (text === undefined) return defaultScopes;
  const named = [...new Set(text.split(',').map((name) => name.trim()))];
  const unknown = named.find((name) => !(credentialScopes as readonly string[]).includes(name));
  if (unknown === undefined) return named as CredentialScope[];
  throw new Problem('invalid_argument', `There is no scope ${JSON.stringify(unknown)}.`, {
    advice: `There are ${credentialScopes.join(', ')}.`,
  });
}

const hours = { h: 1, d: 24, w: 24 * 7 };

/** In milliseconds, or for good. */
function holdsFrom(text: string): number | null {
  if (text === 'never') return null;
  const [, count, unit] = /^([1-9]\d{0,4})([hdw])$/.exec(text) ?? [];
  if (count && unit) return Number(count) * hours[unit as keyof typeof hours] * 3_600_000;
  throw new Problem('invalid_argument', `--expires ${text} is no time from now.`, {
    advice: 'Write it like 12h, 30d or 8w, or never.',
  });
}
