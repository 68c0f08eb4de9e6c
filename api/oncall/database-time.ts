import type { EntityManager } from 'typeorm';

/** The one clock of the record, ISO 8601. Within a transaction give its manager as the data source. */
export async function databaseTime({
  dataSource,
}: {
  dataSource: Pick<EntityManager, 'query'>;
}): Promise<string> {
  const rows: { now: Date }[] = await dataSource.query('SELECT tocsin_now() AS now');
  return (rows[0]?.now ?? new Date()).toISOString();
}
