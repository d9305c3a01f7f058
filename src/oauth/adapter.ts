import type { Adapter, AdapterPayload } from 'oidc-provider';
import type { Ledger } from '../workspace/ledger.ts';
import { inTheLibrarysTerms } from './clients.ts';

/** What the library keeps, on our tables. */
export const adapterOn =
  (ledger: Ledger) =>
  (model: string): Adapter => {
    if (model === 'Client') return clients(ledger);
    return model === 'Session' ? nothing : items(ledger, model);
  };

/** What an entry of a model is called in the ledger. */
export const nameIn =
  (model: string) =>
  (id: string): string =>
    `${model} ${id}`;

const unused = async () => undefined;

/** Who is signed in, the Studio alone knows. */
const nothing: Adapter = {
  upsert: unused,
  find: unused,
  findByUserCode: unused,
  findByUid: unused,
  consume: unused,
  destroy: unused,
  revokeByGrantId: unused,
};

const clients = (ledger: Ledger): Adapter => ({
  ...nothing,
  async find(id) {
    const found = await ledger.client(id);
    return found && (inTheLibrarysTerms(id, found) as AdapterPayload);
  },
});

function items(ledger: Ledger, model: string): Adapter {
  const named = nameIn(model);
  return {
    ...nothing,
    // What an entry is called opens something, so that it stands in no row.
    async upsert(id, { jti: _, ...payload }, seconds = 0) {
      const connection = model === 'Grant' ? id : payload.grantId;
      const hangs = connection ? { connection, client: payload.clientId ?? '' } : undefined;
      await ledger.keep(named(id), payload, seconds, model === 'Interaction' ? undefined : hangs);
    },
    async find(id) {
      const found = await ledger.find(named(id));
      if (!found) return undefined;
      // The library goes by the clock of this process, so that it is told in its terms what is left by the database's (DEC-4).
      const exp = Math.ceil(Date.now() / 1000 + found.remaining);
      // Whether a refresh token may come again is seen when it is turned into another.
      const consumed = model === 'RefreshToken' ? undefined : (found.used ?? undefined);
      return { ...found.payload, jti: id, exp, ...(consumed !== undefined && { consumed }) } as AdapterPayload;
    },
    async consume(id) {
      if (await ledger.use(named(id))) return;
      const { errors } = await import('oidc-provider');
      throw new errors.InvalidGrant('It has served already.');
    },
    destroy: (id) => ledger.drop(named(id)),
    revokeByGrantId: (id) => ledger.end(id),
  };
}
