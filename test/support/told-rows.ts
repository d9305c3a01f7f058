import { newId, type outside } from '../../src/terms/ids.ts';
import type { Kind } from '../../src/terms/kinds.ts';
import { formatOf, read, revisionFrom } from '../../src/workspace/documents.ts';
import type { Rows } from './rows.ts';
import type { Told } from './told.ts';

/** Something that has a name in a world. */
export interface Named {
  readonly id: string;
  readonly named: Parameters<typeof outside>[0];
  readonly email?: string;
}

/** The document of a resource of which none is told, where its kind asks for something. */
const plain: Partial<Record<Kind, object>> = {
  assistant: { instructions: 'Be brief.' },
  datasource: { type: 'files' },
  conversation: { messages: [] },
  chat_widget: {},
  integration: { provider: 'rest', address: 'https://api.acme.test' },
  brand_kit: {},
};

/** The rows of an organization as told, and what each name in it stands for. */
export function rowsOf(told: Told, organization: string): { named: ReadonlyMap<string, Named>; rows: Rows } {
  const named = new Map<string, Named>();
  const name = (kind: Named['named'], text: string, more: { email?: string } = {}): string => {
    if (named.has(text)) throw new Error(`two things are called ${text}`);
    const id = newId();
    named.set(text, { id, named: kind, ...more });
    return id;
  };
  const id = (text: string) => {
    const found = named.get(text);
    if (!found) throw new Error(`nothing in this world is called ${text}`);
    return found.id;
  };
  const sortOf = (text: string) => named.get(text)?.named;
  const key = { organization_id: organization };
  const each = <T, R>(record: Readonly<Record<string, T>> | undefined, make: (text: string, it: T) => R): R[] =>
    Object.entries(record ?? {}).map(([text, it]) => make(text, it));
  const peopleIn = <R extends string>(it: readonly string[] | Readonly<Record<string, R>>, plain: R): [string, R][] =>
    Array.isArray(it) ? it.map((who) => [who, plain]) : (Object.entries(it) as [string, R][]);
  const isClosed = (text: string) => told.closed?.includes(text);

  const person = each(told.people, (text, it) => {
    const {
      role = 'member',
      status = 'active',
      email = `${text}@acme.test`,
    } = typeof it === 'string' ? { role: it } : it;
    return { ...key, id: name('person', text, { email }), email, name: text, role, status };
  });
  const team = each(told.teams, (text) => ({
    ...key,
    id: name('team', text),
    name: text,
    visibility: isClosed(text) ? 'locked' : 'public',
  }));
  const group = each(told.groups, (text) => ({
    ...key,
    id: name('group', text),
    name: text,
    visibility: isClosed(text) ? 'private' : 'public',
  }));
  const membership = [
    ...each(told.groups, (text, it) =>
      peopleIn(it, 'viewer').map(([who, role]) => ({
        ...key,
        person_id: id(who),
        principal_id: id(text),
        principal: 'group',
        role,
      })),
    ),
    ...each(told.teams, (text, it) =>
      peopleIn(it, 'member').map(([who, role]) => ({
        ...key,
        person_id: id(who),
        principal_id: id(text),
        principal: 'team',
        role,
      })),
    ),
  ].flat();
  const workspace = each(told.workspaces, (text) => ({
    ...key,
    id: name('workspace', text),
    name: text,
    take_back: told.anyEditorTakesBack?.includes(text) ? 'any_editor' : 'sharer',
    deleted_at: told.deletedWorkspaces?.includes(text) ? new Date() : null,
  }));
  const places = each(told.workspaces, (text, people) =>
    each(people, (who, role) => ({ who, workspace_id: id(text), role })),
  ).flat();
  const switches = each(told.switches, (text, people) =>
    each(people, (who, them) =>
      each(them as Record<string, boolean>, (capability, enabled) => ({
        ...key,
        person_id: id(who),
        workspace_id: id(text),
        capability,
        enabled,
      })),
    ),
  );
  const project = each(told.projects, (text, { in: workspaceName, people }) => ({
    ...key,
    id: name('project', text),
    workspace_id: id(workspaceName),
    name: text,
    mode: people ? 'restricted' : 'open',
  }));
  const projectMember = each(told.projects, (text, { in: workspaceName, people }) =>
    each(people, (who, role) => ({
      ...key,
      project_id: id(text),
      principal_id: id(who),
      principal: sortOf(who),
      workspace_id: id(workspaceName),
      role,
    })),
  );

  const somebody = person.find(({ role }) => role === 'admin') ?? person[0];
  const things = { ...told.workflows, ...told.resources };
  const resource = each(things, (text, it) => {
    const kind = it.kind ?? 'workflow';
    const owner = it.owner === undefined ? somebody?.id : it.owner && id(it.owner);
    return {
      ...key,
      id: name(kind, text),
      workspace_id: id(it.in),
      project_id: it.project ? id(it.project) : null,
      restricted_to: it.project && told.projects?.[it.project]?.people ? id(it.project) : null,
      kind,
      name: text,
      owner_id: owner ?? null,
      given_by: it.givenBy ? id(it.givenBy) : null,
      visibility: it.visibility ?? (it.grants ? 'shared' : 'private'),
      everyone_role: it.everyone ?? 'editor',
      created_by: owner ?? somebody?.id,
      deleted_at: it.binned ? new Date() : null,
    };
  });
  const revision = resource.map(({ id: resourceId, workspace_id, name: called, created_by }) => {
    const { kind = 'workflow', document } = things[called] ?? {};
    return {
      ...key,
      ...firstRevision({ id: resourceId, workspace: workspace_id, name: called, kind }, created_by, document),
    };
  });
  const grant = resource.flatMap((of) =>
    each(things[of.name]?.grants, (who, it) => ({
      ...key,
      resource_id: of.id,
      principal_id: id(who),
      principal: sortOf(who),
      workspace_id: of.workspace_id,
      kind: of.kind,
      level: typeof it === 'string' ? it : it.level,
      live: of.visibility !== 'private' && !of.deleted_at,
      expires_at: typeof it === 'string' ? null : it.until,
      granted_by: of.created_by,
    })),
  );
  const request = each(told.requests, (text, it) => ({
    ...key,
    id: name('request', text),
    requester_id: id(it.by),
    resource_id: id(it.for),
    kind: things[it.for]?.kind ?? 'workflow',
    workspace_id: id(things[it.for]?.in ?? ''),
    level: it.level ?? 'editor',
    message: it.message ?? null,
  }));
  const invitation = each(told.invitations, (text, { by, email }) => ({
    ...key,
    id: name('invitation', text),
    email,
    role: 'member',
    places: { workspaces: [], teams: [] },
    secret_hash: '\\x00',
    invited_by: id(by),
    expires_at: new Date(Date.now() + 7 * 86_400_000),
  }));
  const credential = each(told.keys, (text, { of }) => ({
    ...key,
    id: name('credential', text),
    person_id: id(of),
    name: text,
    secret_hash: '\\x00',
    scopes: ['read'],
  }));
  const domain = each(told.domains, (text, { by, proof }) => ({
    ...key,
    id: name('domain', text),
    // A name is proven by one organization, and there may be many worlds.
    name: `w${organization.slice(-12)}.${text}`,
    proof,
    claimed_by: id(by),
  }));
  return {
    named,
    rows: {
      organization: [{ id: organization, name: 'Acme' }],
      person,
      credential,
      team,
      group,
      membership,
      workspace,
      workspace_member: places
        .filter(({ who }) => sortOf(who) === 'person')
        .map(({ who, ...rest }) => ({ ...key, person_id: id(who), ...rest })),
      workspace_team: places
        .filter(({ who }) => sortOf(who) === 'team')
        .map(({ who, ...rest }) => ({ ...key, team_id: id(who), ...rest })),
      capability_switch: switches.flat(2),
      project,
      project_member: projectMember.flat(),
      resource,
      revision,
      access_grant: grant,
      access_request: request,
      invitation,
      domain,
    },
  };
}

/** The row of a resource's first revision; of a document that is not told, one that its kind takes. */
export function firstRevision(
  { id, workspace, name, kind }: { id: string; workspace: string; name: string; kind: Kind },
  by: string | undefined,
  document: unknown = plain[kind] ?? { note: name },
) {
  const place = { resource: id, workspace, number: 1, name };
  const {
    format,
    media,
    document: text,
    source,
    bytes,
    digest,
    outline,
  } = revisionFrom(read(document, formatOf(kind), ''), place);
  const body = { format, media, document: text, source, bytes, digest, outline };
  return { resource_id: id, number: 1, workspace_id: workspace, ...body, name, person_id: by };
}
