import { capabilitiesOf, type Place } from '../../src/access/capabilities.ts';
import { decide, type Facts, type Path } from '../../src/access/decide.ts';
import { type Ground, pathsOf } from '../../src/access/paths.ts';
import { type Action, type Condition, policy, rowFor } from '../../src/access/policy.ts';
import { capabilities, type Kind, kinds } from '../../src/terms/kinds.ts';
import { ladders, type Noun } from '../../src/terms/ladders.ts';

export const actions = Object.keys(policy) as Action[];
const inside: Place = { role: 'owner', via: 'member', override: false };
export const facts = (paths: Path[], more: Partial<Facts> = {}): Facts => ({
  paths,
  places: [inside],
  switches: {},
  kind: 'workflow',
  override: false,
  ...more,
});
export const path = (noun: Noun, rung: string, override = false) =>
  ({ noun, rung, via: 'a path', rule: 'a rule', override }) as Path;

/** Where someone stands: a rung of the action's own noun, or one beside it, like the right to take back. */
export const standsOf = (noun: Noun): { name: string; paths: Path[] }[] => {
  const beside = new Set(
    actions.filter((it) => rowFor(it).on === noun).flatMap((it) => Object.keys(rowFor(it).to) as Noun[]),
  );
  beside.delete(noun);
  const lowest = path(noun, ladders[noun][0]);
  return [
    ...ladders[noun].map((rung) => ({ name: rung, paths: [path(noun, rung)] })),
    ...[...beside].flatMap((other) =>
      ladders[other]
        .filter((rung) => reachedBy(noun, other).includes(rung))
        .map((rung) => ({
          name: ['workspace', 'organization'].includes(other) ? `${other} ${rung}` : rung,
          paths: [lowest, path(other, rung)],
        })),
    ),
  ];
};

/** docs/access.md: every mark in it is what the evaluator answers. */
export const page = () =>
  [
    '# Who may do what',
    '',
    'Printed from `src/access` by `npx vitest run test/access/policy.test.ts -u`; each mark is what the evaluator answers. Do not edit.',
    '',
    'A ✓ says that whoever stands on that rung may do it, if a capability is named, with that capability. Who stands on no rung of a thing cannot tell whether it is there.',
    'A key does what its scopes name, and no more than its person may. What is confirmed is previewed first and done on the second call.',
    ...(Object.keys(ladders) as Noun[]).flatMap(tableOf),
    ...pathTable(),
    ...capabilityTable(),
    '',
  ].join('\n');

const obstacles: Record<Condition, string> = {
  own_request: 'it is one’s own',
  anothers_request: 'it is someone else’s',
  last_admin: 'it leaves no active admin',
  anothers_organization: 'someone else made it and is an admin of it',
  installed: 'it is installed for more than one administers',
};

const titles: Record<Noun, string> = {
  resource: 'On a resource: a workflow, assistant, datasource, conversation, chat widget, integration or brand kit',
  bin: 'On a resource in the bin',
  taking: '',
  workspace: 'In a workspace',
  closed: 'On a workspace that was deleted',
  project: 'In a project',
  group: 'On a group',
  team: 'On a team',
  person: 'On a person',
  invitation: 'On an invitation',
  inviting: '',
  request: 'On a request for access',
  organization: 'In the organization',
};

/** The rungs of another noun from which some action on this one is open. */
const reachedBy = (noun: Noun, other: Noun): string[] => {
  const least = actions
    .filter((it) => rowFor(it).on === noun)
    .map((it) => (ladders[other] as readonly (string | undefined)[]).indexOf(rowFor(it).to[other]))
    .filter((rank) => rank >= 0);
  return ladders[other].slice(Math.min(...least));
};

function tableOf(noun: Noun): string[] {
  const own = actions.filter((action) => rowFor(action).on === noun);
  if (own.length === 0) return [];
  const stands = standsOf(noun);
  const rows = own.map((action) => {
    const { does, cap, scope, confirm, unless, only, rule } = rowFor(action);
    const marks = stands.map(({ paths }) => (decide(action, facts(paths)).outcome === 'allow' ? '✓' : ''));
    return row([
      `\`${action}\``,
      does,
      ...marks,
      cap === 'kind' ? 'of its kind' : (cap ?? ''),
      scope,
      confirm ? 'yes' : '',
      [...(unless ?? []).map((it) => obstacles[it]), ...(only ? ['with a key'] : [])].join(', '),
      rule,
    ]);
  });
  const columns = [
    'action',
    'does',
    ...stands.map(({ name }) => name),
    'capability',
    'scope',
    'confirmed',
    'not where',
    'rule',
  ];
  return [
    '',
    `## ${titles[noun]}`,
    '',
    row(columns),
    row(columns.map((it) => (stands.some(({ name }) => name === it) ? ':-:' : '---'))),
    ...rows,
  ];
}

