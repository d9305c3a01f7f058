import { sql } from 'kysely';

/** A pending request is over after this (REQ-6), whether or not anything has marked it. */
export const isOver = sql`q.created_at + interval '30 days' <= statement_timestamp()`;

/** The status as of now, whether or not anything has marked it: what has run out is over, and of `met` what they ask for has come true. */
export const statusNow = (met: readonly string[]) =>
  sql`case when q.status <> 'pending' then q.status when ${isOver} then 'expired' when q.id = any (${met}::uuid[]) then 'approved' else 'pending' end`;

/** A request as it is handed on: its status is that of now. */
export const columns = (met: readonly string[]) =>
  sql`q.id, q.requester_id, q.resource_id, q.kind, q.workspace_id, q.level, q.message, q.note, q.created_at, q.decided_at, q.decided_by,
  ${statusNow(met)} as status`;
