import { randomUUID } from 'node:crypto';
import { DataSource } from 'typeorm';
import { migrations } from '../migrations/index.js';
export async function withDatabase<T>(work: (ds: DataSource) => Promise<T>): Promise<T> {
  const name = `t_${randomUUID().replaceAll('-', '')}`;
  const admin = new DataSource({ type: 'postgres', url: 'postgres://tocsin@127.0.0.1:55871/postgres' });
  await admin.initialize();
  await admin.query(`CREATE DATABASE ${name}`);
  const ds = new DataSource({
    type: 'postgres',
    url: `postgres://tocsin@127.0.0.1:55871/${name}`,
    migrations,
    extra: { options: '-c timezone=Asia/Kolkata' },
  });
  await ds.initialize();
  await ds.runMigrations();
  try {
    return await work(ds);
  } finally {
    await ds.destroy();
    await admin.query(`DROP DATABASE ${name}`);
    await admin.destroy();
  }
}
