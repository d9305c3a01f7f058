import type { Line } from './line.ts';

/** What comes back, what stays in the log, and for how long a right holds. */
export const answers: readonly Line[] = [
  {
    line: 26,
    expects: 'What people wrote comes as data, with nothing in it that a reader would not see',
    guards: [
      {
        file: 'src/terms/text.ts',
        does: 'takes out what is invisible',
        from: "return text.toWellFormed().replace(everyInvisible, '');",
        to: 'return everyInvisible ? text : text;',
      },
    ],
  },
  {
    line: 27,
    expects: 'What tools say of themselves is constant, committed, and holds nothing that people wrote',
    guards: [
      {
        file: 'tools/open-workflow.ts',
        does: 'says what is committed',
        from: 'title:',
        to: 'title: new Date().toISOString() ||',
      },
    ],
  },
  {
    line: 28,
    expects: 'An unforeseen failure tells a reference and never its cause',
    guards: [
      {
        file: 'src/terms/problem.ts',
        does: 'has words of its own for what it did not foresee',
        from: "return new Problem('internal', 'The request could not be completed.', { cause: thrown });",
        to: "return new Problem('internal', String(thrown), { cause: thrown });",
      },
    ],
  },
  {
    line: 29,
    expects: 'Refusals are in the log as well, nobody can rewrite it, and no secret is in any log',
    guards: [
      {
        file: 'src/workspace/ruling.ts',
        does: 'writes a refusal into the log',
        from: `  await note(tx, ruled);
  return problem;`,
        to: '  return tx && ruled && problem;',
      },
      {
        file: 'src/storage/migrations/0001-core.ts',
        does: 'lets who serves add to the log alone',
        from: 'revoke update, delete on activity from postern_app;',
        to: '',
      },
      {
        file: 'src/storage/migrations/0002-recording.ts',
        does: 'lets nobody change the log, not who owns its table',
        from: "begin raise exception 'the log is only added to' using errcode = 'insufficient_privilege'; end $$;",
        to: 'begin return coalesce(new, old); end $$;',
      },
      {
        file: 'src/cli/log.ts',
        does: 'takes out of each line whatever looks like a secret',
        from: ', hooks: { streamWrite: withoutSecrets }',
        to: '',
      },
    ],
  },
  {
    line: 30,
    expects: 'A right that was taken back is gone for the next call, on every instance',
    guards: [
      {
        file: 'src/storage/migrations/0001-entering.ts',
        does: 'reads in each transaction whether the key holds',
        from: "where c.organization_id = org and c.id = credential_id and c.revoked_at is null and p.status = 'active'",
        to: "where c.organization_id = org and c.id = credential_id and p.status = 'active'",
      },
    ],
  },
  {
    line: 33,
    expects: 'No answer brings a page of HTML to be shown in the client',
    guards: [
      {
        file: 'src/mcp/resources.ts',
        does: 'offers data and texts alone',
        from: "const json = 'application/json';",
        to: "const json = 'text/html;profile=mcp-app';",
      },
    ],
  },
];
