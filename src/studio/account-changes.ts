import { createKey, endConnection } from '../workspace/connections.ts';
import { showAccount, type Told } from './account.ts';
import type { Desk } from './desk.ts';
import { type OwnForm, ownForm } from './own-form.ts';
import { leadTo } from './page.ts';
import { inWords } from './passwords.ts';
import { proveFirst } from './proving.ts';
import { sessionCookie, type Visitor, visitor } from './visitor.ts';

type Form = Omit<OwnForm, 'here'>;

/** Someone's own form, checked; what stands in its way is answered on their account page. */
const changing =
  (work: (desk: Desk, here: Visitor, form: Form) => Promise<Response>, { sensitive = false } = {}) =>
  async (desk: Desk): Promise<Response> => {
    const sent = await ownForm(desk);
    if (sent instanceof Response) return sent;
    const { here, ...form } = sent;
    if (sensitive && !here.isRecent) return proveFirst('/account');
    try {
      return await work(desk, here, form);
    } catch (thrown) {
      return showAccount(desk, here, { wrong: inWords(thrown) });
    }
  };

export const changePassword = changing(
  async (desk, here, { text }) => {
    if (text('password') !== text('again'))
      return showAccount(desk, here, { wrong: 'The two passwords are not the same.' });
    await desk.postern.identity.setPassword(here, text('password'));
    return leadTo('/account?done=password');
  },
  { sensitive: true },
);

export const removePasskey = changing(
  async ({ postern }, here, { text }) => {
    await postern.identity.passkeys.remove(here, text('id'));
    return leadTo('/account?done=passkey-gone');
  },
  { sensitive: true },
);

export const makeKey = changing(
  async (desk, here, { form, text }) => {
    const wish = { name: text('name'), scopes: form.getAll('scope').map(String), days: Number(text('days')) };
    const key = (await here.session.perform(createKey, wish)) as unknown as NonNullable<Told['key']>;
    return showAccount(desk, here, { key });
  },
  { sensitive: true },
);

export const endOne = changing(async ({ postern, request }, here, { text }) => {
  const { id } = await here.session.perform(endConnection, { id: text('id') });
  const isThis = !(await visitor(postern, request));
  if (id && isThis) return leadTo('/sign-in', { 'set-cookie': sessionCookie(postern, request, undefined) });
  return leadTo('/account?done=ended');
});
