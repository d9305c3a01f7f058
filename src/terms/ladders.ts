/**
 * Each noun that access is decided on, and its rungs, lowest first: whoever stands on a rung may do what the rungs below may.
 * The lowest is what it takes to see that the thing is there at all.
 */
export const ladders = {
  resource: ['viewer', 'editor', 'owner'],
  /** A resource that has been deleted and can still come back (VER-3). */
  bin: ['owner'],
  /** The right to take a resource back from the organization (OWN-2). */
  taking: ['taker'],
  workspace: ['viewer', 'creator', 'admin', 'owner'],
  /** A workspace that has been deleted and can still come back (ORG-9). */
  closed: ['owner'],
  project: ['viewer', 'editor'],
  group: ['aware', 'viewer', 'editor', 'owner'],
  team: ['aware', 'member', 'manager'],
  request: ['requester', 'reviewer'],
  /** Someone in the organization; whoever is not found is not there (DIR-1). */
  person: ['seen', 'self'],
  invitation: ['seen', 'sender'],
  /** The permission to invite that an admin gives a member (ORG-3). */
  inviting: ['inviter'],
  organization: ['guest', 'member', 'admin'],
} as const;

export type Noun = keyof typeof ladders;
export type Rung<N extends Noun> = (typeof ladders)[N][number];
export type Level = Rung<'resource'>;
export type WorkspaceRole = Rung<'workspace'>;
export type OrganizationRole = Rung<'organization'>;

export const visibilities = ['private', 'shared', 'everyone'] as const;
export type Visibility = (typeof visibilities)[number];

/** Whether `rung` is `least` or above it on the ladder of `noun`. */
export function reaches<N extends Noun>(noun: N, rung: Rung<N>, least: Rung<N>): boolean {
  const ladder: readonly string[] = ladders[noun];
  return ladder.indexOf(rung) >= ladder.indexOf(least);
}

/** The highest of `rungs` on the ladder of `noun`. */
export function highest<N extends Noun>(noun: N, rungs: readonly Rung<N>[]): Rung<N> | undefined {
  return (ladders[noun] as readonly Rung<N>[]).findLast((rung) => rungs.includes(rung));
}
