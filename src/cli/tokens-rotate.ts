import { command } from './command.ts';
import { asOperator } from './operator.ts';

export default command({
  summary: 'Refuses every access token from now on, while servers run.',
  more:
    'For when the key that signs them may have leaked: otherwise another takes its place every 90 days by itself. Each server makes\n' +
    'and uses another with the next token. Clients renew theirs without asking anyone; streams of before end with their tokens, within\n' +
    'ten minutes. Keys of people and sessions go on. Tokens of an identity provider are not Postern’s to refuse.',
  takes: [],
  flags: {},
  async run(_, settings) {
    const gone = await asOperator(settings, (operator) => operator.rotateTokenKeys());
    process.stdout.write(`${gone} ${gone === 1 ? 'key is' : 'keys are'} gone: what they signed is refused.\n`);
    return 0;
  },
});
