import { Migration } from '@mikro-orm/migrations';

/** What keeps versions apart that serve side by side: the newest migration that whoever serves has to know. */
export class Operating extends Migration {
  override up() {
    this.addSql('alter table installation add column needs text;');
  }
}
