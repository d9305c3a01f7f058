import type { Rows } from '../support/rows.ts';
import type { Land } from './land.ts';

/** The rows that say the same to the database. */
export function rowsOf(land: Land): Rows {
  const key = { organization_id: land.organization };
  const isPerson = (id: string) => land.people.some((it) => it.id === id);
  const sortOf = (id: string) => (isPerson(id) ? 'person' : land.principals.find((it) => it.id === id)!.sort);
  const [by] = land.people;
  return {
    organization: [{ id: land.organization, name: 'Acme', created_by: land.createdBy }],
    person: land.people.map(({ canInvite, ...it }) => ({
      ...key,
      ...it,
      can_invite: canInvite,
      email: `${it.id}@acme.test`,
      name: it.id,
    })),
    group: land.principals
      .filter(({ sort }) => sort === 'group')
      .map(({ id, isPublic, deleted }) => ({
        ...key,
        id,
        name: id,
        visibility: isPublic ? 'public' : 'private',
        deleted_at: gone(deleted),
      })),
    team: land.principals
      .filter(({ sort }) => sort === 'team')
      .map(({ id, isPublic, deleted }) => ({
        ...key,
        id,
        name: id,
        visibility: isPublic ? 'public' : 'locked',
        deleted_at: gone(deleted),
      })),
    membership: land.principals.flatMap(({ id, sort, people, roles }) =>
      people.map((person_id) => ({ ...key, person_id, principal_id: id, principal: sort, role: roles[person_id] })),
    ),
    workspace: land.workspaces.map((it) => ({
      ...key,
      id: it.id,
      name: it.id,
      take_back: it.anyEditorTakesBack ? 'any_editor' : 'sharer',
      deleted_at: gone(it.deleted, it.past ? 31 : 0),
    })),
    workspace_member: land.workspaces.flatMap(({ id, members }) =>
      members
        .filter((it) => isPerson(it.principal))
        .map(({ principal, role }) => ({ ...key, person_id: principal, workspace_id: id, role })),
    ),
    workspace_team: land.workspaces.flatMap(({ id, members }) =>
      members
        .filter((it) => !isPerson(it.principal))
        .map(({ principal, role }) => ({ ...key, team_id: principal, workspace_id: id, role })),
    ),
    capability_switch: land.workspaces.flatMap(({ id, switches }) =>
      switches.map(({ person, capability, on }) => ({
        ...key,
        person_id: person,
        workspace_id: id,
        capability,
        enabled: on,
      })),
    ),
    project: land.projects.map(({ id, workspace, restricted, deleted }) => ({
      ...key,
      id,
      workspace_id: workspace,
      name: id,
      mode: restricted ? 'restricted' : 'open',
      deleted_at: gone(deleted),
    })),
    project_member: land.projects.flatMap(({ id, workspace, members }) =>
      members.map(({ principal, role }) => ({
        ...key,
        project_id: id,
        principal_id: principal,
        principal: sortOf(principal),
        workspace_id: workspace,
        role,
      })),
    ),
    resource: land.resources.map((it) => ({
      ...key,
      id: it.id,
      workspace_id: it.workspace,
      project_id: it.project,
      restricted_to: land.projects.some(({ id, restricted }) => id === it.project && restricted) ? it.project : null,
      kind: it.kind,
      name: it.name,
      owner_id: it.owner,
      given_by: it.givenBy,
      visibility: it.visibility,
      everyone_role: it.everyone,
      installed: it.installed,
      deleted_at: gone(it.binned),
    })),
    revision: land.resources.map((it) => ({
      ...key,
      resource_id: it.id,
      number: 1,
      workspace_id: it.workspace,
      format: 'json',
      media: 'json',
      document: '{}',
      bytes: 2,
      digest: '',
      outline: {},
      name: it.name,
      person_id: by!.id,
    })),
    access_grant: land.resources.flatMap((it) =>
      it.grants.map(({ principal, level, until }) => ({
        ...key,
        resource_id: it.id,
        principal_id: principal,
        principal: sortOf(principal),
        workspace_id: it.workspace,
        kind: it.kind,
        level,
        live: it.visibility !== 'private' && !it.binned,
        expires_at: until,
        granted_by: by!.id,
      })),
    ),
    invitation: land.invitations.map(({ id, by }) => ({
      ...key,
      id,
      email: `${id}@elsewhere.test`,
      role: 'member',
      secret_hash: '\\x00',
      places: { workspaces: [], teams: [] },
      invited_by: by,
      status: 'pending',
      created_at: new Date(),
      sent_at: new Date(),
      expires_at: new Date(Date.now() + day),
    })),
    credential: land.credentials.map((it) => ({
      ...key,
      id: it.id,
      person_id: it.person,
      name: it.id,
      secret_hash: '\\x00',
      scopes: it.scopes,
      workspaces: it.cut,
      expires_at: it.until,
      revoked_at: it.revoked ? new Date() : null,
    })),
  };
}

const day = 86_400_000;
const gone = (deleted: boolean, days = 0) => (deleted ? new Date(Date.now() - days * day) : null);
