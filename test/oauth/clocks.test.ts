import { expect, test } from 'vitest';
import { atWrongTime } from '../support/clock.ts';
import { clientOf, letIn } from '../support/letting-in.ts';
import { rawly } from '../support/raw.ts';
import { serviceIn } from '../support/service.ts';
import { payloadOf, signingOf } from '../support/signing.ts';
import { visiting } from '../support/visiting.ts';
import { world } from '../support/world.ts';

const here = await world({ people: { ada: 'member' } });
const day = 86_400_000;
const [one, two] = [
  await serviceIn(here, {}, { address: 'http://localhost' }),
  await serviceIn(here, {}, { address: 'http://localhost' }),
];
const off = (service: typeof one, ms: number) => ({
  fetch: (request: Request, socket?: never) => atWrongTime(ms, () => service.fetch(request, socket)),
});
const [ahead, behind] = [off(one, 3 * day), off(two, -3 * day)];
let turn = 0;
/** Of two servers, whose clocks are three days wrong in either direction, each request goes to the other. */
const inTurn = {
  fetch: (request: Request, socket?: never) => (turn++ % 2 === 0 ? ahead : behind).fetch(request, socket),
};
const ada = await visiting(inTurn, here, 'ada');
const each = [ahead, behind];
/** How it is answered by each, one after the other: they share this process and its clock. */
const me = async (token: string) => {
  const first = await rawly(ahead, token)('GET /me');
  return [first.status, (await rawly(behind, token)('GET /me')).status];
};

test('servers whose clocks are days apart let a client in, each step at the other, and find the same tokens good (DEC-4)', async () => {
  for (const first of [0, 1]) {
    turn = first;
    const { client, id, access, refresh } = await letIn(inTurn, ada, { days: '1' });
    expect(await me(access)).toEqual([200, 200]);
    const { body } = await client.refresh(id, refresh);
    expect(await me(body.access_token)).toEqual([200, 200]);
    const left = Number(payloadOf(body.access_token).exp) - Date.now() / 1000;
    expect(left).toBeGreaterThan(590);
    expect(left).toBeLessThan(601);
  }
});

test('what is over is over at each of them: tokens, codes, refresh tokens and questions', async () => {
  const end = () =>
    here.sql(
      'update oauth_item set expires_at = now() where expires_at > now() and (organization_id = $1 or credential_id is null)',
      [here.organization],
    );
  for (const service of each) {
    const client = clientOf(service);
    const { client_id: id } = (await client.register()).body;
    const code = (await ada.answer(client.question(id))).searchParams.get('code') ?? '';
    const { access, refresh, id: other } = await letIn(one, ada);
    const page = await ada.follow(client.question(id));
    await end();
    expect((await client.redeem(id, code)).body.error).toBe('invalid_grant');
    expect((await client.refresh(other, refresh)).body.error).toBe('invalid_grant');
    expect((await ada.follow(page.url)).response.status).toBe(410);
    const { signed } = await signingOf(one);
    const over = await signed({ ...payloadOf(access), exp: Math.floor(Date.now() / 1000) - 1 });
    expect(await me(over)).toEqual([401, 401]);
  }
});

test('a browser is told how long it keeps what a question is known by, not until when', async () => {
  for (const service of each) {
    const client = clientOf(service);
    const { client_id: id } = (await client.register()).body;
    const response = await service.fetch(new Request(client.question(id)));
    const cookies = response.headers.getSetCookie();
    expect(cookies.length).toBeGreaterThan(0);
    for (const it of cookies)
      expect(it).toMatch(/^postern_ask(ed|ing)=[\w-]+; path=[^;]+; max-age=900; samesite=lax; httponly$/i);
  }
});
