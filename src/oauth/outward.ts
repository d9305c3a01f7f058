import { request } from 'node:http';
import { BlockList, isIP } from 'node:net';
import type { Outdoors } from '../workspace/outdoors.ts';

/** In bytes, and in milliseconds for all of it. */
const [largest, patience] = [5_120, 5_000];

type Ways = Pick<Outdoors, 'resolve' | 'dial'>;

/** What is at an address that a stranger names; why it was not read is told to nobody but the log. */
export class Unread extends Error {}

/**
 * Reads a document at an address that a stranger names, without reaching anything that is not public: its host is looked up once, each of
 * its addresses has to be public, and that very one is dialled. TLS on its own port alone, no name and password, no way on to elsewhere,
 * five kilobytes and five seconds at most.
 */
export async function documentAt(address: string, { resolve, dial }: Ways): Promise<unknown> {
  const url = new URL(address);
  if (!isDocumentAddress(address)) throw new Unread('It is no https address of a document.');
  const deadline = AbortSignal.timeout(patience);
  const found = await within(deadline, resolve(url.hostname));
  const hidden = found.find((it) => !isPublic(it));
  if (!found[0] || hidden !== undefined) throw new Unread(`${url.hostname} is at ${hidden ?? 'no address'}.`);
  const socket = await within(deadline, dial({ address: found[0], host: url.hostname, port: 443, signal: deadline }));
  try {
    const text = await textOver(socket, url, deadline);
    return JSON.parse(text);
  } finally {
    socket.destroy();
  }
}

/** Whether this may be the address of a client's document: https, of a name, with a path, and nothing that could be read in two ways. */
export function isDocumentAddress(text: string): boolean {
  const url = URL.parse(text);
  if (!url || url.href !== text || text.length > 1_000) return false;
  if (url.protocol !== 'https:' || url.port !== '' || url.username !== '' || url.password !== '') return false;
  if (text.includes('#') || url.pathname === '/' || isIP(url.hostname.replace(/^\[|\]$/g, '')) !== 0) return false;
  return url.hostname.includes('.') && !/\.(local|localhost|internal|arpa)$/.test(url.hostname);
}

/** Of IPv6 only what is given out for the internet at large may be public: so nothing mapped, translated, local or unique to a site is. */
export function isPublic(address: string): boolean {
  const family = isIP(address);
  if (family === 4) return !reserved.check(address, 'ipv4');
  return family === 6 && global.check(address, 'ipv6') && !reserved.check(address, 'ipv6');
}

const listed = (ranges: readonly (readonly [string, number, 'ipv4' | 'ipv6'])[]): BlockList => {
  const list = new BlockList();
  for (const range of ranges) list.addSubnet(...range);
  return list;
};

const global = listed([['2000::', 3, 'ipv6']]);
/** What IANA keeps for special purposes. */
const reserved = listed([
  ['0.0.0.0', 8, 'ipv4'],
  ['10.0.0.0', 8, 'ipv4'],
  ['100.64.0.0', 10, 'ipv4'],
  ['127.0.0.0', 8, 'ipv4'],
  ['169.254.0.0', 16, 'ipv4'],
  ['172.16.0.0', 12, 'ipv4'],
  ['192.0.0.0', 24, 'ipv4'],
  ['192.0.2.0', 24, 'ipv4'],
  ['192.31.196.0', 24, 'ipv4'],
  ['192.52.193.0', 24, 'ipv4'],
  ['192.88.99.0', 24, 'ipv4'],
  ['192.168.0.0', 16, 'ipv4'],
  ['192.175.48.0', 24, 'ipv4'],
  ['198.18.0.0', 15, 'ipv4'],
  ['198.51.100.0', 24, 'ipv4'],
  ['203.0.113.0', 24, 'ipv4'],
  ['224.0.0.0', 3, 'ipv4'],
  ['2001::', 23, 'ipv6'],
  ['2001:db8::', 32, 'ipv6'],
  ['2002::', 16, 'ipv6'],
  ['2620:4f:8000::', 48, 'ipv6'],
  ['3fff::', 20, 'ipv6'],
]);

function textOver(socket: Awaited<ReturnType<Ways['dial']>>, url: URL, signal: AbortSignal): Promise<string> {
  return new Promise((resolve, reject) => {
    const asked = request({
      createConnection: () => socket,
      host: url.hostname,
      path: `${url.pathname}${url.search}`,
      headers: { host: url.host, accept: 'application/json', connection: 'close' },
      maxHeaderSize: 16_384,
      signal,
    });
    asked.on('error', reject);
    asked.on('response', (response) => {
      const { statusCode, headers } = response;
      if (statusCode !== 200) return reject(new Unread(`It answers ${statusCode}.`));
      if (!/^application\/([\w.-]+\+)?json\b/i.test(headers['content-type'] ?? ''))
        return reject(new Unread('It is no JSON.'));
      let text = '';
      response.setEncoding('utf8').on('error', reject);
      response.on('data', (part: string) => {
        text += part;
        if (Buffer.byteLength(text) > largest) reject(new Unread('It is too large.'));
      });
      response.on('end', () => resolve(text));
    });
    asked.end();
  });
}

function within<T>(signal: AbortSignal, work: Promise<T>): Promise<T> {
  const late = new Promise<never>((_, reject) => {
    signal.addEventListener('abort', () => reject(new Unread('It takes too long.')), { once: true });
  });
  return Promise.race([work, late]);
}
