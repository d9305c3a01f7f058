import { type Code, Problem, refusals } from '../terms/problem.ts';
import { isExport, mediaOfExports } from './export.ts';
import { headers, named, parameters, preview, problem } from './openapi-parts.ts';
import { asBody } from './problem.ts';
import type { Served } from './served.ts';

const problemMedia = (examples?: object) => ({
  'application/problem+json': { schema: named('schemas', 'Problem'), ...(examples && { examples }) },
});

/** What refusals say, one of each; title and advice are their own. */
const said: Record<Code, ConstructorParameters<typeof Problem>[1]> = {
  unauthenticated: 'The key is unknown or has ended.',
  not_found: 'No workflow with this id is open to you.',
  permission_denied: 'It takes editor of the resource; viewer of the resource is not enough.',
  insufficient_scope: 'edit_workflow takes the scope write; this key bears read, request.',
  read_only: 'edit_workflow changes something, and this connection only reads.',
  confirmation_required: 'The person was asked and said no: nothing has happened.',
  confirmation_stale: 'What was confirmed is not what would happen now.',
  conflict: 'You edited revision 4; the newest is 5.',
  already_decided: 'It is approved already.',
  already_has_access: 'They own it, which is more than sharing gives.',
  ambiguous_principal: 'More than one group has that name.',
  invalid_argument: '/limit: Too big: expected number to be <=50.',
  rate_limited: 'You asked 60 times within a day.',
  too_large: 'A request holds 4194304 bytes at most.',
  unavailable: 'The database does not answer just now.',
  internal: 'The request could not be completed.',
};

const details: { readonly [C in Code]?: ConstructorParameters<typeof Problem>[2] } = {
  insufficient_scope: { scope: 'write' },
  invalid_argument: {
    pointer: '/limit',
    findings: [{ pointer: '/limit', message: 'Too big: expected number to be <=50.' }],
  },
  rate_limited: { retry_after_seconds: 3600 },
  unavailable: { retry_after_seconds: 2 },
};

/** Refusals by the status that HTTP gives them, beyond what the table of refusals says. */
const further: Readonly<Record<number, { readonly title: string; readonly codes: readonly Code[] }>> = {
  400: { title: 'The body can’t be read: it is not JSON, or says a key twice.', codes: ['invalid_argument'] },
  412: { title: 'The revision in If-Match is not the newest.', codes: ['conflict'] },
  415: { title: 'The body is not said to be JSON.', codes: ['invalid_argument'] },
  428: { title: 'No revision is named, neither by If-Match nor in the body.', codes: ['invalid_argument'] },
};

const byStatus = new Map<number, { readonly title: string; readonly codes: readonly Code[] }>();
for (const code of Object.keys(refusals) as Code[]) {
  const { status, title } = refusals[code];
  const before = byStatus.get(status);
  byStatus.set(status, {
    title: before ? `${before.title}, or: ${title}` : title,
    codes: [...(before?.codes ?? []), code],
  });
}
for (const [status, it] of Object.entries(further)) byStatus.set(Number(status), it);

const file = Object.fromEntries(mediaOfExports.map((media) => [media, { schema: { type: 'string' } }]));

const always = [401, 403, 404, 422, 429, 500, 503];

/** Everything that an operation may answer, by status. */
export function resultsOf(served: Served, answer: string, writes: boolean) {
  const { creates, makes, tool, tagged, takesBody, compares } = served;
  const exports = isExport(tool.operation);
  const lists = !exports && served.method === 'GET' && Object.hasOwn(tool.operation.output.shape, 'next_cursor');
  const headers = {
    ...(tagged && { ETag: named('headers', 'ETag') }),
    ...(makes !== undefined && { Location: named('headers', 'Location') }),
    ...(lists && { Link: named('headers', 'Link') }),
  };
  const refused = [
    ...always,
    ...(takesBody ? [400, 413, 415] : []),
    ...(writes ? [409] : []),
    ...(compares ? [412, 428] : []),
  ];
  return {
    [creates ? 201 : 200]: {
      description: creates ? 'It is made.' : 'Done.',
      ...(Object.keys(headers).length && { headers }),
      content: exports ? file : { 'application/json': { schema: named('schemas', answer) } },
    },
    ...(tool.confirmed && { 202: named('responses', '202') }),
    ...(tagged && served.method === 'GET' && { 304: named('responses', '304') }),
    ...Object.fromEntries(refused.sort().map((status) => [status, named('responses', String(status))])),
  };
}

export const components = (answers: Readonly<Record<string, object>>) => ({
  securitySchemes: {
    key: {
      type: 'http',
      scheme: 'bearer',
      description: 'A key of a person; the scopes it must bear stand beside each operation.',
    },
  },
  parameters,
  headers,
  responses: {
    202: {
      description: 'Nothing has happened yet: the preview, and the token that confirms it.',
      content: { 'application/json': { schema: named('schemas', 'Preview') } },
    },
    304: { description: 'You have it already, and may open it still.', headers: { ETag: named('headers', 'ETag') } },
    ...Object.fromEntries([...byStatus].map(([status, it]) => [status, refusalOf(status, it)])),
  },
  schemas: { Problem: problem, Preview: preview, ...answers },
});

function refusalOf(status: number, { title, codes }: { title: string; codes: readonly Code[] }) {
  const examples = codes.map((code) => [code, { value: exampleOf(code, status) }] as const);
  const headers = {
    ...(status === 401 && { 'WWW-Authenticate': named('headers', 'WWW-Authenticate') }),
    ...((status === 429 || status === 503) && { 'Retry-After': named('headers', 'Retry-After') }),
  };
  return {
    description: title,
    ...(Object.keys(headers).length && { headers }),
    content: problemMedia(Object.fromEntries(examples)),
  };
}

function exampleOf(code: Code, status: number) {
  const { instance, ...body } = asBody(new Problem(code, said[code], details[code]), status);
  return { ...body, ...(instance && { instance: 'urn:uuid:0197c0de-0000-7000-8000-000000000000' }) };
}
