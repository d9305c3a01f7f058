import * as z from 'zod';
import { cleanText } from '../terms/text.ts';
import { Name, text } from './shapes.ts';

/** What every place and circle of people is described by. */
export const Description = text(500);

/** A picture, by its address on the web. */
const Avatar = z
  .string()
  .max(500)
  .transform(cleanText)
  .pipe(z.string().regex(/^https:\/\/[^\s"'<>]+$/, 'It is an https address.'));

export const Described = { name: Name, description: Description.optional(), avatar: Avatar.optional() };

/** The same where it is changed: what is left out stays, null takes it away. */
export const Redescribed = {
  name: Name.optional(),
  description: Description.nullable().optional(),
  avatar: Avatar.nullable().optional(),
};

interface Descriptive {
  readonly name: string;
  readonly description: string | null;
  readonly avatar: string | null;
}

type Wish = { readonly [K in keyof Descriptive]?: Descriptive[K] | undefined };

/** As it is, but for what is wished otherwise. */
export const redescribed = (is: Descriptive, { name, description, avatar }: Wish): Descriptive => ({
  name: name ?? is.name,
  description: description === undefined ? is.description : description,
  avatar: avatar === undefined ? is.avatar : avatar,
});

export const describedShown = ({ name, description, avatar }: Descriptive) => ({
  name,
  ...(description && { description }),
  ...(avatar && { avatar }),
});

export const DescribedShown = {
  name: z.string(),
  description: z.string().optional(),
  avatar: z.string().optional(),
};

/** Before and after, of just what differs, for the log. */
export function difference<T extends object>(
  is: T,
  to: T,
): { readonly before: Partial<T>; readonly after: Partial<T> } {
  const keys = (Object.keys(to) as (keyof T)[]).filter((key) => is[key] !== to[key]);
  const of = (it: T) => Object.fromEntries(keys.map((key) => [key, it[key]])) as Partial<T>;
  return { before: of(is), after: of(to) };
}
