import { hash } from 'node:crypto';
import type { Database } from '../storage/database.ts';
import { askToRegister, type ClientFound, clientOf, keepClient, type Standing } from '../storage/oauth-clients.ts';
import {
  addTokenKey,
  type ConnectionId,
  dropItem,
  endConnectionOf,
  type ItemFound,
  itemOf,
  keepItem,
  tokenKeys,
  turnItem,
  useItem,
} from '../storage/oauth-items.ts';
import { newId, pairBehind } from '../terms/ids.ts';
import { seal, unseal } from './seal.ts';
import { type Keys, openSecret, sealSecret } from './secrets.ts';

export type { ClientFound, ItemFound, Standing };

/** A key that signs access tokens, as a JSON Web Key with all its parts. */
export interface TokenKey {
  readonly kid: string;
  readonly jwk: object;
}

/** What OAuth keeps, for all servers on the database: it is told by names, and knows them by their hashes alone. */
export interface Ledger {
  /** Keeps something under way for so many seconds; with the connection that it hangs on, if it does. */
  keep(name: string, payload: object, seconds: number, hangs?: { connection: string; client: string }): Promise<void>;
  /** Nothing where it is over, or the connection that it hangs on is. */
  find(name: string): Promise<ItemFound | undefined>;
  /** Uses up what serves once; false where it was before, which ends the connection that it hangs on. */
  use(name: string): Promise<boolean>;
  /**
   * Turns what serves once into `next`, and answers that; whoever comes again within seconds gets what it was turned into before. Nothing
   * where someone comes later, which ends the connection that it hangs on.
   */
  turn(name: string, next: string): Promise<string | undefined>;
  drop(name: string): Promise<void>;
  /** Ends a connection, called as `paired` calls it. */
  end(connection: string): Promise<void>;
  client(id: string): Promise<ClientFound | undefined>;
  /** Counts an address that asks to register a client; answers in how many seconds it may again, where it asked too often. */
  knock(address: string): Promise<number | undefined>;
  keepClient(id: string, standing: 'document' | 'self', metadata: object): Promise<void>;
  /** What signs access tokens, newest first; `made` makes one where there is none that serves, or the newest is old. */
  tokenKeys(made: () => Promise<object>): Promise<TokenKeys>;
}

export interface TokenKeys {
  readonly keys: readonly TokenKey[];
  /** The database's clock, in seconds of the epoch, as it read them. */
  readonly now: number;
}

export function ledgerOn(database: Database, keys: Keys): Ledger {
  return {
    async keep(name, payload, seconds, hangs) {
      const connection = hangs && connectionCalled(hangs.connection);
      await keepItem(database, { id: hashed(name), payload, seconds, connection, client: hangs?.client });
    },
    find: (name) => itemOf(database, hashed(name)),
    use: (name) => useItem(database, hashed(name)),
    async turn(name, next) {
      const key = hash('sha256', `what became of ${name}`, 'buffer');
      const sealed = await turnItem(database, hashed(name), { id: hashed(next), sealed: seal(key, next, 'next') });
      return sealed && unseal(key, sealed, 'next');
    },
    drop: async (name) => void (await dropItem(database, hashed(name))),
    async end(name) {
      const connection = connectionCalled(name);
      if (connection) await endConnectionOf(database, connection);
    },
    client: (id) => clientOf(database, id),
    knock: (address) => askToRegister(database, hashed(address)),
    keepClient: async (id, standing, metadata) => void (await keepClient(database, id, standing, metadata)),
    tokenKeys: (made) => tokenKeysOf(database, keys, made),
  };
}

/** In seconds: from then on another key signs, and this one still proves what it signed. */
const longest = 90 * 86_400;
const installation = 'installation';

/**
 * Where the installation has keys for secrets, a token's key is kept under them. One that nothing opens any more is left out, and another
 * takes its place: clients ask for new tokens then.
 */
async function tokenKeysOf(database: Database, keys: Keys, made: () => Promise<object>): Promise<TokenKeys> {
  const found = await tokenKeys(database);
  const open = found.flatMap(({ id, key_id: key, jwk, age }) => {
    const whose = { organization: installation, resource: id };
    const text = key === null ? jwk : openSecret(keys(), { key, sealed: jwk }, whose);
    return text === undefined ? [] : [{ kid: id, age, jwk: JSON.parse(text) as object }];
  });
  const [newest] = open;
  if (newest && newest.age < longest) return { keys: open, now: found[0]?.now ?? 0 };
  const id = newId();
  const text = JSON.stringify(await made());
  const [under, ...others] = keys();
  const kept = under && sealSecret([under, ...others], text, { organization: installation, resource: id });
  const instead = found.map((it) => it.id);
  await addTokenKey(database, { id, keyId: kept?.key ?? null, jwk: kept?.sealed ?? text }, instead);
  return tokenKeysOf(database, keys, made);
}

function connectionCalled(name: string): ConnectionId | undefined {
  const [organization, credential] = pairBehind(name) ?? [];
  return organization && credential ? { organization, credential } : undefined;
}

const hashed = (name: string): Buffer => hash('sha256', `oauth ${name}`, 'buffer');
