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
  const named = (id: string) => `${model} ${id}`;
  return {
    ...nothing,
    async upsert(id, payload, seconds = 0) {
      const connection = model === 'Grant' ? id : payload.grantId;
      const hangs = connection ? { connection, client: payload.clientId ?? '' } : undefined;
      await ledger.keep(named(id), payload, seconds, model === 'Interaction' ? undefined : hangs);
    },
    async find(id) {
      const found = await ledger.find(named(id));
      return found && ({ ...found.payload, ...(found.used !== null && { consumed: found.used }) } as AdapterPayload);
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
