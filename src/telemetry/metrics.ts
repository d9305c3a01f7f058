import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import type { serviceOn } from '../service.ts';
import { calls, requestNow, requests, transactions } from '../terms/underway.ts';
import { onEnd } from './ended.ts';

/** What stands behind the doors, in numbers. */
type Figures = Awaited<ReturnType<ReturnType<typeof serviceOn>['figures']>>;

export interface Metrics {
  /** As Prometheus reads them. */
  text(): Promise<string>;
  readonly type: string;
  /** Counts no more. */
  close(): void;
}

/**
 * Counts and times what is under way from now on. No label holds an id, an email or the name of a host: there are as many series as there
 * are operations, outcomes and doors, however many people there are.
 */
export function openMetrics(figures: () => Promise<Figures>): Metrics {
  const register = new Registry();
  collectDefaultMetrics({ register });
  const stop = [countCalls(register), countRequests(register), countTransactions(register)];
  const show = gauges(register);
  return {
    async text() {
      show(await figures());
      return register.metrics();
    },
    type: register.contentType,
    close() {
      for (const each of stop) each();
      register.clear();
    },
  };
}

/** In seconds: a call is answered in some ms, and one that is not has an end at 30 s. */
const buckets = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];

function countCalls(register: Registry): () => void {
  const counted = new Counter({
    name: 'postern_calls_total',
    help: 'Calls of operations, by the door they came in by and what became of them: ok, or the code of the refusal.',
    labelNames: ['operation', 'door', 'outcome'],
    registers: [register],
  });
  const timed = new Histogram({
    name: 'postern_call_duration_seconds',
    help: 'How long calls of operations took.',
    labelNames: ['operation'],
    buckets,
    registers: [register],
  });
  return onEnd(calls, ({ operation }, outcome, seconds) => {
    counted.inc({ operation, door: requestNow()?.door ?? 'stdio', outcome });
    timed.observe({ operation }, seconds);
  });
}

function countRequests(register: Registry): () => void {
  const counted = new Counter({
    name: 'postern_http_requests_total',
    help: 'Requests of HTTP; 429 is what was limited, 503 what was shed or came while the database was gone.',
    labelNames: ['door', 'method', 'status'],
    registers: [register],
  });
  const timed = new Histogram({
    name: 'postern_http_request_duration_seconds',
    help: 'How long requests of HTTP took until their answer began; what streams goes on after it.',
    labelNames: ['door'],
    buckets,
    registers: [register],
  });
  return onEnd(requests, ({ door, method, status = 500 }, _, seconds) => {
    counted.inc({ door, method: methods.includes(method) ? method : 'other', status });
    timed.observe({ door }, seconds);
  });
}

/** A method may be any word; these have a series of their own. */
const methods = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'];

function countTransactions(register: Registry): () => void {
  const timed = new Histogram({
    name: 'postern_transaction_duration_seconds',
    help: 'How long transactions took, with the wait for a connection, and whether they came to an end.',
    labelNames: ['mode', 'outcome'],
    buckets,
    registers: [register],
  });
  return onEnd(transactions, ({ mode }, outcome, seconds) => {
    timed.observe({ mode, outcome: outcome === 'ok' ? 'committed' : 'taken_back' }, seconds);
  });
}

/** What is looked up when someone asks. */
function gauges(register: Registry): (figures: Figures) => void {
  const gauge = (name: string, help: string, labelNames: string[] = []) =>
    new Gauge({ name, help, labelNames, registers: [register] });
  const connections = gauge('postern_database_connections', 'Connections of the pool.', ['state']);
  const waiting = gauge('postern_database_waiting', 'Calls that wait for a connection of the pool.');
  const entries = gauge('postern_log_unsealed_entries', 'Entries of the log that wait for their seal, 10,000 at most.');
  const seconds = gauge(
    'postern_log_unsealed_seconds',
    'How long the oldest entry of the log has waited for its seal.',
  );
  const opened = gauge(
    'postern_news_connections',
    'How often the connection for news was opened; more than one are breaks.',
  );
  const hearing = gauge('postern_news_hearing', 'Waits and subscriptions that hear news.');
  const sessions = gauge('postern_mcp_sessions', 'Sessions of the MCP protocol of 2025.');
  const streams = gauge('postern_mcp_streams', 'Streams that follow something in the MCP protocol of 2026.');
  return (it) => {
    connections.set({ state: 'in_use' }, it.connections.inUse);
    connections.set({ state: 'idle' }, it.connections.idle);
    waiting.set(it.connections.waiting);
    if (it.unsealed) {
      entries.set(it.unsealed.entries);
      seconds.set(it.unsealed.seconds);
    }
    opened.set(it.news.opened);
    hearing.set(it.news.hearing);
    sessions.set(it.sessions);
    streams.set(it.streams);
  };
}
