/** Reading leased ledger rows with everything that their messages need, in one query. */
import { linkToken, webhookSecret } from '../config/keys.js';
import type { CarriedPage, LeasedDelivery } from '../domain/delivery/leased-delivery.js';

export type LeasedRow = Omit<LeasedDelivery, 'link' | 'secret' | 'alsoPaged'> & {
  contactSecret: string | null;
  alsoPaged: (Omit<CarriedPage, 'link'> & { key: string })[] | null;
};

/** The person's display name and own webhook secret come from the newest revision of their document. */
export const leasedSelect = `
  SELECT d.id, d.lease, d.key, d.type, d.subject, d.track, d.cycle, d.step, d.person, d.contact, d.channel, d.address,
         d.attempts AS attempt, a.possible_duplicate AS "possibleDuplicate", i.state AS incident,
         i.response->>'bridge' AS bridge, coalesce(p.display_name, d.person) AS "personName",
         (SELECT c->>'secret' FROM config_object o, jsonb_array_elements(o.spec->'contacts') c
           WHERE d.channel IN ('webhook', 'webpush') AND o.kind = 'Person' AND o.name = d.person AND c->>'name' = d.contact
           ORDER BY o.revision DESC LIMIT 1) AS "contactSecret",
         (SELECT jsonb_agg(jsonb_build_object('number', ci.state->'number', 'title', ci.title, 'priority', ci.priority, 'key', c.key)
                   ORDER BY ci.priority, ci.number)
            FROM delivery c JOIN incident ci ON ci.id = c.incident_id
           WHERE c.carrier = d.id AND c.state = 'planned') AS "alsoPaged"
    FROM delivery d
    JOIN delivery_attempt a ON a.delivery_id = d.id AND a.n = d.attempts
    JOIN incident i ON i.id = d.incident_id
    LEFT JOIN person p ON p.name = d.person`;

export function toLeased({ contactSecret, alsoPaged, ...row }: LeasedRow, secretKey: Buffer): LeasedDelivery {
  return {
    ...row,
    alsoPaged: (alsoPaged ?? []).map(({ key, ...page }) => ({ ...page, link: linkToken(secretKey, key) })),
    link: linkToken(secretKey, row.key),
    secret: contactSecret ?? webhookSecret(secretKey, row.person, row.contact),
  };
}
