import { AsyncLocalStorage } from 'node:async_hooks';
import { agent } from './agent.ts';
import { workersService } from './service.ts';
import { type KeyTold, served, type Told, world } from './world.ts';

/** The doors that the tools are behind. */
export const service = await workersService({ connection: served });

/** What a tool answered, or `error` with the words of its refusal. */
// biome-ignore lint/suspicious/noExplicitAny: a test looks into any answer
type Answer = Record<string, any>;
export type Call = (name: string, args?: Record<string, unknown>, meta?: Record<string, unknown>) => Promise<Answer>;

/** A world whose people each have a client at the tools, over the HTTP app. */
export async function office(told: Told) {
  const here = await world(told);
  const clients = new Map<string, ReturnType<typeof seated>>();

  /** The tools in someone's hands; each key told is a client of its own. */
  const as = (who: string, how: KeyTold & { query?: string } = {}): Call => {
    const seat = `${who} ${JSON.stringify(how)}`;
    if (!clients.has(seat))
      clients.set(
        seat,
        here.key(who, how).then((secret) => seated(secret, how.query)),
      );
    return async (...call) => (await (clients.get(seat) as ReturnType<typeof seated>)).call(...call);
  };
  return { ...here, as, seated };
}

/** What comes over the wire to whoever asks within. */
const heard = new AsyncLocalStorage<{ answer: string }>();
const listening = {
  async fetch(request: Request) {
    const response = await service.fetch(request);
    const answer = await response.text();
    Object.assign(heard.getStore() ?? {}, { answer });
    return new Response(answer || null, response);
  },
};

/** The last answer to what is asked within, whole, as it went over the wire, but for the number of the request. */
export async function wire(ask: () => Promise<unknown>): Promise<string> {
  const it = { answer: '' };
  await heard.run(it, ask);
  if (!it.answer) throw new Error('Nothing came over the wire.');
  return it.answer.replace(/"id":\d+/, '"id":0');
}

/** What is said of each of them, all asked at once: most of the time of a refusal goes by in waiting for its tick (EXT-2). */
export const saidOf = <T>(
  those: Readonly<Record<string, T>>,
  said: (it: T) => Promise<string>,
): Promise<[what: string, answer: string][]> =>
  Promise.all(Object.entries(those).map(async ([what, it]) => [what, await said(it)] as [string, string]));

/** A client with a key; `said` is the whole answer to a call, as it went over the wire. */
async function seated(secret: string, query = '') {
  const { client, call } = await agent(listening, secret, { query });
  const said = (...asked: Parameters<Call>) => wire(() => (call as Call)(...asked));
  return { client, call: call as Call, said };
}

/** Every item of a list, page by page, and how many pages there were. */
export async function walked(call: Call, name: string, args: Record<string, unknown>, items = 'items') {
  const all: Answer[] = [];
  let cursor: string | undefined;
  let pages = 0;
  do {
    const page = await call(name, { ...args, ...(cursor && { cursor }) });
    if (page.error) throw new Error(page.refused);
    all.push(...page[items]);
    cursor = page.next_cursor;
    if (++pages > 500) throw new Error('the list never ends');
  } while (cursor);
  return { all, pages };
}

/** A previewed call, and the call that its token confirms. */
export async function confirmed(call: Call, name: string, args: Record<string, unknown>): Promise<Answer> {
  const { confirm, error } = await call(name, args);
  if (error) return { error };
  return call(name, { ...args, confirm });
}
