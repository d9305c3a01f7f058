import type { Resource } from '@modelcontextprotocol/server';
import { type Kind, kinds } from '../terms/kinds.ts';
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
  'postern://notifications': {
    name: 'notifications',
    title: 'What you were told',
    operation: operations.list_notifications,
    input: {},
  },
};

export const isKind = (kind: string | undefined): kind is Kind => kind !== undefined && Object.hasOwn(kinds, kind);

/** What is at the same address for everyone whose scopes allow it. */
export function standing(session: Session): Resource[] {
  const own = Object.entries(views).filter(([, { operation }]) => within(session, operation));
  return [
    ...own.map(([uri, { name, title }]) => ({ uri, name, title, mimeType: 'application/json' })),
    ...Object.entries(guides).map(([uri, { name, title }]) => ({ uri, name, title, mimeType: 'text/markdown' })),
  ];
}
