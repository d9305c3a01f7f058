import type { Questions } from '../oauth/questions.ts';
import type { From } from '../workspace/doorstep.ts';
import type { Site } from '../workspace/passkeys.ts';
import type { Postern } from '../workspace/postern.ts';
import type { Provider } from './provider.ts';

/** What a page is made from. */
export interface Desk {
  readonly postern: Postern;
  readonly request: Request;
  readonly from: From;
  /** Where else people prove who they are, if anywhere. */
  readonly provider?: Provider | undefined;
  /** What clients ask people, where they can. */
  readonly questions?: Questions | undefined;
}

/** A form of one of our pages; `text` answers what a field holds, and nothing as an empty text. */
export async function formOf({ request }: Desk) {
  const form = await request.formData().catch(() => new FormData());
  const text = (name: string) => {
    const value = form.get(name);
    return typeof value === 'string' ? value : '';
  };
  return { form, text };
}

export const asked = ({ request }: Desk, name: string): string => new URL(request.url).searchParams.get(name) ?? '';

/** A browser in the words of whoever sits at it. */
export function agentOf(request: Request): string {
  const text = request.headers.get('user-agent') ?? '';
  const browser = browsers.find(([sign]) => sign.test(text))?.[1] ?? 'A browser';
  const system = systems.find(([sign]) => sign.test(text))?.[1];
  return system ? `${browser} on ${system}` : browser;
}

const browsers = [
  [/Edg\//, 'Edge'],
  [/OPR\//, 'Opera'],
  [/Firefox\//, 'Firefox'],
  [/Chrom(e|ium)\//, 'Chrome'],
  [/Safari\//, 'Safari'],
] as const;

const systems = [
  [/Android/, 'Android'],
  [/iPhone|iPad/, 'iOS'],
  [/Windows/, 'Windows'],
  [/Mac OS X/, 'macOS'],
  [/CrOS/, 'ChromeOS'],
  [/Linux/, 'Linux'],
] as const;

/** The site as its passkeys know it; nothing where it is reached by an address of numbers, which has none. */
export function siteOf({ postern, request }: Desk): Site | undefined {
  const { address } = postern.identity;
  const host = request.headers.get('host') ?? new URL(request.url).host;
  const { hostname, origin } = address?.startsWith('https:') ? new URL(address) : new URL(`http://${host}`);
  if (/^[\d.]+$|^\[/.test(hostname)) return undefined;
  return { id: hostname, origins: [...new Set([origin, `https://${host}`])] };
}
