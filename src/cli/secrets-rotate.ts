import { command } from './command.ts';
import { asOperator } from './operator.ts';
import { secretKeysOf } from './secret-keys.ts';

export default command({
  summary: 'Brings the secrets of integrations under a new key, while servers run.',
  more:
    'Where the keys are in the data folder, it makes a new one; servers take it up by themselves. Where POSTERN_SECRET_KEY has\n' +
    'them, put the new key before the old one, with a comma between, restart the servers, run this, and take the old one out.\n' +
    'A run that was broken off is ended by running it again. Secrets that cannot be opened are named; the exit code is 1 then.',
  takes: [],
  flags: {},
  async run(_, settings) {
    const { read: keys, renew } = secretKeysOf(settings);
    const { resumed, resealed, broken } = await asOperator(settings, (operator) =>
      operator.rotateSecrets({ keys, renew }),
    );
    process.stdout.write(
      `${resumed ? 'An earlier rotation is ended: ' : ''}${resealed} ${resealed === 1 ? 'secret' : 'secrets'} came under the newest key.\n`,
    );
    for (const id of broken)
      process.stderr.write(
        `${id}: its secret cannot be opened; it was changed, or its key is not there. Set it anew.\n`,
      );
    return broken.length > 0 ? 1 : 0;
  },
});
