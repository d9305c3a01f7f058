import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished } from 'vitest';

/** Another process that holds a server. */
export interface Holder {
  readonly process: ChildProcess;
  readonly said: string[];
  readonly complaints: string[];
}

/** Started, and served: it has the server of `folder`. */
export async function newHolder(folder: string, ...task: string[]): Promise<Holder> {
  const program = fileURLToPath(new URL('holder.ts', import.meta.url));
  const child = spawn(process.execPath, [program, folder, ...task], { stdio: 'pipe' });
  onTestFinished(() => void child.kill('SIGKILL'));
  const holder: Holder = { process: child, said: [], complaints: [] };
  child.stderr.on('data', (chunk) => holder.complaints.push(String(chunk)));
  const lines = createInterface(child.stdout);
  const first = await Promise.race([once(lines, 'line'), once(child, 'exit')]);
  expect(first, holder.complaints.join('')).toEqual(['in']);
  lines.on('line', (line) => holder.said.push(line));
  return holder;
}

export async function end(holder: Holder, code: number | null = 0): Promise<void> {
  const closed = once(holder.process, 'close');
  holder.process.stdin?.end();
  expect((await closed)[0], holder.complaints.join('')).toBe(code);
}
