import { openOperator } from '../../src/workspace/operator.ts';
import type { Service } from '../support/agent.ts';
import { password, visitorAt } from '../support/visitor.ts';
import type { Installation } from './installation.ts';

export type Visitor = ReturnType<typeof visitorAt>;

/** Someone at a browser who has signed in by a link, as the operator makes it. */
export async function visitorOf({ owner, world }: Installation, { fetch }: Service, who: string): Promise<Visitor> {
  const operator = await openOperator(owner);
  const secret = await operator.signInLink(world.email(who)).finally(() => operator.close());
  const visitor = visitorAt(fetch);
  await visitor.post('/set-password', { secret, password, again: password });
  return visitor;
}
