import type * as z from 'zod';
import type { Actor } from '../access/actor.ts';
import type { Action, NounOf, policy } from '../access/policy.ts';
import type { Scope } from '../access/scope.ts';
import type { Tx } from '../storage/database.ts';
import type { Decided } from '../storage/decided.ts';
import type { Ref } from '../storage/facts.ts';
import type { Kind } from '../terms/kinds.ts';
import type { Noun } from '../terms/ladders.ts';
import type { Finding, Problem } from '../terms/problem.ts';
import type { Outdoors } from './outdoors.ts';
import type { Looking, Rehearsed } from './preview.ts';
import type { Keys } from './secrets.ts';
import type { Taking } from './telling.ts';

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
  /** What was found out beyond the database before (`inquiry`). */
  readonly learned: unknown;
  /** Integers among the arguments that a number can't keep, by their places. */
  readonly rounded: readonly Finding[];
  /** What secrets are sealed with. */
  readonly keys: Keys;
  /** Does another change to see what it comes to, decided as if it were called by itself; for an operation that `rehearses`. */
  trial(operation: Operation, input: unknown, page: Looking): Promise<Trial | Problem>;
  /** Seals the place in a list that the next page starts from: bound to caller, operation and query (EXT-12). */
  cursor(query: unknown, place: string): string;
  /** Seals what the caller may use again and not read, like a group they may not know: bound to caller and to what it is about (GRP-7). */
  handle(about: string, text: string): string;
  /** What is behind a handle; nothing where it is another caller's, or about something else. */
  behind(about: string, handle: string): string | undefined;
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

/** What another change would come to. */
export interface Trial extends Rehearsed<unknown> {
  /** Whether more than one resource is looked at, so that each is to be named. */
  readonly isNamed: boolean;
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
  readonly kind?: Kind | undefined;
  /** Where it lies, if not where the target does. */
  readonly workspace?: string | undefined;
}

/** What a change did: enough to render it again for a replay (EXT-9), and before and after for the log. */
export interface Change<R> extends Difference {
  readonly outcome: R;
  /** Of several targets, what became of each, in their order, or why nothing did. */
  readonly each?: readonly (Difference | Problem)[];
  /** What was made by it; the log speaks of that rather than of what it was made in. */
  readonly made?: { readonly noun: Noun | 'credential'; readonly id: string; readonly kind?: Kind };
  readonly also?: readonly Also[];
  /** What was asked for was there already, so that the log has nothing to add (ACT-1). */
  readonly idle?: boolean;
  /** What only the first answer holds and is kept nowhere, like a secret; `afterwards` is handed it. */
  readonly fresh?: unknown;
  /** What it takes from people, who are told where it is carried out. */
  readonly takes?: readonly Taking[];
}

type Reading = { [A in Action]: (typeof policy)[A]['does'] extends 'read' ? A : never }[Action];
type Changing = Exclude<Action, Reading>;
type Target<A extends Action> = Ref<NounOf<A>> | readonly Ref<NounOf<A>>[];
type Handed<A extends Action, T> = T extends readonly unknown[] ? readonly (Decided<A> | Problem)[] : Decided<A>;

interface Base<A extends Action, I extends z.ZodObject, O extends z.ZodObject, T extends Target<A>> {
  /** As the MCP tool is called, and REST's operationId. */
  readonly name: string;
  /** Chosen by the call alone where there are several. */
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
  /** Nobody waits for it: few are done at a time, so that it takes no place from a call that somebody waits for. */
  readonly unhurried?: true;
  /** Always answers on the time grid, success too (EXT-6). */
  readonly evenly?: true;
  /** One call of it is much work, or reaches someone: there are fewer of it within a minute than of others. */
  readonly costly?: true;
}

export interface Read<A extends Action, I extends z.ZodObject, O extends z.ZodObject, T extends Target<A>>
  extends Base<A, I, O, T> {
  /** Whatever it does is taken back: it answers what would be (EXP-3). */
  readonly rehearses?: true;
  run(desk: Desk, target: Handed<A, T>, input: z.output<I>): Promise<z.input<O>>;
  /** For how many seconds it is asked again, whenever something may have changed, while what comes out is no answer yet. */
  patience?(input: z.output<I>): number;
  isAnswer?(output: z.input<O>): boolean;
}

export interface Write<A extends Action, I extends z.ZodObject, O extends z.ZodObject, T extends Target<A>, R>
  extends Base<A, I, O, T> {
  run(desk: Desk, target: Handed<A, T>, input: z.output<I>): Promise<Change<R>>;
  /** Renders the outcome as of now, for the first answer and every replay alike; decides whatever it shows. */
  answer(desk: Desk, outcome: R, input: z.output<I>): Promise<z.input<O>>;
  /** What has to be found out beyond the database first: asked once it is decided, before the transaction that changes anything. */
  readonly inquiry?: Inquiry<Handed<A, T>, z.output<I>>;
  /** What is done beyond the database once the change is committed, with what was fresh in it; it may add to the answer. */
  afterwards?(outdoors: Outdoors, answer: z.input<O>, fresh: never): Promise<z.input<O>>;
}

/** A question for beyond the database, and whom to put it to. */
export interface Inquiry<Target, Input> {
  question(desk: Desk, target: Target, input: Input): Promise<unknown>;
  put(outdoors: Outdoors, question: never): Promise<unknown>;
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
  readonly costly?: true;
  readonly unhurried?: true;
  readonly rehearses?: true;
  patience?(input: never): number;
  isAnswer?(output: never): boolean;
  run(desk: Desk, target: never, input: never): Promise<unknown>;
  answer?(desk: Desk, outcome: never, input: never): Promise<unknown>;
  readonly inquiry?: Inquiry<never, never>;
  afterwards?(outdoors: Outdoors, answer: never, fresh: never): Promise<unknown>;
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
