import { defineEntity, p } from '@mikro-orm/postgresql';

/** One human who signs in, in whatever organizations (ORG-11). Until its email is proven, it speaks for whom it came in as alone. */
export const Account = defineEntity({
  name: 'Account',
  properties: {
    id: p.uuid().primary(),
    email: p.text(),
    verified: p.boolean().default(false),
    passwordHash: p.text().nullable(),
    passwordSetAt: p.datetime().nullable(),
    createdAt: p.datetime().defaultRaw('now()'),
  },
});

export const Passkey = defineEntity({
  name: 'Passkey',
  properties: {
    accountId: p.uuid().primary(),
    /** As WebAuthn names it. */
    id: p.text().primary(),
    publicKey: p.blob(),
    counter: p.bigint(),
    transports: p.array().columnType('text[]'),
    name: p.text(),
    createdAt: p.datetime().defaultRaw('now()'),
    usedAt: p.datetime().nullable(),
  },
});

/** Lets whoever holds its secret set a password, once. */
export const SignInLink = defineEntity({
  name: 'SignInLink',
  properties: {
    id: p.uuid().primary(),
    accountId: p.uuid(),
    secretHash: p.blob(),
    createdAt: p.datetime().defaultRaw('now()'),
    expiresAt: p.datetime(),
    usedAt: p.datetime().nullable(),
  },
});

/** What a browser was asked to prove something by; it is taken once. */
export const Ceremony = defineEntity({
  name: 'Ceremony',
  properties: {
    id: p.uuid().primary(),
    secretHash: p.blob(),
    kind: p.text(),
    detail: p.json(),
    expiresAt: p.datetime(),
  },
});

/** How often someone tried to sign in, by the hash of an email or address. */
export const SignInAttempts = defineEntity({
  name: 'SignInAttempts',
  properties: {
    key: p.text().columnType('character varying(255)').primary(),
    points: p.integer(),
    expire: p.bigint().nullable(),
  },
});
