import type { CredentialScope } from '../terms/scopes.ts';

/** What each scope lets someone do, for people. */
export const scopeWords: Readonly<Record<CredentialScope, { readonly name: string; readonly says: string }>> = {
  read: { name: 'Read', says: 'See and open what you can open' },
  write: { name: 'Write', says: 'Create, edit, delete and restore' },
  share: { name: 'Share', says: 'Share, set who sees it, hand over' },
  request: { name: 'Ask', says: 'Ask for access in your name' },
  review: { name: 'Review', says: 'Decide who gets access to yours' },
  admin: { name: 'Manage', says: 'Change groups, people and workspaces' },
  audience: { name: 'Audience', says: 'See and export collected contacts' },
  audit: { name: 'Oversee', says: 'Read the log, review access' },
  override: { name: 'Override', says: 'Use your office as an admin to open what others own' },
};

/** What decides over others, or looks past them: nobody gets it by going on. */
export const isSensitive = (scope: CredentialScope): boolean => sensitive.includes(scope);
const sensitive: readonly CredentialScope[] = ['review', 'admin', 'audit', 'override'];
