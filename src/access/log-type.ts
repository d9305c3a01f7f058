import { type Action, policy } from './policy.ts';

/** What an entry of the log is an entry of, as people look for it (ACT-2); a refusal is `denied`, whatever was tried. */
export const logTypes = [
  'created',
  'updated',
  'deleted',
  'restored',
  'shared',
  'unshared',
  'transferred',
  'opened',
  'requested',
  'reviewed',
  'invited',
  'members',
  'denied',
] as const;
export type LogType = (typeof logTypes)[number];
type Done = Exclude<LogType, 'denied'>;

/** By what an action does, after its dot; any other is by what its row says it does. */
const verbs: Readonly<Record<string, Done>> = {
  create: 'created',
  claim: 'created',
  delete: 'deleted',
  purge: 'deleted',
  remove: 'deleted',
  revoke: 'deleted',
  end: 'deleted',
  restore: 'restored',
  revert: 'restored',
  share: 'shared',
  publish: 'shared',
  unshare: 'unshared',
  withdraw: 'unshared',
  drop: 'unshared',
  clean: 'unshared',
  transfer: 'transferred',
  make: 'requested',
  cancel: 'requested',
  approve: 'reviewed',
  decide: 'reviewed',
  invite: 'invited',
  staff: 'members',
  rank: 'members',
  own: 'members',
  join: 'members',
  leave: 'members',
  role: 'members',
  status: 'members',
};

const doings = { read: 'opened', add: 'created', change: 'updated' } as const;

/** What the operator of the machine does, or someone who signs in, so that it is no row of the policy. */
const beyond = [
  'organization.create',
  'person.create',
  'workspace.create',
  'group.create',
  'team.create',
  'key.renew',
  'key.revoke',
  'key.end',
  'session.create',
  'session.end',
  'password.change',
  'passkey.create',
  'passkey.remove',
  'link.create',
  'secrets.rotate',
  'tokens.rotate',
];

export function logTypeOf(action: string, outcome: string): LogType {
  if (outcome !== 'allow') return 'denied';
  const row = policy[action as Action];
  return verbs[action.slice(action.indexOf('.') + 1)] ?? (row ? doings[row.does] : 'updated');
}

/** Every action whose entries are of this type where they were allowed. */
export const actionsOfType = (type: Done): readonly string[] =>
  [...new Set([...Object.keys(policy), ...beyond])].filter((action) => logTypeOf(action, 'allow') === type);
