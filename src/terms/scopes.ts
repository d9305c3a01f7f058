/** What a credential may be given (EXT-4). `override` adds no tool: it lets the override path count (EXT-3). */
export const credentialScopes = [
  'read',
  'write',
  'share',
  'request',
  'review',
  'admin',
  'audience',
  'audit',
  'override',
] as const;
export type CredentialScope = (typeof credentialScopes)[number];

export const defaultScopes: readonly CredentialScope[] = ['read', 'request'];
export const defaultKeyDays = 90;

/** By which way someone comes in: people by the Studio, agents from outside, and whoever runs the machine, for someone. */
export type Surface = 'studio' | 'external' | 'operator';
