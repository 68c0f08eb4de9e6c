/** Reads leased ledger rows with everything that their messages need, in one query. */
import { linkToken, type RootKeys, webhookSecret } from '../../shared/keys.js';
import { unseal } from '../../shared/sealed.js';
import { openedContactSecret, openedSubscriptionSecret } from '../config/document-secrets.js';
import type { BundledPage, LeasedDelivery, UpdatedPage } from '../../domain/delivery/leased-delivery.js';

export type LeasedRow = Omit<LeasedDelivery, 'link' | 'secret' | 'alsoPaged' | 'updates'> & {
  updates: UpdatedPage | null;
  contactSecret: string | null;
  ownSecret: Buffer | null;
  subscriptionSecret: string | null;
  previousSecret: string | null;
  alsoPaged: (Omit<BundledPage, 'link'> & { key: string })[] | null;
};

/** The person's secrets come from their own contact, or from the newest revision of their document. */
export const leasedSelect = `
  SELECT d.id, d.lease, d.key, d.type, d.subject, d.escalation, d.cycle, d.step, d.person, d.contact, d.channel, d.address,
         d.attempts AS attempt, a.possible_duplicate AS "possibleDuplicate", i.state AS incident,
         i.response->>'bridge' AS bridge, coalesce(p.display_name, d.person) AS "personName", coalesce(p.timezone, 'UTC') AS zone,
         (SELECT o.spec->>'displayName' FROM config_object o WHERE o.kind = 'Service' AND o.name = i.state->>'service'
           ORDER BY o.revision DESC LIMIT 1) AS "serviceName",
         (SELECT jsonb_build_object('description', x.detail->'description', 'details', x.detail->'detail')
            FROM (SELECT coalesce(n.newest->'detail', n.detail) AS detail FROM alert n
                   WHERE d.type = 'page.requested' AND n.incident_id = d.incident_id AND n.status = 'open'
                   ORDER BY n.last_at DESC, n.id LIMIT 1) x) AS alert,
         (SELECT c->>'secret' FROM config_object o, jsonb_array_elements(o.spec->'contacts') c
           WHERE d.channel IN ('webhook', 'webpush') AND o.kind = 'Person' AND o.name = d.person AND c->>'name' = d.contact
           ORDER BY o.revision DESC LIMIT 1) AS "contactSecret",
         (SELECT c.secret FROM contact c
           WHERE d.channel IN ('webhook', 'webpush') AND c.person = d.person AND c.name = d.contact AND c.address = d.address
             AND c.verified_at IS NOT NULL AND c.removed_at IS NULL) AS "ownSecret",
         s.spec->>'secret' AS "subscriptionSecret", s.spec->>'previousSecret' AS "previousSecret",
         (SELECT jsonb_agg(jsonb_build_object('number', ci.state->'number', 'title', ci.title, 'priority', ci.priority, 'key', c.key)
                   ORDER BY ci.priority, ci.number)
            FROM delivery c JOIN incident ci ON ci.id = c.incident_id
           -- An updated message keeps listing the pages that it bundled.
           WHERE c.bundle = CASE WHEN d.type = 'page.updated' THEN (d.subject->>'of')::uuid ELSE d.id END
             AND (c.state = 'planned' OR (d.type = 'page.updated' AND c.sent_in_bundle))
         ) AS "alsoPaged",
         (SELECT jsonb_build_object('key', o.key, 'providerId', o.provider_id, 'isUnderWay', o.state = 'sending') FROM delivery o
           WHERE d.type = 'page.updated' AND o.id = (d.subject->>'of')::uuid) AS updates
    FROM delivery d
    JOIN delivery_attempt a ON a.delivery_id = d.id AND a.n = d.attempts
    JOIN incident i ON i.id = d.incident_id
    LEFT JOIN person p ON p.name = d.person
    LEFT JOIN LATERAL (
      SELECT o.spec FROM config_object o
       WHERE d.type = 'incident.event' AND o.kind = 'Subscription' AND 'subscription/' || o.name = d.person
         AND jsonb_typeof(o.spec) = 'object'
       ORDER BY o.revision DESC LIMIT 1) s ON true`;

export function toLeased(
  { contactSecret, ownSecret, subscriptionSecret, previousSecret, alsoPaged, ...row }: LeasedRow,
  keys: RootKeys,
): LeasedDelivery {
  const own = ownSecret === null ? null : unseal(keys, `${row.person}/${row.contact}`, ownSecret);
  const ofSubscription = openedSubscriptionSecret(keys, row.person, subscriptionSecret);
  const before = openedSubscriptionSecret(keys, row.person, previousSecret);
  const secret =
    ofSubscription ??
    own ??
    openedContactSecret(keys, row, contactSecret) ??
    webhookSecret(keys[0], row.person, row.contact);
  return {
    ...row,
    alsoPaged: (alsoPaged ?? []).map(({ key, ...page }) => ({ ...page, link: linkToken(keys[0], key) })),
    // A message that is updated in place keeps its link.
    link: linkToken(keys[0], row.updates?.key ?? row.key),
    secret: before === null ? secret : `${secret} ${before}`,
  };
}
