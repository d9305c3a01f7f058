import { command } from './command.ts';
import { asOperator } from './operator.ts';

export default command({
  summary: 'Makes a link by which someone chooses a password and signs in with a browser.',
  more:
    'It serves once, within 7 days, and ends those before it. Hand it to that person alone: whoever holds it is them.\n' +
    'Standard output holds the link alone. Where POSTERN_PUBLIC_URL is not set, it leads to this machine.',
  takes: ['EMAIL'],
  flags: {},
  async run(_given, settings, email = '') {
    const secret = await asOperator(settings, (operator) => operator.signInLink(email));
    const address = settings.publicUrl ?? `http://localhost:${settings.port ?? 8410}`;
    process.stdout.write(`${address}/set-password#${secret}\n`);
    return 0;
  },
});
