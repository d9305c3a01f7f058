import type * as z from 'zod';
import type { Decision } from '../access/decide.ts';
import { type Action, rowFor } from '../access/policy.ts';
import { mostFindings } from '../documents/json.ts';
import type { Kind } from '../terms/kinds.ts';
import { Problem } from '../terms/problem.ts';
import { cleanLine } from '../terms/text.ts';

/** A refusal in words. A hidden thing and a missing one get the same, made from the call alone (EXT-2). */
export function refusalOf(
  action: Action,
  { outcome, because, missing }: Decision,
  ref: { readonly kind?: Kind },
): Problem {
  if (outcome === 'hide') return missingOf(action, ref);
  const advice = missing && advices[missing](action);
  return new Problem('permission_denied', because, advice ? { advice } : {});
}

const missingOf = (action: Action, { kind }: { readonly kind?: Kind }): Problem => {
  if (rowFor(action).on === 'workspace') {
    return new Problem('not_found', 'No workspace of this name or id is there for you.', {
      advice: 'whoami shows your workspaces.',
    });
  }
  const noun = kind?.replaceAll('_', ' ') ?? rowFor(action).on;
  if (isNamed(noun)) {
    return new Problem('not_found', `No ${isNamed(noun)} of this name or id is there for you.`, {
      advice: 'Check the name or id; a list shows what is there for you.',
    });
  }
  if (rowFor(action).on === 'resource') return new Problem('not_found', `No ${noun} with this id is open to you.`);
  return new Problem(
    'not_found',
    rowFor(action).on === 'bin'
      ? `No deleted ${noun} with this id is yours.`
      : `No ${noun} with this id is there for you.`,
    {
      advice: 'Check the id.',
    },
  );
};

/** What is called by its name as well as by an id. */
const isNamed = (noun: string) =>
  ({ group: 'group', team: 'team', project: 'project', closed: 'deleted workspace' })[noun];

const advices = {
  rung: (action: Action) =>
    rowFor(action).to.resource === 'editor'
      ? 'Ask the owner for it: request_access with role editor.'
      : ['resource', 'bin'].includes(rowFor(action).on)
        ? 'Ask its owner, whom opening it names; explain_access tells what is open to you.'
        : 'Ask whoever has that right.',
  capability: () => 'Ask an admin of the workspace to switch it on for you.',
  condition: () => 'Someone else has to do it.',
};

/** What is wrong with the shape of the arguments, all of it, each with its place (EXT-11). */
export function invalid(error: z.ZodError): Problem {
  const findings = error.issues
    .slice(0, mostFindings)
    .flatMap((issue) => findingsOf(issue))
    .slice(0, mostFindings);
  const message = findings.map(({ pointer, message }) => `${pointer || 'arguments'}: ${message}`).join(' ');
  return new Problem('invalid_argument', message, {
    findings,
    ...(findings[0]?.pointer && { pointer: findings[0].pointer }),
  });
}

function findingsOf(issue: z.core.$ZodIssue): { pointer: string; message: string }[] {
  const at = issue.path.map((part) => `/${String(part).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.slice(0, mostFindings).map((key) => ({
      pointer: `${at}/${cleanLine(key.slice(0, 60))}`,
      message: 'There is no such argument.',
    }));
  }
  return [
    {
      pointer: at,
      message: issue.input === undefined ? 'It is missing.' : sentence(issue.message),
    },
  ];
}

const sentence = (text: string) => (/[.!?]$/.test(text) ? text : `${text}.`);
