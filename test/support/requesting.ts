import { expect } from 'vitest';
import type { office } from '../support/office.ts';

/** Where requests are made and decided. */
export const told = {
  people: { root: 'admin', ada: 'member', bo: 'member', cy: 'member', dee: 'member', far: 'member' },
  workspaces: { growth: { ada: 'admin', bo: 'creator', cy: 'creator', dee: 'creator' }, finance: { bo: 'creator' } },
  groups: { crew: ['cy'] },
  workflows: {
    plan: { in: 'growth', owner: 'bo' },
    lent: { in: 'growth', owner: 'bo', grants: { cy: 'viewer' } },
    ledger: { in: 'finance', owner: 'bo' },
  },
} as const;

export const code = (code: string, more: object = {}) => ({ error: expect.objectContaining({ code, ...more }) });
export type Here = Awaited<ReturnType<typeof office>>;
export const incoming = async (here: Here, who: string, more: object = {}) =>
  (await here.as(who)('list_access_requests', { box: 'incoming', ...more })).items;
export const sent = async (here: Here, who: string, more: object = {}) =>
  (await here.as(who)('list_access_requests', { box: 'sent', ...more })).items;
export const ask = (here: Here, who: string, name: string, more: object = {}) =>
  here.as(who)('request_access', { id: here.id(name), ...more });
export const decide = (here: Here, who: string, id: string, decision: string, more: object = {}) =>
  here
    .as(who)('decide_access_requests', { decisions: [{ id, decision, ...more }] })
    .then((it) => it.outcomes[0]);
export const ago = (here: Here, column: string, time: string) =>
  here.sql(`update access_request set ${column} = ${column} - interval '${time}' where organization_id = $1`, [
    here.organization,
  ]);
