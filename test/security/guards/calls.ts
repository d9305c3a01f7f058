// biome-ignore-all lint/suspicious/noTemplateCurlyInString: patches are pieces of code.
import type { Line } from './line.ts';

/** What calls may do, and what they are told. */
export const calls: readonly Line[] = [
  {
    line: 8,
    expects: 'A session, a cursor or a token is of use to nobody but whom it was given to',
    guards: [
      {
        file: 'src/mcp/held.ts',
        does: 'serves a session to its owner alone',
        from: 'session.credential.id === credential.id && narrowed === narrowing',
        to: 'session.credential.id !== "" && narrowed !== undefined',
      },
      {
        file: 'src/workspace/desk.ts',
        does: 'binds a cursor to the caller',
        from: "['cursor', entrance.organization, entrance.credential, operation.name, digestOf(query)]",
        to: "['cursor', entrance.organization, operation.name, digestOf(query)]",
      },
      {
        file: 'src/workspace/confirming.ts',
        does: 'binds a confirm token to the caller',
        from: "['confirm', entrance.organization, entrance.credential, operation, args]",
        to: "['confirm', entrance.organization, operation, args]",
      },
    ],
  },
  {
    line: 9,
    expects: 'What a client holds between two calls is sealed, bound, short-lived, and serves once',
    guards: [
      {
        file: 'src/workspace/confirming.ts',
        does: 'binds a confirm token to the operation and its arguments',
        from: "['confirm', entrance.organization, entrance.credential, operation, args]",
        to: "['confirm', entrance.organization, entrance.credential]",
      },
      {
        file: 'src/workspace/confirming.ts',
        does: 'lets it end after five minutes',
        from: 'it.until > now.getTime() &&',
        to: '',
      },
      {
        file: 'src/workspace/confirming.ts',
        does: 'binds it to what the preview showed',
        from: 'it.digest === digest &&',
        to: '',
      },
      {
        file: 'src/workspace/confirming.ts',
        does: 'uses it up',
        from: '&& (await useConfirmation(tx, bound.entrance, it.nonce))',
        to: '&& useConfirmation !== undefined',
      },
    ],
  },
  {
    line: 10,
    expects: 'An answer to an elicitation is no authorization',
    guards: [
      {
        file: 'src/workspace/perform.ts',
        does: 'confirms by the token of the preview alone',
        from: 'await confirms(tx, bound, how.confirm, digest, at.now)',
        to: 'confirms !== undefined',
      },
      {
        file: 'src/mcp/confirmation.ts',
        does: 'takes nothing but the token from what comes back',
        from: "return typeof token === 'string' ? { token } : undefined;",
        to: "return { token: String(token ?? 'agreed') };",
      },
    ],
  },
  {
    line: 11,
    expects:
      'Nobody is sent to an address by an assistant: what a person is asked is a form, with nothing secret in it',
    guards: [
      {
        file: 'src/mcp/confirmation.ts',
        does: 'asks by a form',
        from: `inputRequired.elicit({
        message: \`\${title}?\\n\\n\${asLines(preview).join('\\n')}\`,
        requestedSchema: {
          type: 'object',
          properties: { confirm: { type: 'boolean', title: 'Go ahead', default: true } },
        },
      })`,
        to: 'inputRequired.elicitUrl({ message: `${title}?${asLines(preview).join()}`, url: `http://localhost/confirm?token=${confirm}` })',
      },
      {
        file: 'src/mcp/confirmation.ts',
        does: 'keeps the token out of what the person reads',
        from: "message: `${title}?\\n\\n${asLines(preview).join('\\n')}`,",
        to: "message: `${title}?\\n\\n${asLines(preview).join('\\n')} ${confirm}`,",
      },
    ],
  },
  {
    line: 19,
    expects: 'A subscription tells of nothing that its caller can’t open, and ends with the credential',
    guards: [
      {
        file: 'src/mcp/followed.ts',
        does: 'follows what was decided to be open alone',
        from: 'id === undefined || (open as string[]).includes(id)',
        to: 'id === undefined || open !== undefined',
      },
      {
        file: 'src/mcp/following.ts',
        does: 'tells of nothing that can’t be read now',
        from: 'now !== undefined && now !== states.get(it.uri)',
        to: 'now !== states.get(it.uri)',
      },
      {
        file: 'src/mcp/following.ts',
        does: 'tells of nothing but what reads otherwise now',
        from: 'now !== undefined && now !== states.get(it.uri)',
        to: 'now !== undefined',
      },
      {
        file: 'src/mcp/following.ts',
        does: 'closes what follows with an ended key',
        from: `      stop();
      ended();`,
        to: `      stop();`,
      },
      {
        file: 'src/mcp/listening.ts',
        does: 'caps the streams of one key',
        from: 'each.of(id) >= perCredential)',
        to: 'each.of(id) >= Number.POSITIVE_INFINITY)',
      },
    ],
  },
  {
    line: 20,
    expects: 'Lists, completion, prompts and refusals hold nothing of what the caller can’t open',
    guards: [
      {
        file: 'src/storage/lists.ts',
        does: 'counts the override in a list only where the credential bears its scope',
        from: `await standings(tx, me, scope.override);
  const area = await listedArea(tx, standing, me, wanted);`,
        to: `await standings(tx, me, true || scope);
  const area = await listedArea(tx, standing, me, wanted);`,
      },
    ],
  },
  {
    line: 21,
    expects: 'No id of someone else’s opens anything, under any tool',
    guards: [
      {
        file: 'src/workspace/perform.ts',
        does: 'answers a read with what was decided alone',
        from: `  if (!place.many && ruled[0]?.problem) return noted(tx, ruled, ruled[0].problem);
  const answer`,
        to: '  const answer',
      },
      {
        file: 'src/access/decide.ts',
        does: 'hides what no path leads to',
        from: "if (seen.length === 0) return { outcome: 'hide',",
        to: "if (seen.length === 0) return { outcome: 'deny', missing: 'rung',",
      },
    ],
  },
];
