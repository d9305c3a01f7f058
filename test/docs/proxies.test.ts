import { createRequire } from 'node:module';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { usual } from '../../src/cli/listen.ts';
import { largestRequest } from '../../src/mcp/http.ts';
import { peers } from '../support/peer.ts';
import { blocks, pages } from './pages.ts';

/** What docs/operations.md has to paste for a proxy. */
const pasted = (text: string) =>
  blocks.find(({ file, code }) => file === 'docs/operations.md' && code.includes(text))?.code ?? '';

/** What a duration or a size comes to, in milliseconds or bytes. */
function amount(said: string | undefined): number {
  const [, number = '', unit = ''] = /^(\d+)([a-z])$/.exec(said ?? '') ?? [];
  return Number(number) * ({ s: 1_000, h: 3_600_000, m: 1 << 20 }[unit] ?? Number.NaN);
}

/** Node of a configuration of nginx, as its parser has it. */
type Directive = { readonly _value: string } & Readonly<Record<string, readonly Directive[]>>;

test('nginx keeps Host, says who asks, passes streams on, and uses no connection that is about to be cut', async () => {
  const { NginxConfFile } = createRequire(join(peers, 'x'))('nginx-conf');
  const { nginx } = await new Promise<{ nginx: Directive }>((resolve, reject) =>
    NginxConfFile.createFromSource(pasted('proxy_pass'), (thrown: unknown, read: { nginx: Directive }) =>
      thrown ? reject(thrown) : resolve(read),
    ),
  );
  const [upstream, server] = [nginx.upstream?.[0], nginx.server?.[0]];
  const location = server?.location?.[0];
  const said = (name: string, at = location) => at?.[name]?.map(({ _value }) => _value);

  expect(said('proxy_pass')).toEqual([`http://${upstream?._value}`]);
  expect(said('server', upstream)).toEqual(['127.0.0.1:8410']);
  expect(said('proxy_http_version')).toEqual(['1.1']);
  expect(said('proxy_set_header')).toEqual(
    expect.arrayContaining(['Host $host', 'Connection ""', 'X-Forwarded-For $proxy_add_x_forwarded_for']),
  );
  expect(said('proxy_buffering')).toEqual(['off']);
  expect(amount(said('proxy_read_timeout')?.[0])).toBeGreaterThanOrEqual(3_600_000);
  expect(amount(said('keepalive_timeout', upstream)?.[0])).toBeLessThan(usual.idle);
  expect(amount(said('client_max_body_size', server)?.[0])).toBeGreaterThan(largestRequest);
});

test('Caddy, which does the rest by itself, asks whether it is ready, and uses no connection that is about to be cut', () => {
  const said = Object.fromEntries(
    [...pasted('reverse_proxy').matchAll(/^\t+(\w+) (.*)$/gm)].map(([, it, to]) => [it, to]),
  );
  expect(said).toEqual({
    reverse_proxy: '127.0.0.1:8410 {',
    health_uri: '/readyz',
    health_interval: '1s',
    transport: 'http {',
    keepalive: expect.any(String),
  });
  expect(amount(said.keepalive)).toBeLessThan(usual.idle);
});

test('the pages name the bound that connections have', () => {
  const told = pages
    .filter(({ text }) => new RegExp(`\\b${usual.idle / 1000} seconds`).test(text))
    .map(({ file }) => file);
  expect(told).toEqual(expect.arrayContaining(['docs/instances.md', 'docs/operations.md']));
});
