import type { Facts, Path } from '../access/decide.ts';

/** What a group or team is called where the reader may not know it by name (GRP-7, TEAM-3). */
export const unnamed = (principal: string) => (principal.startsWith('team') ? 'a locked team' : 'a private group');

/** The name of a path, for a reader from whom some groups and teams are hidden. */
export const viaShown = ({ via, through }: Path, hidden: ReadonlySet<string>): string =>
  through !== undefined && hidden.has(through) ? unnamed(via) : via;

/** Every path that leads to the resource, named once each; the first ten. */
export const viasOf = ({ paths }: Pick<Facts, 'paths'>, hidden: ReadonlySet<string>): string[] =>
  [...new Set(paths.filter(({ noun }) => noun === 'resource').map((path) => viaShown(path, hidden)))].slice(0, 10);
