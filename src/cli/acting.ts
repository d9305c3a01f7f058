import { openOperator } from '../workspace/operator.ts';
import type { As } from '../workspace/operator-acting.ts';
import { openPostern } from '../workspace/postern.ts';
import type { Session } from '../workspace/session.ts';
import { openPlace } from './place.ts';
import { progress } from './progress.ts';
import type { Settings } from './settings.ts';

export const asFlags = {
  as: { value: 'EMAIL', required: true, says: 'in whose name: it takes what they may do themself' },
  organization: { value: 'NAME', says: 'where they are in several' },
} as const;

/** Does something in someone's name, decided as for them, and logged as the operator's way in. */
export async function inTheNameOf<T>(
  settings: Settings,
  as: As,
  what: string,
  work: (session: Session) => Promise<T>,
): Promise<T> {
  const place = await openPlace(settings, progress);
  const operator = await openOperator(place.owner);
  try {
    const { key, end } = await operator.lendKey(as, what);
    const postern = await openPostern({ app: place.app, keys: place.keys, surface: 'operator' });
    try {
      return await work(await postern.admit(key));
    } finally {
      await postern.close();
      await end();
    }
  } finally {
    await operator.close();
    await place.release();
  }
}
