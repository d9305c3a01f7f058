import type { Connection } from '../storage/migrate.ts';
import { Problem } from '../terms/problem.ts';

/** Reads `postgresql://user:password@host:port/database?sslmode=require`; the text itself is never shown, since it holds a password. */
export function connectionFrom(text: string): Connection {
  const url = URL.parse(text);
  if (!url || !/^postgres(ql)?:$/.test(url.protocol))
    throw refused('it is not an address like postgresql://user:password@host:5432/database');
  const { host, sslmode = 'disable', ...unknown } = Object.fromEntries(url.searchParams);
  const name = Object.keys(unknown)[0];
  if (name) throw refused(`${name} is not known; host and sslmode are`);
  if (!Object.hasOwn(ssl, sslmode)) throw refused(`sslmode is one of ${Object.keys(ssl).join(', ')}`);
  if (!url.username) throw refused('it names no user');
  const database = decodeURIComponent(url.pathname.slice(1));
  if (!database) throw refused('it names no database');
  return {
    host: host ?? decodeURIComponent(url.hostname.replace(/^\[(.*)\]$/, '$1')),
    port: Number(url.port || 5432),
    user: decodeURIComponent(url.username),
    database,
    ...(url.password && { password: decodeURIComponent(url.password) }),
    ssl: ssl[sslmode as keyof typeof ssl],
  };
}

/** Whoever wants encryption has the certificate checked, too. */
const ssl = { disable: false, require: true, 'verify-full': true };

const refused = (why: string) =>
  new Problem('invalid_argument', `DATABASE_URL is not right: ${why}.`, {
    advice: 'Correct it, or unset it to use the embedded PostgreSQL.',
  });
