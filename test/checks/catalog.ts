/** Contents of a database as comparable lines: TypeORM's own comparison sees names, not definitions. */
import type { DataSource } from 'typeorm';

/**
 * Columns, constraints and indexes of the application's tables by name, as PostgreSQL writes them. `'1'::bigint` and
 * `1` count as the same default: TypeORM quotes numbers.
 */
export async function catalogOf(dataSource: DataSource): Promise<Map<string, string>> {
  const rows: { name: string; definition: string }[] = await dataSource.query(`
    SELECT 'column ' || table_name || '.' || column_name AS name,
           data_type || ' null:' || is_nullable || ' default:' || coalesce(regexp_replace(column_default, '^''(-?\\d+)''::bigint$', '\\1'), '-')
             || ' identity:' || coalesce(identity_generation, '-') AS definition
      FROM information_schema.columns WHERE table_schema = 'public'
    UNION ALL
    SELECT 'constraint ' || conrelid::regclass || '.' || conname, pg_get_constraintdef(oid)
      FROM pg_constraint WHERE connamespace = 'public'::regnamespace AND contype IN ('p', 'u', 'f', 'c')
    UNION ALL
    SELECT 'index ' || tablename || '.' || indexname, indexdef FROM pg_indexes WHERE schemaname = 'public'`);
  return new Map(
    rows
      .filter(({ name }) => !/^\w+ (migrations|typeorm_metadata)\./.test(name))
      .map(({ name, definition }) => [name, definition]),
  );
}

/** One sentence per difference. `except`: names that only migrations can create. */
export function differences(
  migrated: ReadonlyMap<string, string>,
  declared: ReadonlyMap<string, string>,
  except: ReadonlySet<string>,
): string[] {
  const names = [...new Set([...migrated.keys(), ...declared.keys(), ...except])].toSorted();
  return names.flatMap((name) => {
    const [made, said] = [migrated.get(name), declared.get(name)];
    if (except.has(name) ? made !== undefined : made === said) return [];
    if (made === undefined) return [`${name} is declared by an entity and made by no migration`];
    if (said === undefined) return [`${name} is made by the migrations and declared by no entity`];
    return [`${name} differs: the migrations make "${made}", the entity says "${said}"`];
  });
}
