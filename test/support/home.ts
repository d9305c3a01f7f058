import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { inject } from 'vitest';
import { dataFolder } from './program.ts';

/** An empty folder for data, where making many files takes little; removed after the test file. */
export const emptyHome = (): string => dataFolder(inject('folder'));

/** The same with the data of a PostgreSQL in it as they are once created: to do that anew takes ten times as long as to copy them. */
export const furnishedHome = (): string => furnished(emptyHome());

export function furnished(folder: string): string {
  execFileSync('cp', ['-a', join(inject('folder'), 'new'), join(folder, 'data')]);
  return folder;
}
