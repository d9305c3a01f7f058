import type { Logger } from 'pino';
import type { Letter, Outdoors } from '../workspace/outdoors.ts';
import { withoutSecrets } from './log.ts';
import type { Settings } from './settings.ts';

/** In milliseconds: whoever invites waits for it. */
const patience = { connectionTimeout: 10_000, greetingTimeout: 10_000, socketTimeout: 20_000 };

/** How this Postern sends mail, and under which address people reach it; `address` where the settings name none. */
export function outdoorsFrom({ mail, publicUrl }: Settings, log: Logger, address?: string): Partial<Outdoors> {
  return { address: publicUrl ?? address, ...(mail && { mail: (letter: Letter) => send(mail, letter, log) }) };
}

/** Why the mail server takes nothing from us; nothing where it would. */
export async function mailTrouble({ url }: NonNullable<Settings['mail']>): Promise<string | undefined> {
  const { createTransport } = await import('nodemailer');
  const transport = createTransport({ url, ...patience });
  try {
    await transport.verify();
    return undefined;
  } catch (thrown) {
    return withoutSecrets((thrown as Error).message).replace(/\.$/, '');
  } finally {
    transport.close();
  }
}

async function send({ url, from }: NonNullable<Settings['mail']>, { to, subject, text }: Letter, log: Logger) {
  const { createTransport } = await import('nodemailer');
  const transport = createTransport({ url, ...patience });
  try {
    await transport.sendMail({ from, to, subject, text });
  } catch (thrown) {
    log.error({ err: thrown }, 'A mail could not be sent.');
    throw thrown;
  } finally {
    transport.close();
  }
}
