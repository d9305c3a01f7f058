import { type Readable, Transform } from 'node:stream';
import { type Message, type Refusal, readMessage, textIn, unread } from './messages.ts';

/** What the SDK holds of one message, in bytes; of what is longer it tells by itself. */
const longest = 10 * 1024 * 1024;
const newline = 10;

interface Heard {
  /** Answers what goes no further. */
  refuse(refusal: Refusal): void;
  /** Is told of each message that holds integers which a number can't keep. */
  rounded(message: Message): void;
}

/** Messages that come a line each, without those that would be altered by reading them: these are answered here and go no further. */
export function linesOf(input: Readable, { refuse, rounded }: Heard): Readable {
  let parts: Buffer[] = [];
  let size = 0;
  const keep = (part: Buffer) => {
    parts.push(part);
    size += part.length;
  };
  const taken = () => {
    const all = Buffer.concat(parts);
    parts = [];
    size = 0;
    return all;
  };
  const lines = input.pipe(
    new Transform({
      transform(chunk: Buffer, _encoding, done) {
        let from = 0;
        for (let end = chunk.indexOf(newline); end >= 0; end = chunk.indexOf(newline, from)) {
          keep(chunk.subarray(from, end + 1));
          from = end + 1;
          const line = taken();
          const it = messageOf(line);
          if (it && 'refusal' in it) refuse(it.refusal);
          else {
            if (it && it.rounded.size > 0) rounded(it);
            this.push(line);
          }
        }
        keep(chunk.subarray(from));
        if (size > longest) this.push(taken());
        done();
      },
      flush(done) {
        done(null, taken());
      },
    }),
  );
  // Whoever listens no more lets the process end.
  return lines.once('pause', () => {
    input.unpipe(lines);
    input.pause();
  });
}

function messageOf(line: Buffer): ReturnType<typeof readMessage> | undefined {
  const text = textIn(line);
  if (text === undefined) return { refusal: unread('the message is no UTF-8') };
  return text.trim() === '' ? undefined : readMessage(text, Number.POSITIVE_INFINITY);
}
