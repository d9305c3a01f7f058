import { candidatesFor, countMembers, hasOwner, heldRoles, membersIn } from '../../src/storage/circle-members.ts';
import { circlesSeen } from '../../src/storage/circles.ts';
import { membersOfProject, peopleAmong, projectCandidates } from '../../src/storage/project-members.ts';
import { ownRoleIn, projectsNamed, projectsSeen } from '../../src/storage/projects.ts';
import { settleOpened } from '../../src/storage/request-settling.ts';
import { heldBy, ownedAmong } from '../../src/storage/team-places.ts';
import { closedWorkspaces, workspacesShown } from '../../src/storage/workspaces.ts';
import { here } from './boundary.ts';
import type { Bench } from './read-bench.ts';

const window = { limit: 50 };
const ops = () => ({ noun: 'group', id: here.uuid('ops') }) as const;
const launch = () => ({ noun: 'team', id: here.uuid('launch') }) as const;
const spring = () => ({ noun: 'project', id: here.uuid('spring') }) as const;
const everyone = () => ['ada', 'bo', 'fin'].map(here.uuid);

/** What is read of groups, teams, projects and workspaces. */
export const spaceReads: Readonly<Record<string, (bench: Bench) => Promise<() => Promise<unknown>>>> = {
  circlesSeen:
    async ({ tx, me }) =>
    async () => {
      await circlesSeen(tx, me, 'group', { text: '', ...window });
      await circlesSeen(tx, me, 'team', { text: '', ...window });
    },
  membersIn: async ({ tx, decided }) => {
    const target = await decided('group.people', ops());
    return () => membersIn(tx, target, { ...window, whole: false });
  },
  countMembers: async ({ tx, decided }) => {
    const target = await decided('group.see', ops());
    return () => countMembers(tx, target);
  },
  candidatesFor: async ({ tx, decided }) => {
    const target = await decided('group.leave', ops());
    return () => candidatesFor(tx, target, { ids: everyone(), emails: ['bo@acme.test'] });
  },
  heldRoles: async ({ tx, decided }) => {
    const target = await decided('group.leave', ops());
    return () => heldRoles(tx, target, everyone());
  },
  hasOwner: async ({ tx, decided }) => {
    const target = await decided('group.leave', ops());
    return () => hasOwner(tx, target);
  },
  heldBy: async ({ tx, decided }) => {
    const target = await decided('team.join', launch());
    return () => heldBy(tx, target);
  },
  ownedAmong: async ({ tx, decided }) => {
    const target = await decided('team.join', launch());
    return () => ownedAmong(tx, target, [here.uuid('growth'), here.uuid('finance')]);
  },
  projectsSeen:
    async ({ tx, me }) =>
    () =>
      projectsSeen(tx, me, true, { text: '', ...window }),
  projectsNamed:
    async ({ tx, me }) =>
    () =>
      projectsNamed(tx, me, true, 'spring'),
  ownRoleIn: async ({ tx, decided }) => {
    const target = await decided('project.staff', spring());
    return () => ownRoleIn(tx, target);
  },
  membersOfProject: async ({ tx, decided }) => {
    const target = await decided('project.see', spring());
    return () => membersOfProject(tx, target, window);
  },
  projectCandidates: async ({ tx, decided }) => {
    const target = await decided('project.staff', spring());
    return () => projectCandidates(tx, target, { ids: everyone(), names: ['launch'] });
  },
  peopleAmong: async ({ tx, decided }) => {
    const target = await decided('project.staff', spring());
    return () => peopleAmong(tx, target, [here.uuid('launch')]);
  },
  workspacesShown:
    async ({ tx, me }) =>
    () =>
      workspacesShown(tx, me, [here.uuid('growth')]),
  closedWorkspaces:
    async ({ tx, me }) =>
    () =>
      closedWorkspaces(tx, me, false),
  settleOpened:
    async ({ tx, me }) =>
    () =>
      settleOpened(tx, me, { workspaces: [here.uuid('growth')], principals: [here.uuid('ops')] }),
};

/** Those that follow a change beyond its maker's reach, within the organization; nothing that they read is shown. */
export const everywhereReads: ReadonlySet<string> = new Set(['heldBy', 'settleOpened']);

export const spaceWrites = [
  'changeProject',
  'changeWorkspace',
  'deleteCircle',
  'everywhere',
  'holdPlaces',
  'holdWorkspaces',
  'insertCircle',
  'insertProject',
  'insertWorkspace',
  'setClosed',
  'setMembers',
  'setProjectMembers',
  'updateCircle',
];
