import type { LinkTo } from '../mcp/tool.ts';
import { exportActivityWhole } from '../workspace/activity.ts';
import { exportAudienceWhole } from '../workspace/audience.ts';
import type { Operation } from '../workspace/operation.ts';
import { root, routes } from './routes.ts';

type Page = Record<string, unknown>;

/** Exports that can be had in larger pages where no model reads them. */
const whole: Readonly<Record<string, Operation>> = {
  export_activity: exportActivityWhole,
  export_audience: exportAudienceWhole,
};

const media: Readonly<Record<string, string>> = { csv: 'text/csv', jsonl: 'application/x-ndjson' };
export const mediaOfExports = Object.values(media);

/** Whether an operation answers a file a page at a time, which REST sends in one. */
export const isExport = ({ output }: Operation): boolean =>
  Object.hasOwn(output.shape, 'data') && Object.hasOwn(output.shape, 'next_cursor');

/** The operation as REST performs it. */
export const performed = (operation: Operation): Operation => whole[operation.name] ?? operation;

/**
 * A file of any length in the room of one page: the next is asked for when the one before has been taken, and decided anew. Where it
 * is refused, since a right or the key has ended, the connection breaks off, so that nobody takes a part for the whole.
 */
export function asFile(first: Page, next: (cursor: string) => Promise<Page>): Response {
  const headers = {
    'content-type': `${media[String(first.format)] ?? 'text/plain'}; charset=utf-8`,
    'cache-control': 'no-store',
  };
  return new Response(ReadableStream.from(bytesOf(first, next)), { headers });
}

/** The address of a whole export, with the arguments of the call that answered a page of it; the same key opens it. */
export function linksFrom({ url, headers }: Request): LinkTo {
  const { host, protocol, searchParams: asked } = new URL(url);
  const scheme = headers.get('x-forwarded-proto') === 'https' ? 'https:' : protocol;
  return (operation, { cursor: _, ...args }) => {
    if (!isExport(operation)) return undefined;
    const address = new URL(`${scheme}//${host}${root}${pathOf(operation)}`);
    const workspace = asked.get('workspace');
    for (const [name, value] of Object.entries({ ...(workspace !== null && { workspace }), ...args }))
      for (const one of Array.isArray(value) ? value : [value]) address.searchParams.append(name, String(one));
    return address.href;
  };
}

const pathOf = ({ name }: Operation) => routes[name as keyof typeof routes].split(' ')[1];

async function* bytesOf(first: Page, next: (cursor: string) => Promise<Page>) {
  const encoder = new TextEncoder();
  for (let page = first; ; page = await next(page.next_cursor as string)) {
    yield encoder.encode(String(page.data));
    if (typeof page.next_cursor !== 'string') return;
  }
}
