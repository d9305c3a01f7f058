import type { Database, Entrance } from '../storage/database.ts';
import type { Finding } from '../terms/problem.ts';
import type { Outdoors } from './outdoors.ts';
import type { Keys } from './secrets.ts';
import type { Session } from './session.ts';

/** What every call of one session shares. */
export interface Ground {
  readonly database: Database;
  readonly entrance: Entrance;
  /** Seals cursors and confirm tokens. */
  readonly key: Buffer;
  /** Encrypt what integrations keep secret. */
  readonly keys: Keys;
  readonly outdoors: Outdoors;
  /** What one call found out beyond the database. */
  readonly learned?: unknown;
  /** What one call's arguments held that a number can't keep. */
  readonly rounded?: readonly Finding[] | undefined;
  readonly session: Pick<Session, 'credential' | 'person' | 'canAsk' | 'readOnly' | 'surface'>;
}
