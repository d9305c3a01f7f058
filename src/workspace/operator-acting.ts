import { fromNow } from '../storage/clock.ts';
import type { Database } from '../storage/database.ts';
import * as stored from '../storage/operator.ts';
import * as kept from '../storage/operator-credentials.ts';
import { closedOrganizations, reopenOrganization } from '../storage/operator-organizations.ts';
import { newId, outside } from '../terms/ids.ts';
import { Problem } from '../terms/problem.ts';
import { hashOf, newSecret } from '../terms/secret.ts';
import { daysToComeBack } from './office.ts';
import { organizationId, theOne } from './operator-keys.ts';

/** In whose name the operator does something, and in which organization, where they are in several. */
export interface As {
  readonly person: string;
  readonly organization?: string | undefined;
}

/** In milliseconds: as long as someone may take to type a name. */
const longest = 600_000;

/** A key to do one thing with in someone's name, as far as they may themself; `end` ends it. */
export const lendKey = (database: Database, { person, organization }: As, name: string) =>
  database.outside(async (tx) => {
    const it = theOne(await stored.peopleWith(tx, person, organizationId(organization)), person);
    const id = newId();
    const key = newSecret(it.organization, id);
    const expiresAt = await fromNow(tx, longest);
    const mine = { organization: it.organization, id, person: it.id, name, hash: hashOf(key), expiresAt };
    await kept.addCredential(tx, { ...mine, scopes: ['admin'], workspaces: null });
    const { organization: home } = it;
    return { key, end: () => database.outside((last) => kept.endCredential(last, { organization: home, id })) };
  });

/** Brings back an organization that was deleted, by its name or id, within its 30 days (ORG-9). */
export const restoreOrganization = (database: Database, named: string) =>
  database.outside(async (tx) => {
    const found = await closedOrganizations(tx, organizationId(named) ?? named, daysToComeBack);
    const [first, second] = found;
    if (!first)
      throw new Problem('not_found', `No organization ${named} was deleted in the last ${daysToComeBack} days.`, {
        advice: 'Check the name.',
      });
    if (second)
      throw new Problem(
        'ambiguous_principal',
        `Several organizations of that name were deleted: ${found.map(({ id }) => outside('organization', id)).join(', ')}.`,
        {
          advice: 'Call again with the id of one.',
        },
      );
    await reopenOrganization(tx, first);
    return { id: outside('organization', first.id), name: first.name };
  });
