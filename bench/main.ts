import { parseArgs } from 'node:util';
import { groundWith } from './data.ts';
import { report } from './measure.ts';
import { reads } from './reads.ts';

const { values } = parseArgs({ options: { large: { type: 'boolean', default: false } } });
let kept = true;
for (const size of values.large ? [100_000, 1_000_000] : [100_000]) {
  const ground = await groundWith(size);
  kept = report(`${size.toLocaleString('en')} workflows, times select 1`, await reads(ground)) && kept;
  await ground.release();
}
process.exitCode = kept ? 0 : 1;
