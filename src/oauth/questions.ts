import type { default as Library } from 'oidc-provider';
import { inside, outside, paired } from '../terms/ids.ts';
import type { CredentialScope } from '../terms/scopes.ts';
import type { Ledger, Standing } from '../workspace/ledger.ts';
import type { Addresses } from './addresses.ts';
import { scopesAsked } from './asking.ts';
import { inOurTerms } from './away.ts';
import type { ClientKept } from './clients.ts';
import { pairOf } from './exchange.ts';
import { hostOf, isLoopback, sourceOf } from './redirects.ts';

/** What a client asks someone, in whose browser the question is. */
export interface Question {
  readonly client: {
    readonly id: string;
    /** What it calls itself; nobody need have checked that. */
    readonly name: string;
    readonly standing: Standing;
    /** Where its document is, for one that is known by it. */
    readonly host: string | undefined;
  };
  readonly scopes: readonly CredentialScope[];
  readonly redirect: {
    readonly host: string;
    /** On this person's own machine, where any program may listen. */
    readonly isLocal: boolean;
    /** As a policy for forms names it. */
    readonly source: string;
  };
}

export interface Allowed {
  readonly organization: string;
  readonly person: string;
  /** The connection, as callers see its id. */
  readonly connection: string;
  readonly scopes: readonly CredentialScope[];
  readonly days: number;
}

export interface Questions {
  /** The question in a request's address; nothing where it is over, answered, or another browser's. */
  of(request: Request): Promise<Question | undefined>;
  /** Each answers where to go on to, from where the client hears of it. */
  allow(request: Request, allowed: Allowed): Promise<string | undefined>;
  deny(request: Request): Promise<string | undefined>;
}

export function questionsOf(provider: () => Promise<Library>, ledger: Ledger, { resource }: Addresses): Questions {
  return {
    async of(request) {
      const params = (await interactionOf(request))?.params as Params | undefined;
      const known = params && (await ledger.client(params.client_id));
      if (!known) return undefined;
      const { client_id: id, redirect_uri: redirect, scope } = params;
      const { standing } = known;
      return {
        client: {
          id,
          name: (known.metadata as ClientKept).client_name,
          standing,
          host: standing === 'document' ? new URL(id).hostname : undefined,
        },
        scopes: scopesAsked(scope),
        redirect: { host: hostOf(redirect), isLocal: isLoopback(new URL(redirect)), source: sourceOf(redirect) },
      };
    },
    async allow(request, { organization, person, connection, scopes, days }) {
      const interaction = await interactionOf(request);
      const credential = inside('credential', connection);
      if (!interaction || !credential) return undefined;
      const library = await provider();
      const accountId = outside('person', person);
      const jti = paired(organization, credential);
      const clientId = (interaction.params as unknown as Params).client_id;
      const grant = new library.Grant({
        jti,
        accountId,
        clientId,
        expiresIn: days * 86_400,
      } as never);
      grant.addResourceScope(resource, scopes.join(' '));
      await grant.save().catch(inOurTerms);
      // What is granted is what was ticked, be it less or more than was asked for.
      interaction.params = { ...interaction.params, scope: scopes.join(' ') };
      return settled(interaction, { login: { accountId, remember: false }, consent: { grantId: jti } });
    },
    async deny(request) {
      const interaction = await interactionOf(request);
      const because = { error: 'access_denied', error_description: 'The person said no.' };
      return interaction && settled(interaction, because);
    },
  };

  async function interactionOf(request: Request) {
    const { pathname } = new URL(request.url);
    const { request: asked, response } = pairOf({
      method: 'GET',
      path: pathname,
      headers: { cookie: request.headers.get('cookie') ?? '' },
    });
    const library = await provider();
    const found = await library.interactionDetails(asked, response).catch(nothing);
    return found && pathname.endsWith(`/${found.uid}`) && !found.result ? found : undefined;
  }
}

interface Params {
  readonly client_id: string;
  readonly redirect_uri: string;
  readonly scope?: string;
}

/** The library throws where there is no such question; anything else goes on up. */
function nothing(thrown: unknown): undefined {
  if ((thrown as { error?: unknown }).error === 'invalid_request') return undefined;
  return inOurTerms(thrown);
}

type Interaction = InstanceType<Library['Interaction']>;

async function settled(interaction: Interaction, result: Interaction['result']): Promise<string> {
  interaction.result = result;
  await interaction.persist().catch(inOurTerms);
  const { pathname } = new URL(interaction.returnTo);
  return pathname;
}
