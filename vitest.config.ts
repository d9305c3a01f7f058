import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';
import { install } from './test/peers/install.ts';

// Workers start sooner with what others have compiled.
process.env.NODE_COMPILE_CACHE ??= join(import.meta.dirname, 'node_modules/.cache/tests');

/** Files that look at all of a database, or at every statement of a process: each has a worker and a database of its own. */
const apart = ['backup', 'bared-reads', 'migrations', 'sealing', 'tampering'].map(
  (name) => `test/storage/${name}.test.ts`,
);
const never = ['test/peers/**', '**/node_modules/**'];

const settings = {
  // Tests mostly wait for PostgreSQL and for programs that they start, so two cores carry four files at a time.
  maxWorkers: 4,
  testTimeout: 60_000,
  hookTimeout: 60_000,
  expect: { poll: { timeout: 30_000 } },
};

/** Whether it starts programs that others wrote; those are installed while other files run. */
const needsPeers = ({ moduleId }: TestSpecification) =>
  /support\/(peer|rest|browser|dumping)\.ts'/.test(readFileSync(moduleId, 'utf8'));

/** First the files that are apart, then the others one after another in the same workers; those that took longest lead each. */
class ApartFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    if (files.some(needsPeers)) install();
    const sorted = await super.sort(files);
    return ['apart', 'together'].flatMap((name) => sorted.filter(({ project }) => project.name === name));
  }
}

export default defineConfig({
  test: {
    globalSetup: 'test/support/template.ts',
    // `npm run checklist` reads the report.
    reporters: ['default', 'json'],
    outputFile: { json: '.report/tests.json' },
    sequence: { sequencer: ApartFirst },
    projects: [
      { test: { ...settings, name: 'apart', include: apart, exclude: never } },
      // What a file imports takes longer to load than most files take to run.
      {
        test: {
          ...settings,
          name: 'together',
          include: ['test/**/*.test.ts'],
          exclude: [...never, ...apart],
          setupFiles: 'test/support/ending.ts',
          isolate: false,
        },
      },
    ],
  },
});