/** Someone who has nothing to do with a shared workflow of somebody else's. */
const nothing: Ground = {
  admin: false,
  role: null,
  teams: null,
  switches: null,
  owns: false,
  organizationOwned: false,
  givenBy: null,
  takeBack: 'sharer',
  visibility: 'shared',
  everyoneRole: 'editor',
  restricted: false,
  gate: null,
  deleted: false,
  installed: null,
  grants: null,
};
const member = { ...nothing, role: 'viewer' } as const;
const lent = (principal: 'person' | 'group' | 'team') =>
  [{ level: 'editor', principal, through: '', name: 'Ops', until: null }] as const;

/** Who has a path to a resource at all, in the order of section 7. */
const cases: readonly (readonly [string, Ground])[] = [
  ['owns it, and is in the workspace', { ...member, owns: true }],
  ['owned it, and has left the workspace', { ...nothing, owns: true }],
  ['has an editor’s grant', { ...member, grants: lent('person') }],
  ['has an editor’s grant, and is not in the workspace', { ...nothing, grants: lent('person') }],
  ['is in a group that has one', { ...member, grants: lent('group') }],
  ['is in a team that has one', { ...member, grants: lent('team') }],
  ['is in the workspace, and it is everyone’s', { ...member, visibility: 'everyone' }],
  ['is in the workspace, and it is everyone’s to view', { ...member, visibility: 'everyone', everyoneRole: 'viewer' }],
  [
    'is in the workspace, and it is everyone’s in a restricted project that they are not in',
    { ...member, visibility: 'everyone', restricted: true },
  ],
  [
    'is in the workspace, and it is everyone’s in a restricted project that they view',
    { ...member, visibility: 'everyone', restricted: true, gate: 'viewer' },
  ],
  ['is not in the workspace, and it is everyone’s', { ...nothing, visibility: 'everyone' }],
  ['is in the workspace, and it is shared with others', member],
  ['owns or administers the workspace', { ...member, role: 'admin' }],
  ['is an admin of the organization', { ...nothing, admin: true }],
  ['owned it before it went into the bin', { ...member, owns: true, deleted: true }],
  ['had a grant before it went into the bin', { ...member, grants: lent('person'), deleted: true }],
];

function pathTable(): string[] {
  const rows = cases.map(([who, ground]) => {
    const paths = pathsOf(ground);
    return row([
      who,
      paths.map(({ rung, noun }) => (noun === 'bin' ? `${rung}, in the bin` : rung)).join(', ') || 'none',
      paths.map(({ via }) => via).join(', '),
      paths.some(({ override }) => override) ? 'only with the scope `override`' : '',
      paths.map(({ rule }) => rule).join(', '),
    ]);
  });
  return [
    '',
    '## The paths to a resource',
    '',
    'The highest of all paths counts (DEC-1). A grant that has ended is none (DEC-4).',
    '',
    row(['whoever', 'is', 'by', 'counts', 'rule']),
    row(Array(5).fill('---')),
    ...rows,
  ];
}

function capabilityTable(): string[] {
  const places: [string, Place[]][] = ladders.workspace.map((role) => [
    `${role} of the workspace`,
    [{ role, via: 'member', override: false }],
  ]);
  const rows = [...places, ['not in the workspace', []] as [string, Place[]]].map(([name, place]) =>
    row([name, ...capabilities.map((it) => (capabilitiesOf(place, {}).includes(it) ? '✓' : ''))]),
  );
  return [
    '',
    '## What a role presets',
    '',
    'An admin switches each on or off for one member; that outlives a change of role (WS-3). A level is worth no more than the capability of the kind lets it (DEC-3).',
    '',
    row(['role', ...capabilities]),
    row(['---', ...capabilities.map(() => ':-:')]),
    ...rows,
    '',
    ...capabilities.map(
      (capability) =>
        `- \`${capability}\`: ${
          (Object.keys(kinds) as Kind[])
            .filter((kind) => kinds[kind] === capability)
            .map((kind) => kind.replace('_', ' '))
            .join(', ') || 'the audience'
        }.`,
    ),
  ];
}

const row = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
