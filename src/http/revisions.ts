import { createHash } from 'node:crypto';
import { Problem } from '../terms/problem.ts';

/**
 * The ETag of an answer: its revision, by which edits are told apart, and a digest, since what is shown beside the document
 * changes without a revision (sharing, visibility, ownership).
 */
export const tagOf = (revision: number, body: string): string =>
  `"${revision}-${createHash('sha256').update(body).digest('base64url').slice(0, 22)}"`;

/** Whether whoever asks has this very answer already. */
export function isHeld(tag: string, ifNoneMatch: string | null): boolean {
  if (ifNoneMatch === null) return false;
  return ifNoneMatch.trim() === '*' || ifNoneMatch.split(',').some((it) => it.trim().replace(/^W\//, '') === tag);
}

/** The revision in an If-Match; it alone is compared, so a proxy may have weakened the tag. */
export function revisionIn(ifMatch: string): number {
  const revision = /^(?:W\/)?"([1-9]\d{0,14})(?:-[\w-]+)?"$/.exec(ifMatch.trim())?.[1];
  if (revision) return Number(revision);
  throw new Problem('invalid_argument', 'If-Match: It is no ETag of something that has revisions.', {
    advice: 'Send the one ETag that came when you opened it.',
  });
}
