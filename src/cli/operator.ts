import { type Operator, openOperator } from '../workspace/operator.ts';
import { openPlace } from './place.ts';
import { progress } from './progress.ts';
import type { Settings } from './settings.ts';

/** Does something as the machine's operator, and leaves again. */
export async function asOperator<T>(settings: Settings, work: (operator: Operator) => Promise<T>): Promise<T> {
  const place = await openPlace(settings, progress);
  try {
    const operator = await openOperator(place.owner);
    try {
      return await work(operator);
    } finally {
      await operator.close();
    }
  } finally {
    await place.release();
  }
}
