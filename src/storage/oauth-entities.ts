import { defineEntity, p } from '@mikro-orm/postgresql';

/** A program that people may let in. */
export const OauthClient = defineEntity({
  name: 'OauthClient',
  properties: {
    id: p.text().primary(),
    standing: p.text().$type<'registered' | 'document' | 'self'>(),
    metadata: p.json(),
    createdAt: p.datetime().defaultRaw('now()'),
    /** When its document was last read. */
    readAt: p.datetime().nullable(),
    usedAt: p.datetime().nullable(),
  },
});

/** What OAuth has under way: a question to someone, a code, a refresh token. */
export const OauthItem = defineEntity({
  name: 'OauthItem',
  properties: {
    id: p.blob().primary(),
    organizationId: p.uuid().nullable(),
    credentialId: p.uuid().nullable(),
    payload: p.json(),
    expiresAt: p.datetime(),
    usedAt: p.datetime().nullable(),
    /** Of a refresh token: what it turned into, by its hash and sealed. */
    nextId: p.blob().nullable(),
    nextSealed: p.text().nullable(),
  },
});

/** What access tokens are signed with; `keyId` names the key that it is sealed under, if it is. */
export const TokenKey = defineEntity({
  name: 'TokenKey',
  properties: {
    id: p.uuid().primary(),
    keyId: p.text().nullable(),
    jwk: p.text(),
    createdAt: p.datetime().defaultRaw('now()'),
  },
});
