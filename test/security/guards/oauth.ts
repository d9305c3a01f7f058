// biome-ignore-all lint/suspicious/noTemplateCurlyInString: patches are pieces of code.
import type { Line } from './line.ts';

/** How clients are let in. */
export const oauth: readonly Line[] = [
  {
    line: 13,
    expects: 'A client is let in by a person who was asked, about this very client',
    guards: [
      {
        file: 'src/oauth/provider.ts',
        does: 'asks each time',
        from: '({ oidc }) => !oidc.result?.consent',
        to: '() => false',
      },
      {
        file: 'src/studio/own-form.ts',
        does: 'takes an answer from its own page alone',
        from: 'return (await checkCsrf(postern, request, sent.form, here)) ?? { here, ...sent };',
        to: 'return checkCsrf === undefined ? signInFirst(request) : { here, ...sent };',
      },
      {
        file: 'src/oauth/questions.ts',
        does: 'takes an answer to the very question that was asked',
        from: '&& pathname.endsWith(`/${found.uid}`) &&',
        to: '&&',
      },
    ],
  },
  {
    line: 14,
    expects: 'A code and a refresh token serve once, to the client that can prove they are its own',
    guards: [
      {
        file: 'src/oauth/provider.ts',
        does: 'wants a proof key',
        from: 'pkce: { required: () => true },',
        to: 'pkce: { required: () => false },',
      },
      {
        file: 'src/oauth/adapter.ts',
        does: 'lets nothing serve twice',
        from: 'if (await ledger.use(named(id))) return;',
        to: 'if ((await ledger.use(named(id))) || id) return;',
      },
      {
        file: 'src/storage/migrations/0008-renewing.ts',
        does: 'answers a refresh token again for seconds alone',
        from: "interval '10 seconds'",
        to: "interval '10 days'",
      },
      {
        file: 'src/storage/migrations/0008-renewing.ts',
        does: 'answers it no more once its successor has been used',
        from: ' and it.next_sealed is not null then return',
        to: " then return coalesce(it.next_sealed, sealed); elsif it.next_sealed = '' then return",
      },
      {
        file: 'src/oauth/turning.ts',
        does: 'gives whoever comes again the one token that there is',
        from: '(turned && became.get(turned)) ?? ',
        to: '',
      },
      {
        file: 'src/oauth/provider.ts',
        does: 'gives another refresh token each time',
        from: 'rotateRefreshToken: true,',
        to: 'rotateRefreshToken: false,',
      },
    ],
  },
  {
    line: 15,
    expects: 'A client hears from whom an answer is',
    guards: [
      {
        file: 'src/oauth/addresses.ts',
        does: 'says that answers name who gave them',
        from: 'authorization_response_iss_parameter_supported: true,',
        to: 'authorization_response_iss_parameter_supported: false,',
      },
    ],
  },
  {
    line: 16,
    expects: 'A token is made for this Postern, or not at all',
    guards: [
      {
        file: 'src/oauth/provider.ts',
        does: 'makes tokens for nothing else',
        from: 'if (resource !== addresses.resource) throw new errors.InvalidTarget();',
        to: 'if (!resource) throw new errors.InvalidTarget();',
      },
    ],
  },
  {
    line: 17,
    expects: 'A document that a stranger names is read without reaching anything that is not public',
    guards: [
      {
        file: 'src/oauth/outward.ts',
        does: 'goes to public addresses alone',
        from: 'const hidden = found.find((it) => !isPublic(it));',
        to: "const hidden = found.find((it) => it === '');",
      },
      {
        file: 'src/oauth/outward.ts',
        does: 'goes to the very address that was looked at',
        from: 'dial({ address: found[0], host: url.hostname,',
        to: 'dial({ address: (await resolve(url.hostname))[0] ?? found[0], host: url.hostname,',
      },
      {
        file: 'src/oauth/outward.ts',
        does: 'follows no redirect',
        from: 'if (statusCode !== 200) return reject',
        to: 'if (statusCode === 0) return reject',
      },
      {
        file: 'src/oauth/outward.ts',
        does: 'reads five kilobytes at most',
        from: 'if (Buffer.byteLength(text) > largest) reject',
        to: 'if (Buffer.byteLength(text) > largest * 1e6) reject',
      },
      {
        file: 'src/oauth/documents.ts',
        does: 'takes a document for the client that it names alone',
        from: 'if (told.client_id !== id) throw',
        to: 'if (told.client_id === undefined) throw',
      },
      {
        file: 'src/oauth/server.ts',
        does: 'reads nothing for whoever is not signed in',
        from: "if (!known && !(await caller.isSignedIn())) return 'sign in first';",
        to: '',
      },
    ],
  },
  {
    line: 18,
    expects: 'Clients that register themselves are bounded, forgotten when unused, and can be turned away',
    guards: [
      {
        file: 'src/oauth/server.ts',
        does: 'counts what one address registers',
        from: 'if (wait !== undefined)',
        to: 'if (wait === -1)',
      },
      {
        file: 'src/storage/migrations/0005-granting.ts',
        does: 'keeps ten thousand at most',
        from: 'return 3600; end if;',
        to: 'return null; end if;',
      },
      {
        file: 'src/storage/migrations/0005-granting.ts',
        does: 'knows none any more that nobody let in within a day',
        from: "(c.standing <> 'self' or coalesce(c.used_at + ${idle}, c.created_at + ${unused}) > statement_timestamp())",
        to: 'true',
      },
      {
        file: 'src/oauth/server.ts',
        does: 'turns clients away where the operator wants it',
        from: "      throw new Refused('invalid_request', 'Clients do not register here; the operator sets them up.', 403);",
        to: "      trouble('Clients do not register here.');",
      },
      {
        file: 'src/oauth/redirects.ts',
        does: 'sends nobody to what could run or show an address',
        from: "return !url.hostname.includes('*') && (scheme.includes('.') || programs.includes(scheme));",
        to: "return !url.hostname.includes('*') && (scheme !== '' || programs.includes(scheme));",
      },
    ],
  },
];
