import type { DataSource, EntityManager } from 'typeorm';

const RETRYABLE = new Set(['40001', '40P01']); // serialization failure, deadlock (PostgreSQL errcodes)

/** PostgreSQL error code of a statement's error. */
export const codeOf = (error: unknown): string | undefined =>
  typeof error === 'object' && error !== null && 'code' in error && typeof error.code === 'string'
    ? error.code
    : undefined;

/** Repeats a transaction that PostgreSQL aborted to break a deadlock, up to five attempts. */
export async function retryingTransaction<T>(
  dataSource: DataSource,
  work: (tx: EntityManager) => Promise<T>,
): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await dataSource.transaction(work);
    } catch (error) {
      if (attempt >= 5 || !RETRYABLE.has(codeOf(error) ?? '')) throw error;
    }
  }
}
