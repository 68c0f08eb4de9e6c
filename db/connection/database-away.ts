/** Tells an unreachable database from a defect of a statement or of its values. */
import { codeOf } from './retrying-transaction.js';

const AWAY = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'ETIMEDOUT',
  'EPIPE',
  'ENOTFOUND',
  'EAI_AGAIN',
  '57P01',
  '57P02',
  '57P03',
  '53300',
  '08000',
  '08003',
  '08006',
  '25006',
  // Ended by PostgreSQL because this process stalled inside a transaction.
  '25P03',
]);

/** The database is unreachable, is shutting down, or is a read-only replica. */
export function isDatabaseAway(error: unknown): boolean {
  if (AWAY.has(codeOf(error) ?? '')) return true;
  if (error instanceof AggregateError && error.errors.some(isDatabaseAway)) return true;
  return /connection terminated|query read timeout|timeout exceeded when trying to connect|client has encountered a connection error|Connection ended unexpectedly|not queryable|driver not connected/i.test(
    messageOf(error),
  );
}

const messageOf = (error: unknown): string =>
  typeof error === 'object' && error !== null && 'message' in error && typeof error.message === 'string'
    ? error.message
    : '';
