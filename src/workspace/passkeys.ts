import type { AuthenticationResponseJSON, RegistrationResponseJSON } from '@simplewebauthn/server';
import { noteAccount } from '../storage/accounts.ts';
import { dropPasskey, keepPasskey, type PasskeyFound, passkeysOf, usedPasskey } from '../storage/passkeys.ts';
import { Problem } from '../terms/problem.ts';
import { cleanLine } from '../terms/text.ts';
import type { Ceremonies } from './ceremonies.ts';
import type { Doorstep, From, SignedIn, Visit } from './doorstep.ts';

/** Where a browser says it is: a passkey serves there alone. */
export interface Site {
  /** Its host name; an address of numbers has no passkeys. */
  readonly id: string;
  readonly origins: readonly string[];
}

/** What a browser is asked, and what it holds meanwhile, so that nobody else answers. */
export interface Asked {
  readonly options: object;
  readonly passing: string;
}

/** Keys that a device keeps, one for each site; their secret never leaves it. */
export interface Passkeys {
  of(visit: Visit): Promise<readonly PasskeyFound[]>;
  askToAdd(visit: Visit, site: Site): Promise<Asked>;
  /** False where the answer proves nothing. */
  add(visit: Visit, site: Site, passing: string, answer: unknown, name: string): Promise<boolean>;
  remove(visit: Visit, id: string): Promise<boolean>;
  askToProve(site: Site, address: string): Promise<Asked>;
  signIn(site: Site, passing: string, answer: unknown, from: From): Promise<SignedIn | undefined>;
  /** As `prove` with a password. */
  prove(visit: Visit, site: Site, passing: string, answer: unknown): Promise<string | undefined>;
}

/** As many as someone may have. */
const most = 20;

export function passkeysOn({ database, attempts, enter, renew }: Doorstep, { begin, end }: Ceremonies): Passkeys {
  return {
    of: ({ account }) => passkeysOf(database, account),
    async askToAdd({ account, email, name }, { id }) {
      const known = await passkeysOf(database, account);
      if (known.length >= most) throw new Problem('invalid_argument', `There are ${most} passkeys at most.`);
      const options = await (await webauthn()).generateRegistrationOptions({
        rpName: 'Postern',
        rpID: id,
        userName: email,
        userDisplayName: name,
        userID: handleOf(account),
        excludeCredentials: known.map((it) => ({ id: it.id, transports: [...it.transports] })),
        // Ed25519, ES256, RS256.
        supportedAlgorithmIDs: [-8, -7, -257],
        authenticatorSelection: { residentKey: 'required', userVerification: 'required' },
      });
      return { options, passing: await begin('add', { challenge: options.challenge, account }) };
    },
    async add({ account, session }, { id, origins }, passing, answer, name) {
      const asked = (await end('add', passing)) as { challenge: string; account: string } | undefined;
      if (asked?.account !== account) return false;
      const { verifyRegistrationResponse } = await webauthn();
      const { verified, registrationInfo: it } = await verifyRegistrationResponse({
        response: answer as RegistrationResponseJSON,
        expectedChallenge: asked.challenge,
        expectedOrigin: [...origins],
        expectedRPID: id,
        requireUserVerification: true,
      }).catch(unproven);
      if (!verified || !it) return false;
      const { publicKey, counter, transports = [], id: key } = it.credential;
      const called = cleanLine(name).slice(0, 80) || 'Passkey';
      await keepPasskey(database, account, { id: key, publicKey, counter, transports, name: called });
      const because = 'Its owner added it, having proven who they are.';
      const credential = session.credential.id;
      await noteAccount(database, account, {
        action: 'passkey.create',
        because,
        credential,
        after: { passkey: called },
      });
      return true;
    },
    async remove({ account, session }, id) {
      const name = await dropPasskey(database, account, id);
      if (name === undefined) return false;
      const credential = session.credential.id;
      const because = 'Its owner removed it, having proven who they are.';
      await noteAccount(database, account, { action: 'passkey.remove', because, credential, after: { passkey: name } });
      return true;
    },
    async askToProve({ id }, address) {
      const options = await (await webauthn()).generateAuthenticationOptions({
        rpID: id,
        userVerification: 'required',
      });
      return { options, passing: await begin('prove', { challenge: options.challenge }, address) };
    },
    async signIn(site, passing, answer, from) {
      const account = await proven(site, passing, answer);
      if (account === undefined) return undefined;
      await attempts.succeeded(from.address);
      return enter(account, { provenBy: 'passkey' }, from);
    },
    async prove(visit, site, passing, answer) {
      return (await proven(site, passing, answer)) === visit.account ? renew(visit, 'passkey') : undefined;
    },
  };

  /** Whose passkey answered what was asked. */
  async function proven({ id, origins }: Site, passing: string, answer: unknown): Promise<string | undefined> {
    const asked = (await end('prove', passing)) as { challenge: string } | undefined;
    const response = answer as AuthenticationResponseJSON;
    const account = accountBehind(response?.response?.userHandle);
    const key = account && (await passkeysOf(database, account)).find((it) => it.id === response.id);
    if (!asked || !account || !key) return undefined;
    const { verifyAuthenticationResponse } = await webauthn();
    const { verified, authenticationInfo } = await verifyAuthenticationResponse({
      response,
      expectedChallenge: asked.challenge,
      expectedOrigin: [...origins],
      expectedRPID: id,
      requireUserVerification: true,
      credential: { id: key.id, publicKey: new Uint8Array(key.public_key), counter: Number(key.counter) },
    }).catch(unproven);
    if (!verified || !authenticationInfo) {
      const because = 'The passkey proved nothing.';
      await noteAccount(database, account, { action: 'session.create', outcome: 'deny', because });
      return undefined;
    }
    await usedPasskey(database, account, key.id, authenticationInfo.newCounter);
    return account;
  }
}

/** Loaded when someone signs in, since a desktop client waits for `stdio`. */
const webauthn = () => import('@simplewebauthn/server');

/** The library throws where an answer does not fit what was asked. */
const unproven = () => ({ verified: false as const, registrationInfo: undefined, authenticationInfo: undefined });

/** What a passkey says whose it is: the bytes of the account's id. */
const handleOf = (account: string) => new Uint8Array(Buffer.from(account.replaceAll('-', ''), 'hex'));

function accountBehind(handle: string | undefined): string | undefined {
  const hex = Buffer.from(handle ?? '', 'base64url').toString('hex');
  return /^[0-9a-f]{32}$/.test(hex) ? hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-') : undefined;
}
