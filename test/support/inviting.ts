import { openOperator } from '../../src/workspace/operator.ts';
import { office } from './office.ts';
import { seat } from './seats.ts';

type Here = Awaited<ReturnType<typeof office>>;

const told = {
  people: { root: 'admin', ada: 'member', bo: 'member', cy: 'member', gus: 'guest', gil: 'guest' },
  workspaces: {
    growth: { ada: 'owner', bo: 'admin', cy: 'viewer', gus: 'viewer' },
    finance: { root: 'owner', crew: 'admin' },
  },
  teams: { crew: { bo: 'manager' }, open: ['gil'] },
  closed: ['crew'],
} as const;

/** Where people invite others, with some members who may. */
export async function inviting(...who: string[]): Promise<Here> {
  const here = await office(told);
  await here.sql('update person set can_invite = true where id = any ($1)', [who.map(here.uuid)]);
  return here;
}
export const invite = (here: Here, who: string, args: Record<string, unknown>) =>
  seat(here, who)('invite_members', { emails: ['new@x.test'], ...args });
export const linkOf = async (here: Here, who: string, args: Record<string, unknown> = {}): Promise<string> =>
  (await invite(here, who, args)).outcomes[0].link;

// As worlds do, it lives as long as the worker.
const operator = await openOperator((await office(told)).connection);

/** Lets someone in as the operator; what was refused is answered. */
export const accept = (secret: string, name = 'Newt') =>
  operator.accept({ secret, name }).catch((problem: { code: string; message: string }) => problem);
