import { catalogue } from '../../tools/index.ts';
import type { Call, office } from './office.ts';
import { allButOverride } from './world.ts';

type Here = Awaited<ReturnType<typeof office>>;

/** The address of a connection that has every toolset. */
export const everyTool = `toolsets=${Object.keys(catalogue)}`;

/** Every tool in someone's hands. */
export const seat = (here: Here, who: string): Call => here.as(who, { query: everyTool });

/** The same with a key that bears override, too. */
export const overriding = (here: Here, who: string): Call =>
  here.as(who, { query: everyTool, scopes: [...allButOverride, 'override'] });
