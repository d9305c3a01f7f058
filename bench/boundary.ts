import { scope } from '../src/access/scope.ts';
import { type Database, openDatabase, type Tx } from '../src/storage/database.ts';
import { factsFor } from '../src/storage/facts.ts';
import { pageOfResources } from '../src/storage/lists.ts';
import { askers, type Ground } from './data.ts';
import { type Figure, medians } from './measure.ts';

const bound = 1.25;

/** What row-level security costs (EXP-6): the same statements on the same data, once as a role that it holds and once as one that it does not. */
export async function boundary(ground: Ground): Promise<Figure[]> {
  await ground.sql.query(exempt);
  const [held, free] = [await openDatabase(ground.app), await openDatabase({ ...ground.app, user: 'bench_exempt' })];
  try {
    const figures: Figure[] = [];
    for (const [asker, person] of Object.entries(askers)) {
      figures.push(...(await costFor(held, free, ground, asker, ground.credential(person))));
    }
    return figures;
  } finally {
    await Promise.all([held.close(), free.close()]);
  }
}

/** May do what the role that serves may, and no policy holds it. It is of the bench's own server alone. */
const exempt = `do $$ begin
  if not exists (select from pg_roles where rolname = 'bench_exempt') then create role bench_exempt login bypassrls in role postern_app; end if;
end $$`;

async function costFor(
  held: Database,
  free: Database,
  { organization, sql }: Ground,
  asker: string,
  credential: string,
): Promise<Figure[]> {
  const entrance = { organization, credential };
  const { rows } = await sql.query<{ id: string }>(
    'select id from resource where deleted_at is null order by random() limit 200',
  );
  const check = (tx: Tx) => (id: string) => factsFor(tx, entrance, { noun: 'resource', kind: 'workflow', id });
  const page = async (tx: Tx) => {
    const found = await factsFor(tx, entrance, { noun: 'organization' });
    if (!found) throw new Error(`${asker} has no credential`);
    const all = scope('resource.open', { override: found.me.scopes.includes('override') });
    return () => pageOfResources(tx, all, found.me, { kind: 'workflow', limit: 50 });
  };
  const times = await held.reading(entrance, (under) =>
    free.reading(entrance, async (without) => {
      // Each row is read before, so that neither finds it warmed by the other.
      for (const { id } of rows) await check(under)(id);
      const any = () => rows[Math.floor(Math.random() * rows.length)]?.id as string;
      const checks = await medians(500, { under: () => check(under)(any()), without: () => check(without)(any()) });
      const pages = await medians(200, { under: await page(under), without: await page(without) });
      return { checks, pages };
    }),
  );
  const figureOf = (question: string, { under, without }: Record<'under' | 'without', number>): Figure => ({
    question: `${asker}: ${question}`,
    figure: under / without,
    bound,
    note: `${under.toFixed(2)} ms, without ${without.toFixed(2)} ms`,
  });
  return [figureOf('a check', times.checks), figureOf('first page', times.pages)];
}
