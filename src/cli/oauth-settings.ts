import * as z from 'zod';
import type { GateTold } from '../oauth/gate.ts';
import { Problem } from '../terms/problem.ts';

/** Which claims of a token say what, where the identity provider calls them otherwise. */
const usual = {
  email: 'email',
  verified: 'email_verified',
  scopes: 'scope',
  prefix: '',
  client: 'client_id',
  organization: 'organization',
};

const Claims = z.string().transform((text, { addIssue }) => {
  const pairs = text.split(',').map((pair) => pair.split('=').map((part) => part.trim()));
  const odd = pairs.find(([name = '', claim]) => !Object.hasOwn(usual, name) || !claim);
  if (odd) addIssue(`It is pairs like email=upn,scopes=scp, of ${Object.keys(usual).join(', ')}.`);
  return Object.fromEntries(pairs) as Partial<typeof usual>;
});

/** Of the environment, what is about access tokens and who may ask for one. */
export const oauthSettings = {
  POSTERN_REGISTRATION: z.enum(['on', 'off'], 'It is on or off.').optional(),
  POSTERN_AUTH_ISSUER: z
    .url({ protocol: /^https?$/, error: 'It is an address like https://login.example.' })
    .optional(),
  POSTERN_AUTH_AUDIENCE: z.string().optional(),
  POSTERN_AUTH_CLAIMS: Claims.optional(),
};

/** Whether clients register themselves, or else who issues access tokens in Postern's stead. */
export function oauthFrom({
  POSTERN_REGISTRATION: registration,
  POSTERN_AUTH_ISSUER: issuer,
  POSTERN_AUTH_AUDIENCE: audience,
  POSTERN_AUTH_CLAIMS: claims,
}: z.output<z.ZodObject<typeof oauthSettings>>): Omit<GateTold, 'trouble'> {
  if (issuer === undefined) {
    if (audience === undefined && claims === undefined) return { registers: registration !== 'off' };
    throw new Problem('invalid_argument', 'It is said what tokens of an identity provider say, and not of which.', {
      advice: 'Set POSTERN_AUTH_ISSUER, or unset POSTERN_AUTH_AUDIENCE and POSTERN_AUTH_CLAIMS.',
    });
  }
  if (registration !== undefined)
    throw new Problem(
      'invalid_argument',
      'POSTERN_REGISTRATION and POSTERN_AUTH_ISSUER contradict each other: clients register with whoever issues tokens.',
      {
        advice: 'Unset one of them.',
      },
    );
  return { elsewhere: { issuer, audience, claims: { ...usual, ...claims } } };
}
