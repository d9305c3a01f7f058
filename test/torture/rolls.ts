import { inside } from '../../src/terms/ids.ts';
import { fleet } from '../instances/fleet.ts';
import { roll } from '../instances/rolling.ts';
import { allEnded } from '../support/program.ts';
import { type Installation, unbounded } from './installation.ts';

/** Three servers give way to new ones so many times under load: what was acknowledged is there once, and nobody was answered 5xx. */
export async function rolls({ world: { organization }, owner, keys, sql }: Installation, times: number) {
  const those = await fleet({ connection: owner }, 3, unbounded);
  try {
    const key = async (who: string) => keys[who] as string;
    const { acknowledged, kept, names, ends, ...seen } = await roll(
      those,
      { organization, connection: owner, key, sql },
      { times },
    );
    const lost = acknowledged.filter((id) => !kept.includes(inside('workflow', id) ?? ''));
    const wrong = [...lost, ...seen.refused, ...seen.failures, ...ends.filter((code) => code !== 0)];
    return {
      rolled: ends.length,
      acknowledged: acknowledged.length,
      cut: seen.cut,
      twice: names.length - new Set(names).size,
      wrong,
    };
  } finally {
    await those.close();
    await allEnded();
  }
}
