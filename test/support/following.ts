import { setTimeout as pause } from 'node:timers/promises';
import type { Client } from '@modelcontextprotocol/client';
import type { Client as V1Client } from '@modelcontextprotocol/sdk/client/index.js';
import { ResourceUpdatedNotificationSchema } from '@modelcontextprotocol/sdk/types.js';
import type { Leg } from './legs.ts';

/** What a client was told, and how it hears the end. */
export interface Followed {
  /** The addresses of which it is told from now on. */
  readonly uris: readonly string[];
  /** What it was told since it was last asked, each address once for every time. */
  heard(): string[];
  /** Resolved once it was told of all of these. */
  until(...uris: string[]): Promise<void>;
  /** How the stream ended, where it is one of its own. */
  readonly closed: Promise<string> | undefined;
  unfollow(uri: string): Promise<void>;
  /** Follows nothing of it any more. */
  end(): Promise<void>;
}

/** Follows addresses as clients of each protocol do: by a stream of its own in 2026, one by one in 2025. */
export async function follow(client: Client | V1Client, leg: Leg | string, uris: readonly string[]): Promise<Followed> {
  const told: string[] = [];
  const hears = ({ params }: { params: { uri: string } }) => void told.push(params.uri);
  if (leg.startsWith('sdk 1.x')) (client as V1Client).setNotificationHandler(ResourceUpdatedNotificationSchema, hears);
  else (client as Client).setNotificationHandler('notifications/resources/updated', hears);
  const stream = leg.includes('2026')
    ? await (client as Client).listen({ resourceSubscriptions: [...uris] })
    : undefined;
  const followed = stream?.honoredFilter.resourceSubscriptions ?? [];
  if (!stream)
    for (const uri of uris)
      await (client as Client).subscribeResource({ uri }).then(
        () => followed.push(uri),
        () => {},
      );
  const unfollow = async (uri: string) => void (await (client as Client).unsubscribeResource({ uri }));
  return {
    uris: followed,
    heard: () => told.splice(0),
    async until(...uris) {
      const since = performance.now();
      while (!uris.every((uri) => told.includes(uri))) {
        if (performance.now() - since > 8_000)
          throw new Error(`told of ${told.join(', ') || 'nothing'}, not of ${uris.join(', ')}`);
        await pause(20);
      }
    },
    closed: stream?.closed,
    unfollow,
    async end() {
      if (stream) await stream.close();
      else for (const uri of followed) await unfollow(uri);
    },
  };
}

/** Long enough for whatever will come to have come. */
export const quiet = () => pause(400);
