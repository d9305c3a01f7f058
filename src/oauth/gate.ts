import { Problem } from '../terms/problem.ts';
import { credentialScopes } from '../terms/scopes.ts';
import type { Postern } from '../workspace/postern.ts';
import type { Narrowing, Session } from '../workspace/session.ts';
import { type Addresses, addressesAt } from './addresses.ts';
import { type Elsewhere, vouchedBy } from './elsewhere.ts';
import { connectionIn } from './provider.ts';
import { type Server, serverOn } from './server.ts';
import { claimsOf, keysOf } from './tokens.ts';

/** Lets in whoever holds an access token, and says where to get one. */
export interface Gate {
  readonly addresses: Addresses;
  /** Who issues tokens: Postern itself, or a provider elsewhere. */
  readonly issuer: string;
  readonly server?: Server | undefined;
  /** Throws unauthenticated, in one form for every reason. */
  admit(token: string, narrowing?: Narrowing): Promise<Session>;
}

export interface GateTold {
  readonly registers?: boolean | undefined;
  /** Who issues tokens instead of Postern. */
  readonly elsewhere?: Elsewhere | undefined;
  readonly trouble: (thrown: unknown) => void;
}

/** Nothing where nobody has said where Postern is, or it is there in the clear for others to read. */
export function gateOn(postern: Postern, { registers = true, elsewhere, trouble }: GateTold): Gate | undefined {
  const addresses = addressesAt(postern.identity.address);
  if (!addresses && elsewhere)
    throw new Problem(
      'invalid_argument',
      'Access tokens would go out in the clear: Postern is reached neither over TLS nor on this machine alone.',
      {
        advice: 'Set POSTERN_PUBLIC_URL to its https address, or unset POSTERN_AUTH_ISSUER.',
      },
    );
  if (!addresses) return undefined;
  if (elsewhere) {
    const vouched = vouchedBy(elsewhere, addresses);
    return {
      addresses,
      issuer: elsewhere.issuer,
      admit: async (token, narrowing) => (await postern.meet(await vouched(token), narrowing)) ?? unknown(),
    };
  }
  const { ledger, outdoors } = postern;
  const keys = keysOf(ledger);
  return {
    addresses,
    issuer: addresses.issuer,
    server: serverOn({ ledger, keys, addresses, outdoors, registers, trouble }),
    async admit(token, narrowing) {
      const { claims, signer } = (await claimsOf(token, keys, addresses)) ?? unknown();
      const connection = connectionIn(claims) ?? unknown();
      const named = String(claims.scope ?? '').split(' ');
      const scopes = credentialScopes.filter((scope) => named.includes(scope));
      const read = { ...connection, scopes, signer, until: Number(claims.exp) };
      return (await postern.connect(read, narrowing)) ?? unknown();
    },
  };
}

function unknown(): never {
  throw new Problem('unauthenticated', 'The token is unknown, over, or made for something else.');
}
