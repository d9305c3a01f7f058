import { randomUUID } from 'node:crypto';
import { requestNow } from './underway.ts';

interface Refusal {
  /** Of HTTP. */
  readonly status: number;
  readonly title: string;
  /** The reader's next step, where the place that refuses knows none better. */
  readonly advice: string;
}

/** Every way Postern says no. A door renders these; it never invents one. */
export const refusals = {
  unauthenticated: { status: 401, title: 'Not signed in', advice: 'Send a key or token that is still valid.' },
  not_found: {
    status: 404,
    title: 'Not found',
    advice:
      'Check the id. If someone gave it to you, call request_access with it: whoever may decide will see your request.',
  },
  permission_denied: {
    status: 403,
    title: 'Not allowed',
    advice: 'Ask the owner, or call request_access with role editor.',
  },
  insufficient_scope: {
    status: 403,
    title: 'Outside what this key may do',
    advice: 'Ask the person whose key it is for one with that scope.',
  },
  read_only: { status: 403, title: 'Read-only connection', advice: 'Connect without read_only to make changes.' },
  confirmation_required: {
    status: 409,
    title: 'Confirm first',
    advice: 'Call again with the same arguments and the confirm token of the preview.',
  },
  confirmation_stale: {
    status: 409,
    title: 'The preview no longer holds',
    advice: 'Read the new preview, then call again with its confirm token.',
  },
  conflict: {
    status: 409,
    title: 'Changed meanwhile',
    advice: 'Open it again, apply your change to what is there now, and send that.',
  },
  already_decided: { status: 409, title: 'Already decided', advice: 'Nothing is left to do here.' },
  already_has_access: { status: 409, title: 'Access is there already', advice: 'Open it; asking is not needed.' },
  ambiguous_principal: {
    status: 409,
    title: 'More than one fits',
    advice: 'Call again with the id of the one you mean.',
  },
  invalid_argument: { status: 422, title: 'Invalid input', advice: 'Correct what the message names, then call again.' },
  rate_limited: { status: 429, title: 'Too many', advice: 'Wait as long as retry_after_seconds says.' },
  too_large: { status: 413, title: 'Too large', advice: 'Send less: a document holds 1 MiB at most.' },
  unavailable: {
    status: 503,
    title: 'Not available just now',
    advice:
      'Call again after retry_after_seconds; a write with the idempotency key that it had, so that it is done once.',
  },
  internal: {
    status: 500,
    title: 'Our mistake',
    advice: 'Try again later; if it stays, quote the reference to the operator.',
  },
} as const satisfies Record<string, Refusal>;

export type Code = keyof typeof refusals;

/** One place in the input that is wrong; `pointer` is a JSON Pointer into the arguments or the document. */
export interface Finding {
  readonly pointer: string;
  readonly message: string;
}

/** What a refusal may carry beside its words. None of it speaks of what the caller can't open. */
export interface Details {
  readonly advice?: string;
  readonly pointer?: string;
  readonly findings?: readonly Finding[];
  readonly candidates?: readonly { readonly id: string; readonly name: string }[];
  readonly scope?: string;
  readonly retry_after_seconds?: number;
  /** The revisions at a conflict, an outcome already decided, a new preview. */
  readonly current?: Readonly<Record<string, unknown>>;
}

/** A refusal or a failure that a caller is meant to read. */
export class Problem extends Error {
  override readonly name = 'Problem';
  readonly code: Code;
  readonly details: Details;
  /** Ties an unforeseen failure to what the server's log holds of it: the id of its request, over HTTP. */
  readonly reference: string | undefined;

  constructor(code: Code, message: string, { cause, ...details }: Details & { cause?: unknown } = {}) {
    super(message, { cause });
    this.code = code;
    this.details = details;
    this.reference = code === 'internal' ? (requestNow()?.id ?? randomUUID()) : undefined;
  }

  get status(): number {
    return refusals[this.code].status;
  }

  get title(): string {
    return refusals[this.code].title;
  }

  /** As every door shows it (section 14). */
  toJSON() {
    const { advice = refusals[this.code].advice, ...rest } = this.details;
    return {
      code: this.code,
      message: this.message,
      advice,
      ...rest,
      ...(this.reference && { reference: this.reference }),
    };
  }
}

/** What every door says while the database is gone, hangs or takes no more: to come again soon. */
export const databaseAway = (cause?: unknown): Problem =>
  new Problem('unavailable', 'The database does not answer just now.', { retry_after_seconds: 2, cause });

/** Whatever was thrown, as something a caller may read. What was not foreseen keeps its cause to itself. */
export function toProblem(thrown: unknown): Problem {
  if (thrown instanceof Problem) return thrown;
  return new Problem('internal', 'The request could not be completed.', { cause: thrown });
}
