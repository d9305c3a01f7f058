import { expect, test } from 'vitest';
import { addressOf, proxiesFrom } from '../../src/http/address.ts';

const ours = proxiesFrom(['10.0.0.0/8', '192.0.2.7', 'fd00::/8']);
const from = (remoteAddress: string | undefined, forwarded?: string) =>
  addressOf({ incoming: { socket: { remoteAddress }, headers: { 'x-forwarded-for': forwarded } } } as never, ours);

test.each([
  ['the connection, where it is no proxy of ours', '203.0.113.5', '198.51.100.1', '203.0.113.5'],
  ['whom a proxy of ours names', '10.1.2.3', '198.51.100.1', '198.51.100.1'],
  ['the last whom none of ours has named', '10.1.2.3', '1.1.1.1, 198.51.100.1, 192.0.2.7', '198.51.100.1'],
  ['the proxy, where it names nobody', '10.1.2.3', undefined, '10.1.2.3'],
  ['the proxy, where it names nonsense', '10.1.2.3', '198.51.100.1, somebody', '10.1.2.3'],
  ['without its port', '::ffff:10.1.2.3', '198.51.100.1:4711', '198.51.100.1'],
  ['the network of an IPv6 address', '2001:db8:1:2:3:4:5:6', undefined, '2001:db8:1:2::/64'],
  ['however it is written', 'fd00::1', '[2001:DB8:1::5]:443', '2001:db8:1:0::/64'],
  ['and of one without groups', '::1', undefined, '0:0:0:0::/64'],
  ['nothing that is known, where there is no socket', undefined, undefined, 'unknown'],
])('a request comes from %s (security 25)', (_, peer, forwarded, address) => {
  expect(from(peer, forwarded)).toBe(address);
});

test.each(['10.0.0.0/33', '10.0.0', 'localhost', '::/129', '10.0.0.1/'])('%s is no address of a proxy', (text) => {
  expect(() => proxiesFrom([text])).toThrow(text);
});
