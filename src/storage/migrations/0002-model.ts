import { Migration } from '@mikro-orm/migrations';
import { collecting } from './0002-collecting.ts';
import { inviting } from './0002-inviting.ts';
import { notifying } from './0002-notifying.ts';
import { placing } from './0002-placing.ts';
import { recording } from './0002-recording.ts';
import { requesting } from './0002-requesting.ts';

/** The whole sharing model: invitations, domains and billing; audiences and secrets of integrations; notifications; the sealed log. */
export class Model extends Migration {
  override up() {
    for (const part of [inviting, collecting, notifying, recording, requesting, placing]) this.addSql(part);
  }
}
