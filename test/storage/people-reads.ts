import type { Actor } from '../../src/access/actor.ts';
import type { Action } from '../../src/access/policy.ts';
import { connectionTo } from '../../src/storage/connecting.ts';
import { pageOfConnections } from '../../src/storage/connections.ts';
import type { Decided } from '../../src/storage/decided.ts';
import { domainNamed, pageOfDomains } from '../../src/storage/domains.ts';
import { pageOfInvitations } from '../../src/storage/invitations.ts';
import { placesHeld } from '../../src/storage/leavers.ts';
import { memberNamed, pageOfMembers, placingsOf, teamsOf, teamsSeen } from '../../src/storage/members.ts';
import { billingOf, countsOf, organizationOf, ssoOf } from '../../src/storage/organizations.ts';
import { heldPerson, heldTeam, isOwned, ownPlace, peopleOfTeam, switchesOf } from '../../src/storage/places.ts';
import { senderGround } from '../../src/storage/senders.ts';
import { fitnessFor, orphansOf } from '../../src/storage/succession.ts';
import { here } from './boundary.ts';
import type { Bench } from './read-bench.ts';

/** As if an admin of the organization had been allowed it. */
const allowed = <A extends Action>(me: Actor, action: A) =>
  ({ action, me, subject: { id: me.organization } }) as unknown as Decided<A>;
const growth = () => ({ noun: 'workspace', id: here.uuid('growth') }) as const;
const everyone = () => ['ada', 'bo', 'fin'].map(here.uuid);
const everywhere = () => ['growth', 'finance'].map(here.uuid);
const window = { limit: 50 };

/** What is read of people, invitations, domains and the organization itself. */
export const peopleReads: Readonly<Record<string, (bench: Bench) => Promise<() => Promise<unknown>>>> = {
  pageOfMembers:
    async ({ tx, me }) =>
    async () => {
      await pageOfMembers(tx, me, false, { text: '', status: 'active', ...window });
      await pageOfMembers(tx, me, true, { text: '', status: 'active', workspaces: everywhere(), ...window });
    },
  memberNamed:
    async ({ tx, me }) =>
    () =>
      memberNamed(tx, me, true, { id: here.uuid('bo'), text: '' }),
  teamsOf:
    async ({ tx, me }) =>
    () =>
      teamsOf(tx, me, everyone()),
  teamsSeen:
    async ({ tx, me }) =>
    () =>
      teamsSeen(tx, me, [here.uuid('launch')]),
  placingsOf:
    async ({ tx, me }) =>
    () =>
      placingsOf(tx, me, everyone(), everywhere()),
  heldPerson:
    async ({ tx, me }) =>
    () =>
      heldPerson(tx, me, here.uuid('bo')),
  heldTeam:
    async ({ tx, me }) =>
    () =>
      heldTeam(tx, me, here.uuid('launch')),
  peopleOfTeam:
    async ({ tx, me }) =>
    () =>
      peopleOfTeam(tx, me, here.uuid('launch')),
  switchesOf:
    async ({ tx, me }) =>
    () =>
      switchesOf(tx, me, here.uuid('growth'), here.uuid('bo')),
  ownPlace: async ({ tx, decided }) => {
    const target = await decided('workspace.staff', growth());
    return async () => {
      await ownPlace(tx, target, 'person', here.uuid('bo'));
      await ownPlace(tx, target, 'team', here.uuid('launch'));
    };
  },
  isOwned: async ({ tx, decided }) => {
    const target = await decided('workspace.staff', growth());
    return () => isOwned(tx, target);
  },
  placesHeld:
    async ({ tx, me }) =>
    () =>
      placesHeld(tx, me, here.uuid('bo')),
  orphansOf:
    async ({ tx, me }) =>
    () =>
      orphansOf(tx, me, here.uuid('ada')),
  fitnessFor:
    async ({ tx, me }) =>
    () =>
      fitnessFor(tx, me, here.uuid('ada'), here.uuid('bo'), undefined),
  pageOfInvitations:
    async ({ tx, me }) =>
    () =>
      pageOfInvitations(tx, allowed(me, 'invitation.list'), true, window),
  senderGround:
    async ({ tx, me }) =>
    () =>
      senderGround(
        tx,
        { organization: me.organization, sender: here.uuid('fin') },
        { workspaces: everywhere(), teams: [here.uuid('launch')] },
      ),
  organizationOf:
    async ({ tx, me }) =>
    () =>
      organizationOf(tx, me),
  countsOf:
    async ({ tx, me }) =>
    () =>
      countsOf(tx, allowed(me, 'member.details')),
  ssoOf:
    async ({ tx, me }) =>
    () =>
      ssoOf(tx, allowed(me, 'organization.sso')),
  billingOf:
    async ({ tx, me }) =>
    () =>
      billingOf(tx, allowed(me, 'billing.see')),
  pageOfConnections:
    async ({ tx, me }) =>
    () =>
      pageOfConnections(tx, allowed(me, 'connection.list'), { ...window, after: undefined }),
  connectionTo:
    async ({ tx, me }) =>
    () =>
      connectionTo(tx, allowed(me, 'connection.list'), 'https://client.example/of-theirs'),
  pageOfDomains:
    async ({ tx, me }) =>
    () =>
      pageOfDomains(tx, allowed(me, 'domain.list'), window),
  domainNamed:
    async ({ tx, me }) =>
    () =>
      domainNamed(tx, allowed(me, 'domain.list'), { id: undefined, text: 'acme.example' }),
};

/** Those that only write, or lock, or let in. */
export const peopleWrites = [
  'adopt',
  'closeOrganization',
  'dropTeam',
  'endCredentials',
  'endMembership',
  'endOffices',
  'endPlaces',
  'enterByInvitation',
  'handOn',
  'insertArrival',
  'insertDomain',
  'insertInvitations',
  'insertKey',
  'endConnection',
  'fromNow',
  'logAll',
  'logArrival',
  'pendingFor',
  'placeArrival',
  'renewInvitation',
  'revokeInvitation',
  'storeConnection',
  'setPlace',
  'setSwitch',
  'storeBilling',
  'storeMember',
  'storeOrganization',
  'storeProof',
  'storeStatus',
];
