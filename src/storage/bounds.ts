import type pg from 'pg';

/**
 * Of the pool's connections writers have not more than six, so that others are served while these wait behind a lock (DEC-8), and looks at
 * what is followed three, however many are told at once; one more is for who looks after the server. In milliseconds, and far more
 * waiting than can be done in that time.
 */
export const width = {
  all: { most: 10, waiting: 500, patience: 4_000 },
  writing: { most: 6, waiting: 200, patience: 4_000 },
  looking: { most: 3, waiting: 100_000, patience: 60_000 },
};

/** How long a connection is kept that nobody uses, in milliseconds: assistants call now and then, and a new one costs more than a call. */
export const kept = 60_000;

/** What no statement and no transaction outlasts, in seconds: a lock's holder, one that runs, one whose server has gone silent, and all of it. */
export const bounded = '-c lock_timeout=1s -c statement_timeout=29s -c idle_in_transaction_session_timeout=15s';
/** After how many milliseconds a database that says nothing hangs: it ends a statement itself sooner. */
export const silence = 31_000;
/** PostgreSQL 16 has no bound for a whole transaction. */
export const boundAll = (client: pg.PoolClient) =>
  void client
    .query(
      `select set_config('transaction_timeout', '30s', false) where current_setting('transaction_timeout', true) is not null`,
    )
    .catch(() => {});
