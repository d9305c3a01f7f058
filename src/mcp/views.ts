import type { Resource } from '@modelcontextprotocol/server';
import type { Operation } from '../workspace/operation.ts';
import { operations } from '../workspace/operations.ts';
import type { Session } from '../workspace/session.ts';
import { guides } from './guides.ts';
import { within } from './tool.ts';

/** An operation with its arguments, readable at an address of its own. */
export interface View {
  readonly name: string;
  readonly title: string;
  readonly operation: Operation;
  readonly input: object;
}

const box = (name: 'incoming' | 'sent', title: string): View => ({
  name: `requests/${name}`,
  title,
  operation: operations.list_access_requests,
  input: { box: name },
});

/** What is always the caller's own. */
export const views: Readonly<Record<string, View>> = {
  'postern://me': { name: 'me', title: 'Who you are here', operation: operations.whoami, input: {} },
  'postern://requests/incoming': box('incoming', 'Access requests for you to decide'),
  'postern://requests/sent': box('sent', 'Access requests you made'),
};

/** The kinds that can be read one by one, and what lists and opens them. */
export const kinds = {
  workflow: { list: operations.list_workflows, open: operations.open_workflow },
} as const satisfies Record<string, { list: Operation; open: Operation }>;

export const isKind = (kind: string | undefined): kind is keyof typeof kinds =>
  kind !== undefined && Object.hasOwn(kinds, kind);

/** What is at the same address for everyone whose scopes allow it. */
export function standing(session: Session): Resource[] {
  const own = Object.entries(views).filter(([, { operation }]) => within(session, operation));
  return [
    ...own.map(([uri, { name, title }]) => ({ uri, name, title, mimeType: 'application/json' })),
    ...Object.entries(guides).map(([uri, { name, title }]) => ({ uri, name, title, mimeType: 'text/markdown' })),
  ];
}
