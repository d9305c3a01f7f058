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
  let keys: Promise<unknown> = Promise.resolve();
  const keyOf = (who: string, how: KeyTold): Promise<string> => {
    const key = keys.then(() => here.key(who, how));
    keys = key;
    return key;
  };

  /** The tools in someone's hands; each key told is a client of its own. */
  const as = (who: string, how: KeyTold & { query?: string } = {}): Call => {
    const seat = `${who} ${JSON.stringify(how)}`;
    if (!clients.has(seat))
      clients.set(
        seat,
        keyOf(who, how).then((secret) => seated(secret, how.query)),
      );
    return async (...call) => (await (clients.get(seat) as ReturnType<typeof seated>)).call(...call);
  };
  return { ...here, as, seated };
}

/** A client with a key, that remembers what came last: the whole answer as it went over the wire, but for the number of the request. */
async function seated(secret: string, query = '') {
  let last = '';
  const listening = {
    fetch: async (request: Request) => {
      const response = await service.fetch(request);
      last = await response.text();
      return new Response(last || null, response);
    },
  };
  const { client, call } = await agent(listening, secret, { query });
  return { client, call: call as Call, last: () => last.replace(/"id":\d+/, '"id":0') };
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
