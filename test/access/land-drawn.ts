import fc from 'fast-check';
import { capabilities, type Kind } from '../../src/terms/kinds.ts';
import type { OrganizationRole, Visibility, WorkspaceRole } from '../../src/terms/ladders.ts';
import type { Lent } from './land.ts';

export interface Size {
  readonly people: number;
  readonly groups: number;
  readonly teams: number;
  readonly workspaces: number;
  readonly projects: number;
  readonly resources: readonly [number, number];
  /** What people are in the organization, each as likely as it stands here. */
  readonly roles: readonly [OrganizationRole, ...OrganizationRole[]];
  /** Of how many things one was deleted. */
  readonly deleted: number;
}

const usual = { roles: ['member', 'member', 'guest', 'admin'], deleted: 7 } as const;
export const village: Size = {
  people: 5,
  groups: 2,
  teams: 2,
  workspaces: 3,
  projects: 3,
  resources: [4, 12],
  ...usual,
};
/** More than a page of most things, and grants through many groups at once. */
export const town: Size = {
  people: 3,
  groups: 30,
  teams: 2,
  workspaces: 2,
  projects: 2,
  resources: [260, 300],
  ...usual,
};
/** Guests mostly, who are together in little, much of which is no more. */
export const hamlet: Size = {
  people: 5,
  groups: 1,
  teams: 1,
  workspaces: 2,
  projects: 2,
  resources: [0, 2],
  roles: ['guest', 'guest', 'member', 'admin'],
  deleted: 2,
};

const once = (every: number) => fc.nat(every - 1).map((n) => n === 0);
const perhaps = <T>(it: fc.Arbitrary<T>) => fc.option(it, { freq: 2 });
const each = <T>(n: number, it: fc.Arbitrary<T>) => fc.array(it, { minLength: n, maxLength: n });
const role = fc.constantFrom<WorkspaceRole>('viewer', 'viewer', 'creator', 'creator', 'admin', 'owner');
const lent = fc.constantFrom<Lent>('viewer', 'editor');
const mostly = <T>(usual: T, ...others: T[]) => fc.nat(9 + others.length).map((n) => others[n - 10] ?? usual);
const when = fc.constantFrom('never', 'never', 'never', 'past', 'future');

/** Worlds in small numbers, so that a failing one shrinks to what it fails by. */
export const toldOf = ({
  people,
  groups,
  teams,
  workspaces,
  projects,
  resources: [least, most],
  roles,
  deleted,
}: Size) =>
  fc.record({
    people: each(
      people,
      fc.record({
        role: fc.constantFrom(...roles),
        canInvite: fc.boolean(),
        status: mostly('active' as const, 'suspended' as const, 'removed' as const),
      }),
    ),
    createdBy: fc.option(fc.nat(people - 1)),
    invitations: fc.array(fc.nat(people - 1), { maxLength: 3 }),
    principals: each(
      groups + teams,
      fc.record({
        isPublic: fc.boolean(),
        deleted: once(deleted),
        members: each(people, fc.option(fc.nat(2), { freq: 2 })),
      }),
    ),
    workspaces: each(
      workspaces,
      fc.record({
        anyEditorTakesBack: fc.boolean(),
        deleted: once(deleted),
        past: once(4),
        people: each(people, perhaps(role)),
        teams: each(teams, fc.option(role, { freq: 2 })),
        switches: fc.uniqueArray(
          fc.record({ person: fc.nat(people - 1), capability: fc.constantFrom(...capabilities), on: fc.boolean() }),
          { maxLength: 4, selector: ({ person, capability }) => `${person}/${capability}` },
        ),
      }),
    ),
    projects: each(
      projects,
      fc.record({
        workspace: fc.nat(workspaces - 1),
        restricted: fc.boolean(),
        deleted: once(deleted),
        members: each(people + teams, perhaps(lent)),
      }),
    ),
    resources: fc.array(
      fc.record({
        kind: fc.constantFrom<Kind>(
          'workflow',
          'workflow',
          'workflow',
          'workflow',
          'brand_kit',
          'assistant',
          'integration',
        ),
        installed: fc.constantFrom('workspace' as const, 'organization' as const, null),
        name: fc.constantFrom('Payroll', 'payout', 'Plans 100%', 'plan_b', 'Ångström'),
        workspace: fc.nat(workspaces - 1),
        project: fc.option(fc.nat(projects - 1), { freq: 3 }),
        owner: fc.option(fc.nat(people - 1), { freq: 4 }),
        givenBy: fc.option(fc.nat(people - 1), { freq: 3 }),
        visibility: fc.constantFrom<Visibility>('private', 'shared', 'everyone'),
        everyone: lent,
        binned: once(7),
        grants: fc.uniqueArray(
          fc.record({ principal: fc.nat(people + groups + teams - 1), level: lent, until: when }),
          { maxLength: 5, selector: ({ principal }) => principal },
        ),
      }),
      { minLength: least, maxLength: most },
    ),
    keys: each(
      people,
      fc.record({
        cut: fc.option(each(workspaces, fc.boolean()), { freq: 2 }),
        until: mostly('never', 'past', 'future'),
        revoked: once(15),
      }),
    ),
  });
