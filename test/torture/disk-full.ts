import { at, byRest, Refused } from './caller.ts';
import { type Standing, until } from './installation.ts';

/**
 * A PostgreSQL whose tables cannot grow: what needs room is refused as unavailable and leaves nothing, what does not is served, and when
 * there is room again all goes on by itself. The room is taken from its processes by their largest file, as no disk has to be filled for that.
 */
export async function diskFull({ here, server }: Standing) {
  const call = byRest(at(server.address), here.keys.ada as string);
  const id = here.world.id('plans');
  await call('list_workflows', {});
  const there = async (): Promise<number> =>
    (await here.sql('select count(*)::int as n from resource where organization_id = $1', [here.world.organization]))[0]
      ?.n;
  const known = await there();
  const [{ bytes } = { bytes: 0 }] = await here.sql(
    `select max(pg_relation_size(oid))::int8 as bytes from pg_class where relnamespace = 'public'::regnamespace`,
  );
  await here.limitFiles(Math.max(Number(bytes), smallest) + page / 2);

  const answers: Record<string, number> = {};
  let made = 0;
  for (let i = 0; (answers.unavailable ?? 0) < 5; i++) {
    if (i > 400) throw new Error(`it never ran out of room: ${JSON.stringify(answers)}`);
    const code = await call('create_workflow', { name: `Large ${i}`, document: { text: incompressible() } }).then(
      () => 'done',
      (thrown) => {
        if (thrown instanceof Refused) return thrown.code;
        throw thrown;
      },
    );
    answers[code] = (answers[code] ?? 0) + 1;
    if (code === 'done') made++;
  }
  const during = await call('list_workflows', { limit: 1 });
  const opened = await call('open_workflow', { id });

  await here.limitFiles(undefined);
  const again = await until('there is room again', async () => {
    await call('create_workflow', { name: 'After', document: { text: incompressible() } });
    return true;
  });
  return {
    answers,
    listed: during.items.length,
    opened: opened.id === id,
    again: Math.round(again),
    halves: (await there()) - (known + made + 1),
  };
}

const page = 8_192;
/** Of a segment of the write-ahead log, which has its full size from the start. */
const smallest = 16 * 2 ** 20;

/** A text that takes its own length on the disk. */
const incompressible = () =>
  Buffer.from(crypto.getRandomValues(new Uint8Array(65_536)))
    .toString('base64')
    .repeat(8);
