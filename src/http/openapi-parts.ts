import { refusals } from '../terms/problem.ts';
import { confirmHeader, keyHeader } from './headers.ts';

export const named = (kind: 'parameters' | 'responses' | 'schemas' | 'headers', name: string) => ({
  $ref: `#/components/${kind}/${name}`,
});

const text = { type: 'string' } as const;

/** What calls share beside their own arguments. */
export const parameters = {
  read_only: {
    name: 'read_only',
    in: 'query',
    description: 'Narrows the call: true refuses whatever changes something.',
    schema: { type: 'boolean' },
  },
  workspace: {
    name: 'workspace',
    in: 'query',
    description: 'Narrows the call to a workspace, by name or id: nothing in another is there for it.',
    schema: text,
  },
  idempotency_key: {
    name: keyHeader,
    in: 'header',
    description: 'To repeat a call safely, send the same within 24 hours; of one’s own making, for this call alone.',
    schema: { ...text, minLength: 1, maxLength: 200 },
  },
  confirm: {
    name: confirmHeader,
    in: 'header',
    description: 'The token of the preview; leave out to get the preview.',
    schema: text,
  },
  if_match: {
    name: 'If-Match',
    in: 'header',
    description: 'The ETag that came when it was opened, in place of revision. Its revision alone is compared.',
    schema: text,
  },
  if_none_match: {
    name: 'If-None-Match',
    in: 'header',
    description: 'The ETag of the answer that you have already.',
    schema: text,
  },
};

export const headers = {
  ETag: { description: 'The revision, and a digest of this answer.', schema: text },
  Location: { description: 'Where it can be opened.', schema: text },
  Link: { description: 'The next page, as rel="next".', schema: text },
  'Retry-After': { description: 'In seconds.', schema: { type: 'integer' } },
  'WWW-Authenticate': { description: 'How to sign in.', schema: text },
};

const list = (properties: object) => ({ type: 'array', items: { type: 'object', properties } });

export const problem = {
  type: 'object',
  description: 'A refusal (RFC 9457). One that comes of HTTP itself has no code and no advice.',
  required: ['type', 'status', 'title', 'detail'],
  properties: {
    type: text,
    status: { type: 'integer' },
    title: text,
    detail: { ...text, description: 'What happened.' },
    code: { ...text, enum: Object.keys(refusals) },
    advice: { ...text, description: 'The next step.' },
    pointer: { ...text, description: 'The place in the arguments, as a JSON Pointer.' },
    findings: list({ pointer: text, message: text }),
    candidates: list({ id: text, name: text }),
    scope: text,
    retry_after_seconds: { type: 'integer' },
    current: { type: 'object', description: 'What is there now: the newest revision, or a new preview.' },
    instance: { ...text, description: 'To be quoted to the operator.' },
  },
};

export const preview = {
  type: 'object',
  required: ['preview', 'confirm'],
  properties: {
    preview: { type: 'object', description: 'What would change, who would gain and who would lose.' },
    confirm: { ...text, description: 'To be sent within five minutes; it serves once.' },
  },
};
