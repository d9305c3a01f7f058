import type { BrowserContextOptions, Page } from 'playwright-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { operations } from '../../src/workspace/operations.ts';
import { faultsOf, looks, openBrowser } from '../support/browser.ts';
import { linkFor, password, premisesFor } from '../support/studio.ts';
import { type World, world } from '../support/world.ts';

const at = (name: string) => `${name}@pages.test`;
/** What was mailed. */
const letters: string[] = [];
const premises = await premisesFor({
  outdoors: { mail: async ({ text }) => void letters.push(text) },
  provider: { name: 'Acme ID', issuer: 'http://localhost:1', clientId: 'x', clientSecret: 'x' },
});
const address = await premises.address();
const browser = await openBrowser();
let here: World;

beforeAll(async () => {
  here = await world({ people: { ada: { role: 'admin', email: at('ada') }, bo: { email: at('bo') } } });
  await world({ people: { ada: { email: at('ada') } } });
  await premises.visitor().settle(at('ada'));
  await premises.visitor().settle(at('bo'));
  await here.credential('ada', { name: 'laptop', scopes: ['read', 'request'] });
});

/** A window of a browser that knows nothing of the others. */
const opened = async (options: BrowserContextOptions = {}): Promise<Page> => {
  const context = await browser.newContext({ baseURL: address, ...options });
  return context.newPage();
};

async function signIn(page: Page, name: string) {
  await page.goto('/sign-in');
  await page.getByLabel('Email').fill(at(name));
  await page.getByLabel('Password').fill(password);
  await page.getByRole('button', { name: 'Sign in', exact: true }).click();
}

/** An invitation's link, as it would be mailed. */
async function invitationFor(email: string): Promise<string> {
  const session = await premises.postern.admit(await here.key('ada'));
  await session.perform(operations.invite_members, { emails: [email] });
  return /invite_\w+/.exec(letters.at(-1) ?? '')?.[0] ?? '';
}

/** What there is to see, in the order in which someone would come to it, and the heading by which they know that they are there. */
const views: Record<string, readonly [heading: RegExp, show: (page: Page) => Promise<unknown>]> = {
  'the sign-in page': [/^Sign in$/, (page) => page.goto('/sign-in')],
  'a sign-in that failed': [
    /^Sign in$/,
    async (page) => {
      await page.getByLabel('Email').fill('nobody@pages.test');
      await page.getByLabel('Password').fill('wrong');
      await page.getByRole('button', { name: 'Sign in', exact: true }).click();
      await page.getByRole('alert').waitFor();
    },
  ],
  'a forgotten password': [/^Forgot your password/, (page) => page.goto('/forgot-password')],
  'a link that is pasted': [/^Choose a password/, (page) => page.goto('/set-password')],
  'a password that is chosen': [
    /^Choose a password/,
    async (page) => {
      await page.goto(`/forgot-password`);
      await page.goto(`/set-password#${await linkFor(at('bo'))}`);
      await page.getByText(`For ${at('bo')}`).waitFor();
    },
  ],
  'an invitation': [
    /^Join Acme/,
    async (page) => page.goto(`/join#${await invitationFor(`${crypto.randomUUID()}@pages.test`)}`),
  ],
  'a page that is not there': [/^There is nothing/, (page) => page.goto('/nothing/here')],
  'the choice of an organization': [/^Choose an organization/, (page) => signIn(page, 'ada')],
  'the account': [/^Your account/, (page) => page.goto('/account')],
  'the account with all of it open': [
    /^Your account/,
    async (page) => {
      for (const it of await page.locator('summary').all()) await it.click();
    },
  ],
  'a key that was made': [
    /^Your account/,
    async (page) => {
      await page.getByLabel('What to call it').last().fill('Assistant');
      await page.getByRole('button', { name: 'Make the key' }).click();
      await page.locator('code.secret').waitFor();
    },
  ],
  'the proof that it is they': [/^Is it you/, (page) => page.goto('/prove?next=/account')],
};

test('axe finds nothing on any page, light or dark, on a desk or a phone, and none is wider than its window', async () => {
  const page = await opened();
  for (const [name, [heading, show]] of Object.entries(views)) {
    await page.setViewportSize(looks[0].viewport);
    await show(page);
    await page.getByRole('heading', { level: 1, name: heading }).waitFor();
    for (const { colorScheme, viewport } of looks) {
      await page.emulateMedia({ colorScheme });
      await page.setViewportSize(viewport);
      const where = `${name}, ${colorScheme}, ${viewport.width} wide`;
      expect(await faultsOf(page), where).toEqual([]);
      expect(await page.evaluate('document.documentElement.scrollWidth - innerWidth'), where).toBeLessThanOrEqual(0);
    }
  }
  await page.context().close();
});

