import { expect, test } from 'vitest';
import { openOperator } from '../../src/workspace/operator.ts';
import { callback, clientOf } from '../support/letting-in.ts';
import { rawly } from '../support/raw.ts';
import { serviceIn } from '../support/service.ts';
import { visiting } from '../support/visiting.ts';
import { world } from '../support/world.ts';

const here = await world({ people: { ada: 'member' } });
const service = await serviceIn(here, {}, { address: 'http://localhost' });

test('a client that the operator set up proves by its secret that it is itself, in the header or the form; removed, it opens nothing', async () => {
  const operator = await openOperator(here.connection);
  const { id, secret = '' } = await operator.addClient({ client_name: 'App', redirect_uris: [callback] }, true);
  const client = clientOf(service);
  const ada = await visiting(service, here, 'ada');
  const code = async () => {
    const page = await ada.follow(client.question(id));
    expect(await page.response.clone().text()).toContain('Set up by whoever runs this Postern');
    return (
      (await ada.submit(page, { answer: 'allow', extent: 'asked', days: '90' })).url.searchParams.get('code') ?? ''
    );
  };
  for (const wrong of [{}, { client_secret: 'client_secret_x' }])
    expect((await client.redeem(id, await code(), wrong)).body.error).toBe('invalid_client');
  const { body } = await client.redeem(id, await code(), { client_secret: secret });
  const form = new URLSearchParams({ grant_type: 'refresh_token', refresh_token: body.refresh_token });
  const authorization = `Basic ${btoa(`${encodeURIComponent(id)}:${encodeURIComponent(secret)}`)}`;
  const refreshed = await client.post('/oauth/token', form, { authorization });
  const { access_token: access } = (await refreshed.json()) as { access_token: string };
  expect((await rawly(service, access)('GET /me')).status).toBe(200);
  await operator.removeClient(id);
  await operator.close();
  expect((await rawly(service, access)('GET /me')).status).toBe(401);
});
