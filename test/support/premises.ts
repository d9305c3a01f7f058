import { office } from './office.ts';
import type { KeyTold, Told } from './world.ts';

const query = 'toolsets=workflows,sharing,groups,spaces';

/** An office whose people have the tools of groups and spaces in hand as well. */
export async function premises(told: Told) {
  const here = await office(told);
  return { ...here, as: (who: string, how: KeyTold = {}) => here.as(who, { query, ...how }) };
}
