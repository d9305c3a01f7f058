import { type Desk, formOf } from './desk.ts';
import { checkCsrf, signInFirst, type Visitor, visitor } from './visitor.ts';

export interface OwnForm extends Awaited<ReturnType<typeof formOf>> {
  readonly here: Visitor;
}

/** The form that someone who is signed in sent from a page of theirs; else the answer that refuses it. */
export async function ownForm(desk: Desk): Promise<OwnForm | Response> {
  const { postern, request } = desk;
  const here = await visitor(postern, request);
  if (!here) return signInFirst(request);
  const sent = await formOf(desk);
  return (await checkCsrf(postern, request, sent.form, here)) ?? { here, ...sent };
}
