// biome-ignore-all lint/suspicious/noTemplateCurlyInString: patches are pieces of code.
import type { Line } from './line.ts';

/** What an access token is good for, and what a call is told that lacks one. */
export const tokens: readonly Line[] = [
  {
    line: 3,
    expects: 'A token that is wrong in any way is answered 401, and where to get a right one',
    guards: [
      {
        file: 'src/oauth/tokens.ts',
        does: 'takes tokens made for this Postern alone',
        from: `    audience: resource,
`,
        to: '',
      },
      {
        file: 'src/oauth/tokens.ts',
        does: 'takes tokens of its own alone',
        from: `    issuer,
    audience`,
        to: '    audience',
      },
      {
        file: 'src/oauth/tokens.ts',
        does: 'takes access tokens and nothing else that is signed with the key',
        from: `    typ: 'at+jwt',
`,
        to: '',
      },
      {
        file: 'src/http/challenge.ts',
        does: 'says where to get a token',
        from: 'const where = gate &&',
        to: 'const where = !gate &&',
      },
    ],
  },
  {
    line: 4,
    expects: 'A token in the address opens nothing',
    guards: [
      {
        file: 'src/http/auth.ts',
        does: 'refuses a request whose address holds one',
        from: "if (url.includes('access_token=')) {",
        to: 'if (false) {',
      },
    ],
  },
  {
    line: 5,
    expects: 'What a caller sent to prove itself is handed on to nobody',
    guards: [
      {
        file: 'src/oauth/outward.ts',
        does: 'reads a document with nothing of whoever asked',
        from: "headers: { host: url.host, accept: 'application/json', connection: 'close' },",
        to: "headers: { host: url.host, accept: 'application/json', connection: 'close', authorization: 'Bearer theirs' },",
      },
    ],
  },
  {
    line: 6,
    expects: 'What a call lacks is told with all scopes at once, and a scope gives no right that its person has not',
    guards: [
      {
        file: 'src/http/challenge.ts',
        does: 'names what is granted along with what is lacking',
        from: '[...session.credential.scopes, scope]',
        to: '[scope]',
      },
      {
        file: 'src/studio/consenting.ts',
        does: 'grants what is sensitive only where it was ticked',
        from: 'isSensitive(scope) ? boxes.includes(scope) : usual.includes(scope)',
        to: 'usual.includes(scope) || boxes.includes(scope) || isSensitive(scope)',
      },
      {
        file: 'src/studio/consenting.ts',
        does: 'has whoever grants it prove first that it is them',
        from: 'if (scopes.some(isSensitive) && !here.isRecent) return',
        to: 'if (false) return',
      },
    ],
  },
  {
    line: 7,
    expects: 'What is protected asks for no more to begin with than it takes',
    guards: [
      {
        file: 'src/oauth/addresses.ts',
        does: 'names the scopes that one begins with',
        from: '  scopes_supported: [...defaultScopes],',
        to: "  scopes_supported: [...credentialScopes, 'offline_access'],",
      },
    ],
  },
];
