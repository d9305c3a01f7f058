/**
 * `npm run bench` measures what Postern promises of its speed, on a PostgreSQL of its own in .postern/bench.
 *
 * A line is a question, its figure, the bound that the figure is held to, and what it was made from. OVER stands where a bound is
 * broken, and then the exit code is 1. Almost every figure is a ratio or a rank within one run, taken in turns, so that a slow or busy
 * machine weighs on both sides; one that is broken by a little is worth a second run before it is believed. What each asks:
 *
 * - reads: a check and a page of a list, against `select 1` on the same connection, page 41 against page 1, and how many large tables
 *   are read from end to end; `--large` at 1,000,000 workflows too, and each check and first page against itself at 100,000.
 * - boundary: the same with row-level security against without it.
 * - governance: who has access and simulations where a group has 1,000 people; changing it, and removing an owner of 10,000.
 * - call: the server's CPU of open_workflow over HTTP, with its line in the log, against an echo tool on the bare SDK in the same process.
 * - timing: whether a workflow that is hidden, since it is others' or in another's bin, and a missing one can be told apart by time, at
 *   every door: 0 off 0.5 is not at all. Last, with no grid to wait for, they can be: where that p is not small, the machine is too
 *   noisy for the others to mean much. It takes ten minutes, which it mostly waits.
 * - stdio: seconds until the first tools/list.
 * - sizing: what docs/operations.md says that it takes, of CPU, memory and disk; held to no bound.
 *
 * `--only NAME` asks one of them.
 */
import { parseArgs } from 'node:util';
import { boundary } from './boundary.ts';
import { call } from './call.ts';
import { type Ground, groundWith } from './data.ts';
import { governance } from './governance.ts';
import { type Figure, grown, report } from './measure.ts';
import { reads } from './reads.ts';
import { sizing } from './sizing.ts';
import { stdio } from './stdio.ts';
import { timing } from './timing.ts';

interface Question {
  readonly title: string;
  readonly ask: (ground: Ground) => Promise<Figure[]>;
  /** Asked at 1,000,000 workflows too, where those are wanted. */
  readonly grows?: true;
}

const questions: Readonly<Record<string, Question>> = {
  reads: { title: 'times select 1', ask: reads, grows: true },
  boundary: { title: 'row-level security, times without', ask: boundary },
  governance: { title: 'access of many, times select 1 or in seconds', ask: governance },
  call: { title: "the server's CPU of a call, times an echo", ask: call },
  timing: { title: 'hidden against missing', ask: timing },
  stdio: { title: 'the first tools/list over stdio, in seconds', ask: stdio },
  sizing: { title: 'how much it takes, on this machine', ask: sizing },
};

const { values } = parseArgs({ options: { large: { type: 'boolean', default: false }, only: { type: 'string' } } });
const only = values.only;
if (only !== undefined && !Object.hasOwn(questions, only))
  throw new Error(`There is no question ${only}; there are ${Object.keys(questions).join(', ')}.`);
const asked = Object.entries(questions).filter(([name]) => only === undefined || name === only);

let kept = true;
const small = new Map<string, Figure[]>();
for (const size of values.large ? [100_000, 1_000_000] : [100_000]) {
  const ground = await groundWith(size);
  for (const [name, { title, ask, grows }] of asked) {
    if (size > 100_000 && !grows) continue;
    const workflows = `${size.toLocaleString('en')} workflows`;
    const figures = await ask(ground);
    kept = report(`${name}: ${title}, ${workflows}`, figures) && kept;
    const before = small.get(name);
    if (before) kept = report(`${name}: with ${workflows}, times with fewer`, grown(before, figures)) && kept;
    small.set(name, figures);
  }
  await ground.release();
}
process.exitCode = kept ? 0 : 1;
