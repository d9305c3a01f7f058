import type { Database, Entrance } from '../storage/database.ts';
import {
  endDialogue,
  followInDialogue,
  type Keeping,
  type Kept,
  largestLetter,
  openDialogue,
  sendLetter,
  usedDialogue,
} from '../storage/dialogues.ts';
import type { Newsroom } from '../storage/news.ts';
import { Problem } from '../terms/problem.ts';
import { mostFollowed } from './watching.ts';

export type { Keeping, Kept };

/**
 * The dialogues of one credential, which MCP of 2025 calls sessions. They are kept in the database, so that any server goes on with one;
 * servers that have one open tell each other by letters what concerns it.
 */
export interface Dialogues {
  /** Answers which of theirs have ended, since there are too many. */
  open(id: string, narrowing: string, opening: object, keeping: Keeping): Promise<readonly string[]>;
  /** Notes that it is used. Nothing where it is another's, has ended, or never was. */
  use(id: string, narrowing: string, keeping: Keeping): Promise<Kept | undefined>;
  follow(id: string, change: { added?: readonly string[]; removed?: readonly string[] }): Promise<void>;
  end(id: string): Promise<void>;
  write(id: string, letter: object): Promise<void>;
  /** Answers how to stop; nothing is received where a letter may have been missed. */
  receive(id: string, received: (letter: string | undefined) => void): Promise<() => void>;
}

export function dialoguesOf({ database, news }: { database: Database; news: Newsroom }, entrance: Entrance): Dialogues {
  const by = (narrowing: string) => ({ ...entrance, narrowing });
  return {
    open: (id, narrowing, opening, keeping) => openDialogue(database, by(narrowing), id, opening, keeping),
    use: async (id, narrowing, keeping) =>
      uuid.test(id) ? usedDialogue(database, by(narrowing), id, keeping) : undefined,
    async follow(id, change) {
      if (await followInDialogue(database, by(''), id, { ...change, most: mostFollowed })) return;
      throw new Problem('rate_limited', `One connection follows ${mostFollowed} things at most.`);
    },
    end: (id) => endDialogue(database, by(''), id),
    async write(id, letter) {
      const text = JSON.stringify(letter);
      if (Buffer.byteLength(text) > largestLetter)
        throw new Problem('too_large', `What is passed on to another server holds ${largestLetter} bytes at most.`);
      await sendLetter(database, topicOf(entrance, id), text);
    },
    receive: (id, received) => news.receive(topicOf(entrance, id), received),
  };
}

/** No two organizations share one, whatever they call theirs. */
const topicOf = ({ organization }: Entrance, id: string) => `${organization}/${id}`;

const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
