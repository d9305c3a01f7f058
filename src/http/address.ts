import { BlockList, isIP } from 'node:net';
import type { Http2Bindings, HttpBindings } from '@hono/node-server';
import { Problem } from '../terms/problem.ts';

/** What the server hands on with a request; nothing where it came through no socket. */
export type Socket = Partial<HttpBindings | Http2Bindings>;

/** What a door knows of a request beside the request. */
export interface Env {
  Bindings: Socket;
  Variables: { address: string };
}

/** Proxies whose word is taken on where a request comes from: addresses, and ranges like 10.0.0.0/8. */
export function proxiesFrom(texts: readonly string[]): BlockList {
  const list = new BlockList();
  for (const text of texts) {
    const [address = '', prefix] = text.split('/');
    const family = isIP(address) === 6 ? 'ipv6' : 'ipv4';
    const most = family === 'ipv6' ? 128 : 32;
    const bits = prefix === undefined ? most : Number(/^\d{1,3}$/.exec(prefix)?.[0] ?? Number.NaN);
    if (!isIP(address) || !(bits <= most))
      throw new Problem('invalid_argument', `${text} is no address of a proxy.`, {
        advice: 'Name addresses or ranges, like 10.0.0.7 or 10.0.0.0/8, with commas between.',
      });
    list.addSubnet(address, bits, family);
  }
  return list;
}

/**
 * Where a request comes from. Of what proxies say the last counts that none of ours has said: whatever stands before it anyone can have
 * written. An IPv6 address stands for its /64, which is what one household has.
 */
export function addressOf({ incoming }: Socket = {}, ours: BlockList = proxiesFrom([])): string {
  let address = plain(incoming?.socket?.remoteAddress ?? 'unknown');
  for (const named of String(incoming?.headers?.['x-forwarded-for'] ?? '')
    .split(',')
    .reverse()) {
    if (!isOurs(address, ours)) break;
    const next = plain(named.trim());
    if (!isIP(next)) break;
    address = next;
  }
  return isIP(address) === 6 ? networkOf(address) : address;
}

const isOurs = (address: string, ours: BlockList) =>
  isIP(address) !== 0 && ours.check(address, isIP(address) === 6 ? 'ipv6' : 'ipv4');

/** Without a port, a zone, and what wraps an address of version 4. */
const plain = (text: string) =>
  text
    .replace(/^\[(.*)\](:\d+)?$/, '$1')
    .replace(/^(\d+\.\d+\.\d+\.\d+):\d+$/, '$1')
    .replace(/%.*$/, '')
    .replace(/^::ffff:(\d+\.\d+\.\d+\.\d+)$/i, '$1');

function networkOf(address: string): string {
  const [first = '', last = ''] = address.split('::');
  const groups = first.split(':').filter(Boolean);
  const missing = address.includes('::') ? 8 - groups.length - last.split(':').filter(Boolean).length : 0;
  const all = [...groups, ...Array(Math.max(0, missing)).fill('0'), ...last.split(':').filter(Boolean)];
  return `${all
    .slice(0, 4)
    .map((it) => Number.parseInt(it, 16).toString(16))
    .join(':')}::/64`;
}
