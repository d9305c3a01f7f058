import { once } from 'node:events';
import { exportAudienceWhole } from '../workspace/audience.ts';
import { openPostern } from '../workspace/postern.ts';
import { command } from './command.ts';
import { openPlace } from './place.ts';
import { progress } from './progress.ts';
import { keyFrom } from './settings.ts';

export default command({
  summary: 'Writes the audience of a workspace to standard output, as the person of POSTERN_KEY.',
  more: 'The key bears the scope audience, and its person has audience_viewer there. It is decided anew at each page.',
  takes: [],
  flags: {
    workspace: { value: 'NAME', says: 'whose audience; needed only where the person may see several' },
    format: { value: 'csv|jsonl', says: 'CSV (csv) or JSON Lines' },
    query: { value: 'TEXT', says: 'part of an email or name' },
  },
  async run(wish, settings) {
    const key = keyFrom(settings);
    const place = await openPlace(settings, progress);
    const postern = await openPostern({ app: place.app, keys: place.keys });
    try {
      const session = await postern.admit(key);
      let cursor: unknown;
      do {
        const page = await session.perform(exportAudienceWhole, { ...wish, cursor });
        if (!process.stdout.write(String(page.data))) await once(process.stdout, 'drain');
        cursor = page.next_cursor;
      } while (cursor !== undefined);
    } finally {
      await postern.close();
      await place.release();
    }
    return 0;
  },
});
