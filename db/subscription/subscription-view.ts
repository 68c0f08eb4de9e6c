/** Status of each subscription from the ledger: its latest attempt and the numbers of the last day. */
import type { ConfigDocument } from '../../domain/config/specs.js';
import type { SubscriptionFormat } from '../../domain/subscription/subscription-spec.js';
import { maskAddress } from '../../domain/people/mask-address.js';
import type { Querying } from '../connection/querying.js';

export interface SubscriptionStatus {
  name: string;
  format: SubscriptionFormat;
  /** Masked. */
  address: string;
  events: string[] | null;
  teams: string[] | null;
  services: string[] | null;
  drills: boolean;
  last: { state: string; at: string; event: string; error: string | null } | null;
  day: { accepted: number; waiting: number; failed: number };
}

interface Row {
  person: string;
  state: string | null;
  at: Date | null;
  event: string | null;
  error: string | null;
  accepted: number;
  waiting: number;
  failed: number;
}

export async function listSubscriptions(
  db: Querying,
  subscriptions: readonly ConfigDocument<'Subscription'>[],
): Promise<SubscriptionStatus[]> {
  const rows: Row[] = await db.query(
    `SELECT wanted.person, last.*, day.*
       FROM unnest($1::text[]) AS wanted (person)
       LEFT JOIN LATERAL (
         SELECT d.state, a.at, d.subject->'event'->>'kind' AS event, a.error
           FROM delivery d JOIN delivery_attempt a ON a.delivery_id = d.id
          WHERE d.person = wanted.person AND d.type = 'incident.event' AND d.created_at > tocsin_now() - interval '30 days'
          ORDER BY a.at DESC LIMIT 1) last ON true
       CROSS JOIN LATERAL (
         SELECT count(*) FILTER (WHERE d.state IN ('accepted', 'delivered'))::int AS accepted,
                count(*) FILTER (WHERE d.state IN ('planned', 'sending', 'failed'))::int AS waiting,
                count(*) FILTER (WHERE d.state = 'exhausted')::int AS failed
           FROM delivery d WHERE d.person = wanted.person AND d.type = 'incident.event'
            AND d.created_at > tocsin_now() - interval '1 day') day`,
    [subscriptions.map(({ name }) => `subscription/${name}`)],
  );
  return subscriptions.map(({ name, spec }) =>
    toStatus(
      { name, spec },
      rows.find(({ person }) => person === `subscription/${name}`),
    ),
  );
}

function toStatus(
  { name, spec }: Pick<ConfigDocument<'Subscription'>, 'name' | 'spec'>,
  row: Row | undefined,
): SubscriptionStatus {
  const { state = null, at = null, event = null, error = null } = row ?? {};
  return {
    name,
    format: spec.format,
    address: maskAddress('webhook', spec.url),
    events: spec.events ?? null,
    teams: spec.teams ?? null,
    services: spec.services ?? null,
    drills: spec.drills,
    last: state === null || at === null ? null : { state, at: at.toISOString(), event: event ?? '', error },
    day: { accepted: row?.accepted ?? 0, waiting: row?.waiting ?? 0, failed: row?.failed ?? 0 },
  };
}
