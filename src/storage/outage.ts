/** Of SQLSTATE: the connection, what the server has no more of, its going and coming, its disk; and one that only reads just now. */
const states = /^(08|53|58)...$|^57P0\d$|^25006$/;

/** Of the system, where there is no server to be reached. */
const unreachable = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'ENOENT',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EPIPE',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'ENETUNREACH',
]);

/** In the words of the driver and of its pool, which have no code of their own; and of the server, where a quota stands for a full disk. */
const words =
  /^(Connection terminated|timeout exceeded when trying to connect|timeout expired|Query read timeout|Client has encountered a connection error|Client was closed|could not (extend|write|fsync|create) )/;

/** Whether the database is at fault rather than the call: it is gone, on its way, or takes no more just now. However deep the ORM wrapped it. */
export function isOutage(thrown: unknown): boolean {
  const { code, message, cause, syscall } = (thrown ?? {}) as Record<'code' | 'message' | 'cause' | 'syscall', unknown>;
  if (typeof code === 'string' && (states.test(code) || (syscall !== undefined && unreachable.has(code)))) return true;
  if (typeof message === 'string' && words.test(message)) return true;
  return cause !== undefined && cause !== thrown && isOutage(cause);
}
