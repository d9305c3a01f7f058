import { beforeAll, describe, expect, test } from 'vitest';
import { listen } from '../../src/cli/listen.ts';
import { faultsOf, looks, openBrowser } from '../support/browser.ts';
import { internet } from '../support/elsewhere.ts';
import { clientOf } from '../support/letting-in.ts';
import { serviceIn } from '../support/service.ts';
import { signedIn } from '../support/visiting.ts';
import { world } from '../support/world.ts';

const here = await world({
  people: { ada: 'member' },
  workspaces: { Growth: { ada: 'owner' }, Finance: { ada: 'viewer' } },
});
const net = await internet();
const listening = await listen('127.0.0.1', 0);
const address = `http://localhost:${listening.port}`;
const service = await serviceIn(here, {}, { address, ...net.beyond });
listening.serve(service.fetch);
const browser = await openBrowser();
const document = 'https://claude.example/client.json';
const far = 'https://claude.example/callback';
net.put(document, { client_id: document, client_name: 'Claude', redirect_uris: [far] });

const client = clientOf(service);
const question = (id: string, redirect: string, scope: string) =>
  client
    .question(id, { redirect_uri: redirect, scope, resource: `${address}/mcp` })
    .href.replace('http://localhost', address);
const local = 'http://127.0.0.1:33418/';
let own: string;

beforeAll(async () => {
  own = (await client.register({ client_name: 'Visual Studio Code', redirect_uris: [local] })).body.client_id;
});

/** A window in which ada is signed in. */
const opened = async (options: Parameters<typeof browser.newContext>[0] = {}) => {
  const context = await browser.newContext({ baseURL: address, ...options });
  await context.addCookies([{ name: 'postern_session', value: await signedIn(here, 'ada'), url: address }]);
  return context.newPage();
};

/** The one in which questions are looked at: to open another takes more than to put one. */
let window: ReturnType<typeof opened> | undefined;

/** Each question as it is put, and one that cannot be. */
const questions: Record<string, readonly [heading: string, address: () => string]> = {
  'by a client that is known by its document': ['Let Claude in?', () => question(document, far, 'read request')],
  'by one that registered itself, for what is sensitive': [
    'Let Visual Studio Code in?',
    () => question(own, local, 'read write review'),
  ],
  'that makes no sense': ['This does not work', () => question('nobody', local, 'read')],
};

describe.each(looks)('in $colorScheme, $viewport.width wide', ({ colorScheme, viewport }) => {
  test.each(Object.keys(questions))('a question %s is put without a fault', async (name) => {
    const [heading, at] = questions[name] as (typeof questions)[string];
    window ??= opened();
    const page = await window;
    await page.emulateMedia({ colorScheme });
    await page.setViewportSize(viewport);
    await page.goto(at());
    expect(await page.getByRole('heading', { level: 1 }).textContent()).toBe(heading);
    if (heading.startsWith('Let')) await page.getByText('Choose yourself').click();
    await page.evaluate('document.querySelectorAll("details").forEach((it) => (it.open = true))');
    expect(await faultsOf(page)).toEqual([]);
    expect(await page.evaluate('document.documentElement.scrollWidth <= innerWidth')).toBe(true);
  });
});

test.each([true, false])(
  'with scripts (%s), someone says what a client may do, and is sent back to it',
  async (javaScriptEnabled) => {
    const page = await opened({ javaScriptEnabled });
    await page.goto(question(document, far, 'read request'));
    await page.getByLabel('Choose yourself').check();
    await page.getByLabel('Write').check();
    const back = page.waitForRequest((request) => request.url().startsWith(far));
    await page.getByRole('button', { name: 'Let it in' }).click();
    expect(new URL((await back).url()).searchParams.get('code')).toBeTruthy();
    // Nobody is there for the window to come to, so that another one looks.
    const account = await page.context().newPage();
    await account.goto('/account');
    await account.getByText('Claude', { exact: true }).waitFor();
    await page.context().close();
  },
);
