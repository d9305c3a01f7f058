import type * as z from 'zod';
import type { Actor } from '../access/actor.ts';
import type { Action, NounOf, policy } from '../access/policy.ts';
import type { Scope } from '../access/scope.ts';
import type { Tx } from '../storage/database.ts';
import type { Decided } from '../storage/decided.ts';
import type { Ref } from '../storage/facts.ts';
import type { Noun } from '../terms/ladders.ts';
import type { Problem } from '../terms/problem.ts';

/** What an operation may use: its transaction, who asks, and the one way to further things. */
export interface Desk {
  readonly tx: Tx;
  readonly me: Actor;
  /** The database's clock, read once, after the locks (DEC-4). */
  readonly now: Date;
  /** The id of the workspace that the connection was narrowed to, if it was; everything is cut to it already. */
  readonly workspace: string | undefined;
  scope<A extends Action>(action: A): Scope<NounOf<A>>;
  /** Decides a further action on a further thing; a refusal is returned and not logged. */
  may<A extends Action>(action: A, ref: Ref<NounOf<A>>): Promise<Decided<A> | Problem>;
  /** Seals the place in a list that the next page starts from: bound to caller, operation and query (EXT-12). */
  cursor(query: unknown, place: string): string;
  /** The place behind a cursor; another caller's, or of another query, is invalid_argument. */
  placeOf(query: unknown, cursor: string): string;
}

/**
 * Whose reach a change may alter, and of what, where that is more than its targets: previews and simulations compare just that (EXT-8,
 * EXP-3). Of these people, or of all where they are left out, what is shared with these principals or lies in these workspaces.
 */
export interface Touched {
  readonly people?: readonly string[];
  readonly principals?: readonly string[];
  readonly workspaces?: readonly string[];
}

/** Who asks, as far as the call alone tells. */
export interface Asking {
  readonly id: string;
  readonly email: string;
}

/** What became of one thing, as the log keeps it (ACT-1). */
export interface Difference {
  readonly before: unknown;
  readonly after: unknown;
}

/** Something else that a change brought about, with an entry of its own in the log: under the same action, by the same decision. */
export interface Also extends Difference {
  readonly noun: Noun;
  readonly id: string;
}

/** What a change did: enough to render it again for a replay (EXT-9), and before and after for the log. */
export interface Change<R> extends Difference {
  readonly outcome: R;
  /** Of several targets, what became of each, in their order, or why nothing did. */
  readonly each?: readonly (Difference | Problem)[];
  /** What was made by it; the log speaks of that rather than of what it was made in. */
  readonly made?: { readonly noun: Noun; readonly id: string };
  readonly also?: readonly Also[];
}

type Reading = { [A in Action]: (typeof policy)[A]['does'] extends 'read' ? A : never }[Action];
type Changing = Exclude<Action, Reading>;
type Target<A extends Action> = Ref<NounOf<A>> | readonly Ref<NounOf<A>>[];
type Handed<A extends Action, T> = T extends readonly unknown[] ? readonly (Decided<A> | Problem)[] : Decided<A>;

interface Base<A extends Action, I extends z.ZodObject, O extends z.ZodObject, T extends Target<A>> {
  /** As the MCP tool is called, and REST's operationId. */
  readonly name: string;
  /** Chosen by the call alone where there are several, all on the same noun. */
  readonly action: A | ((input: z.output<I>, me: Asking) => A);
  readonly actions?: readonly A[];
  readonly input: I;
  readonly output: O;
  /** What it works on, told by the call alone. Each of several is locked in the order of ids and decided by itself. */
  target?(input: z.output<I>): T;
  /** The same, where it takes a look to tell; one of the two is there. */
  find?(desk: Desk, input: z.output<I>): Promise<T>;
  /** What a preview has to look at; read before the change and after it. */
  touched?(desk: Desk, target: Handed<A, T>, input: z.output<I>): Promise<Touched>;
  /** Always answers on the time grid, success too (EXT-6). */
  readonly evenly?: true;
}

export interface Read<A extends Action, I extends z.ZodObject, O extends z.ZodObject, T extends Target<A>>
  extends Base<A, I, O, T> {
  run(desk: Desk, target: Handed<A, T>, input: z.output<I>): Promise<z.input<O>>;
}

export interface Write<A extends Action, I extends z.ZodObject, O extends z.ZodObject, T extends Target<A>, R>
  extends Base<A, I, O, T> {
  run(desk: Desk, target: Handed<A, T>, input: z.output<I>): Promise<Change<R>>;
  /** Renders the outcome as of now, for the first answer and every replay alike; decides whatever it shows. */
  answer(desk: Desk, outcome: R, input: z.output<I>): Promise<z.input<O>>;
}

/** An operation of any shape, as the one path and the doors handle it. */
export interface Operation {
  readonly name: string;
  readonly action: Action | ((input: never, me: Asking) => Action);
  readonly actions?: readonly Action[];
  readonly input: z.ZodObject;
  readonly output: z.ZodObject;
  target?(input: never): Target<Action>;
  find?(desk: Desk, input: never): Promise<Target<Action>>;
  touched?(desk: Desk, target: never, input: never): Promise<Touched>;
  readonly evenly?: true;
  run(desk: Desk, target: never, input: never): Promise<unknown>;
  answer?(desk: Desk, outcome: never, input: never): Promise<unknown>;
}

/** Declares something that only looks. */
export const reading = <A extends Reading, I extends z.ZodObject, O extends z.ZodObject, const T extends Target<A>>(
  it: Read<A, I, O, T>,
): Operation => it as unknown as Operation;

/** Declares something that changes: it says what it did, and renders that separately. */
export const changing = <
  A extends Changing,
  I extends z.ZodObject,
  O extends z.ZodObject,
  const T extends Target<A>,
  R,
>(
  it: Write<A, I, O, T, R>,
): Operation => it as unknown as Operation;

/** The actions that an operation may come to; its first names its row for scope and hints. */
export const actionsOf = ({ action, actions }: Operation): readonly [Action, ...Action[]] =>
  (typeof action === 'function' ? actions : [action]) as unknown as readonly [Action, ...Action[]];
