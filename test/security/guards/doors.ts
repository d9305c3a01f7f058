// biome-ignore-all lint/suspicious/noTemplateCurlyInString: patches are pieces of code.
import type { Line } from './line.ts';

/** How requests come in. */
export const doors: readonly Line[] = [
  {
    line: 1,
    expects: 'Host and Origin are checked, so that no page and no rebound name gets in',
    guards: [
      {
        file: 'src/http/guard.ts',
        does: 'refuses hosts that are not served here',
        from: 'if (!(await isKnown(host))) return',
        to: 'if (false) return',
      },
      {
        file: 'src/http/guard.ts',
        does: 'refuses pages of other origins',
        from: 'if (origin !== undefined && !(await isKnown(hostnameOf(origin)))) {',
        to: 'if (false) {',
      },
      {
        file: 'src/cli/start.ts',
        does: 'does not listen beyond this machine without names to be reached by',
        from: '&& !isNamed) {',
        to: '&& false) {',
      },
    ],
  },
  {
    line: 2,
    expects: 'Postern listens on this machine alone unless told otherwise',
    guards: [
      {
        file: 'src/cli/listen.ts',
        does: 'listens on the address that was chosen alone',
        from: 'server.listen(port, host, resolve)',
        to: 'server.listen(port, resolve)',
      },
    ],
  },
  {
    line: 12,
    expects: 'The pages for people hold against forged forms, frames, scripts and stolen cookies',
    guards: [
      {
        file: 'src/studio/visitor.ts',
        does: 'takes a form only with the token of its session',
        from: 'return fits && isOwn(postern, request) ? undefined : foreign();',
        to: 'return fits || isOwn(postern, request) ? undefined : foreign();',
      },
      {
        file: 'src/studio/visitor.ts',
        does: 'keeps the cookie from scripts',
        from: `    'HttpOnly',
`,
        to: '',
      },
      {
        file: 'src/studio/visitor.ts',
        does: 'keeps the cookie from other hosts and from the clear',
        from: "return isLocal && !address?.startsWith('https:') ? name : `__Host-${name}`;",
        to: 'return isLocal || address ? name : `__Host-${name}`;',
      },
      {
        file: 'src/storage/migrations/0003-signing-functions.ts',
        does: 'gives a session another secret once someone has proven again who they are',
        from: 'proven_by = by, secret_hash = fresh_hash',
        to: 'proven_by = by',
      },
      {
        file: 'src/studio/account-changes.ts',
        does: 'has whoever does what is sensitive prove first that it is them',
        from: "if (sensitive && !here.isRecent) return proveFirst('/account');",
        to: 'if (sensitive && proveFirst === undefined) throw sent;',
      },
      {
        file: 'src/storage/migrations/0003-signing-functions.ts',
        does: 'takes what was asked of a browser as answered once',
        from: 'delete from ceremony where id = which and secret_hash = hash and kind = what and expires_at > statement_timestamp() returning ceremony.detail',
        to: 'select detail from ceremony where id = which and secret_hash = hash and kind = what and expires_at > statement_timestamp()',
      },
      {
        file: 'src/studio/page.ts',
        does: 'lets nobody frame a page',
        from: `"frame-ancestors 'none'",`,
        to: '"frame-ancestors *",',
      },
      {
        file: 'src/studio/page.ts',
        does: 'runs no script but its own',
        from: `"script-src 'self'",`,
        to: `"script-src 'self' 'unsafe-inline'",`,
      },
      {
        file: 'src/workspace/passwords.ts',
        does: 'takes as long where nobody has that email',
        from: "const fits = await verify(known ?? other, password.normalize('NFKC'));",
        to: "const fits = typeof known === 'string' && other !== '' && (await verify(known, password.normalize('NFKC')));",
      },
      {
        file: 'src/workspace/doorstep.ts',
        does: 'throttles what is tried too often',
        from: 'if (seconds === undefined) return;',
        to: 'if (seconds === undefined || seconds) return;',
      },
    ],
  },
  {
    line: 22,
    expects: 'What is one person’s is cached for nobody else',
    guards: [
      {
        file: 'src/mcp/server.ts',
        does: 'marks the list of tools as private',
        from: "cacheScope: 'private'",
        to: "cacheScope: 'public'",
      },
    ],
  },
  {
    line: 23,
    expects: 'Headers that say otherwise than the body are refused, and the body alone is decided on',
    guards: [
      {
        file: 'src/mcp/http.ts',
        does: 'hands on the headers as they came, for the SDK to compare',
        from: 'return modern.fetch(request, handling);',
        to: "const { method, params } = handling.parsedBody as { method: string; params?: { name?: string } }; const headers = new Headers(request.headers); headers.set('mcp-method', method); headers.set('mcp-name', params?.name ?? ''); return modern.fetch(new Request(request.url, { method: 'POST', headers, body: '{}' }), handling);",
      },
    ],
  },
  {
    line: 24,
    expects: 'Bodies are of one type, bounded in size and depth, and what they hold is decided on one by one',
    guards: [
      {
        file: 'src/http/body.ts',
        does: 'reads JSON alone',
        from: "if (!/^application\\/json\\s*(;|$)/i.test(request.headers.get('content-type') ?? '')) {",
        to: 'if (false) {',
      },
      {
        file: 'src/mcp/http.ts',
        does: 'reads nothing that is too deep',
        from: "if (outgrown === 'deep') return",
        to: "if (outgrown === undefined && read.text === '') return",
      },
      {
        file: 'src/mcp/http.ts',
        does: 'reads 4 MiB at most',
        from: "if (read === 'large') return",
        to: "if (read === 'large') return {}; if (false) return",
      },
    ],
  },
  {
    line: 25,
    expects: 'Who asks too often waits, by person, by tool and by address, on all servers together',
    guards: [
      {
        file: 'src/workspace/rates.ts',
        does: 'counts what one person asks',
        from: 'if (allowance?.refused) throw tooMany(`You',
        to: 'if (allowance === null) throw tooMany(`You',
      },
      {
        file: 'src/workspace/rates.ts',
        does: 'counts the calls of what costs much',
        from: 'if (!allowance?.refused) return undefined;',
        to: 'if (!allowance || isCostly) return undefined;',
      },
      {
        file: 'src/workspace/rates.ts',
        does: 'counts the keys from one address that hold nothing',
        from: 'if (allowance.refused) throw tooMany(',
        to: 'if (allowance === null) throw tooMany(',
      },
    ],
  },
  {
    line: 31,
    expects: 'Over stdio nothing but the protocol goes out, and the data folder is its owner’s alone',
    guards: [
      {
        file: 'src/cli/log.ts',
        does: 'logs on standard error alone',
        from: 'pino.destination({ dest: 2,',
        to: 'pino.destination({ dest: 1,',
      },
      {
        file: 'src/storage/embedded.ts',
        does: 'keeps the folder from other accounts',
        from: 'recursive: true, mode: 0o700',
        to: 'recursive: true, mode: 0o755',
      },
    ],
  },
  {
    line: 32,
    expects: 'What one is told goes to nobody else’s stream, and streams end',
    guards: [
      {
        file: 'src/mcp/sessions.ts',
        does: 'closes what has long been idle',
        from: 'if (held.idleFor() > idleMs)',
        to: 'if (held.idleFor() > idleMs * 1e9)',
      },
      {
        file: 'src/storage/migrations/0006-limiting.ts',
        does: 'opens nothing again that has long been idle',
        from: 'and s.narrowing = narrowed and s.used_at >= statement_timestamp() - idle returning',
        to: 'and s.narrowing = narrowed returning',
      },
    ],
  },
];
