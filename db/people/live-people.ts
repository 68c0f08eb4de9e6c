/** Contact data beside the Person documents, for the snapshot: own contacts, dead ones, rules, quiet hours. */
import type { LivePerson } from '../../domain/config/live-data.js';
import type { Querying } from '../connection/querying.js';

interface Row {
  person: string;
  contacts: LivePerson['contacts'] | null;
  unusable: string[] | null;
  rules: LivePerson['rules'];
  quiet_hours: LivePerson['quietHours'];
}

/** People who changed anything. Contains no secrets: the sender reads them with the message. */
export async function readLivePeople(tx: Querying): Promise<Map<string, LivePerson>> {
  const rows: Row[] = await tx.query(`
    WITH own AS (
      SELECT c.person, jsonb_agg(jsonb_build_object('name', c.name, 'channel', c.channel, 'address', c.address)
               ORDER BY c.created_at, c.name) AS contacts
        FROM contact c WHERE c.removed_at IS NULL AND c.verified_at IS NOT NULL AND NOT EXISTS (
          SELECT 1 FROM contact_status s WHERE s.person = c.person AND s.contact = c.name AND s.address = c.address
             AND s.dead_at IS NOT NULL)
       GROUP BY c.person),
    dead AS (
      SELECT s.person, jsonb_agg(DISTINCT s.contact) AS unusable
        FROM contact_status s
        JOIN LATERAL (SELECT spec FROM config_object WHERE kind = 'Person' AND name = s.person ORDER BY revision DESC LIMIT 1) o
          ON jsonb_typeof(o.spec->'contacts') = 'array'
        JOIN LATERAL jsonb_array_elements(o.spec->'contacts') d ON d->>'name' = s.contact AND d->>'address' = s.address
       WHERE s.dead_at IS NOT NULL GROUP BY s.person)
    SELECT person, own.contacts, dead.unusable, p.rules, p.quiet_hours
      FROM own FULL JOIN dead USING (person) FULL JOIN person_preference p USING (person)`);
  return new Map(
    rows.map(({ person, contacts, unusable, rules, quiet_hours: quietHours }) => {
      const own = contacts ?? [];
      const replaced = new Set(own.map(({ name }) => name));
      const dead = (unusable ?? []).filter((name) => !replaced.has(name));
      return [person, { contacts: own, unusable: dead, rules, quietHours }];
    }),
  );
}