test('all of it works with scripts turned off: signing in, a key, ending it, signing out', async () => {
  const page = await opened({ javaScriptEnabled: false });
  await signIn(page, 'bo');
  await page.getByText('Make a key').click();
  await page.getByLabel('What to call it').last().fill('Robot');
  await page.getByRole('button', { name: 'Make the key' }).click();
  const key = (await page.locator('code.secret').textContent()) ?? '';
  await premises.postern.admit(key);
  await page.goto('/account');
  await page.getByRole('button', { name: 'End Robot' }).click();
  await page.getByText('It has ended').waitFor();
  await expect(premises.postern.admit(key)).rejects.toMatchObject({ code: 'unauthenticated' });
  await page.getByRole('button', { name: 'Sign out' }).click();
  await page.getByRole('heading', { name: 'Sign in' }).waitFor();
  await page.context().close();
});

describe('a passkey', () => {
  let page: Page;
  let isTheirFinger: (isIt: boolean) => Promise<unknown>;

  beforeAll(async () => {
    page = await opened();
    const device = await page.context().newCDPSession(page);
    await device.send('WebAuthn.enable');
    const { authenticatorId } = await device.send('WebAuthn.addVirtualAuthenticator', {
      options: {
        protocol: 'ctap2',
        transport: 'internal',
        hasResidentKey: true,
        hasUserVerification: true,
        isUserVerified: true,
        automaticPresenceSimulation: true,
      },
    });
    isTheirFinger = (isUserVerified) => device.send('WebAuthn.setUserVerified', { authenticatorId, isUserVerified });
  });

  const proofAt = async (origin: string, options: unknown) => {
    await page.goto(`${origin}/sign-in`);
    return page.evaluate(`navigator.credentials
      .get({ publicKey: PublicKeyCredential.parseRequestOptionsFromJSON(${JSON.stringify(options)}) })
      .then((it) => it.toJSON())`);
  };

  test('is added, signs in, proves again who they are, and is removed (security 12)', async () => {
    await signIn(page, 'bo');
    await page.getByText('Add a passkey').click();
    await page.locator('#passkey-name').fill('This laptop');
    await page.getByRole('button', { name: 'Add it' }).click();
    await page.getByText('The passkey is added').waitFor();

    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.getByRole('button', { name: 'Sign in with a passkey' }).click();
    await page.getByRole('heading', { name: 'Your account' }).waitFor();
    await page.goto('/prove?next=/account');
    await page.getByRole('button', { name: 'Use a passkey' }).click();
    await page.getByRole('heading', { name: 'Your account' }).waitFor();
    const entries = await here.sql<{ because: string }>(
      `select because from activity where organization_id = $1 and person_id = $2 and action in ('passkey.create', 'session.create') order by at desc limit 2`,
      [here.organization, here.uuid('bo')],
    );
    expect(entries.map(({ because }) => because)).toContain('Signed in by passkey.');
  });

  test('made for another origin opens nothing, nor by whoever holds the device, nor does one answer serve twice (security 12)', async () => {
    const post = async (from: string, path: string, cookie: string, answer?: unknown) => {
      const headers = { 'content-type': 'application/json', 'sec-fetch-site': 'same-origin', cookie };
      const response = await fetch(`${from}${path}`, { method: 'POST', headers, body: JSON.stringify({ answer }) });
      const held = response.headers.getSetCookie()[0]?.split(';')[0] ?? '';
      return { status: response.status, held, body: await response.json() };
    };
    const other = await premises.address();
    await page.context().clearCookies();
    for (const [origin, userVerification, status] of [
      [other, 'required', 401],
      [address, 'discouraged', 401],
      [address, 'required', 200],
    ] as const) {
      const { held, body } = await post(address, '/sign-in/passkey/options', '');
      await isTheirFinger(userVerification === 'required');
      const answer = await proofAt(origin, { ...(body as object), userVerification });
      expect((await post(address, '/sign-in/passkey', '', answer)).status, 'of another browser').toBe(401);
      expect((await post(address, '/sign-in/passkey', held, answer)).status).toBe(status);
      // As of one that several devices share, which does not count.
      await here.sql('update passkey set counter = 0');
      expect((await post(address, '/sign-in/passkey', held, answer)).status).toBe(401);
    }
  });

  test('of one proves nothing for another who is signed in (security 12)', async () => {
    const ada = premises.visitor(address);
    await ada.signIn(at('ada'));
    await ada.get('/account');
    const { text } = await ada.script('/prove/passkey/options');
    const answer = await proofAt(address, JSON.parse(text));
    expect(await ada.script('/prove/passkey', { answer })).toMatchObject({ status: 401 });
  });

  test('that is removed opens nothing', async () => {
    await signIn(page, 'bo');
    await page.getByRole('button', { name: 'Remove This laptop' }).click();
    await page.getByText('The passkey is removed').waitFor();
    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.getByRole('button', { name: 'Sign in with a passkey' }).click();
    await page.getByText('This passkey opens nothing here.').waitFor();
  });
});
