/** What matchers would have muted in the last week, and what they match now. */
import { setImmediate } from 'node:timers/promises';
import type { DataSource } from 'typeorm';
import { compileMatchers, type Matcher } from '../../domain/alert/matcher.js';
import type { SilenceCandidate } from '../../domain/alert/silence.js';
import type { ConfigSnapshot } from '../../domain/config/specs.js';

interface MutedAlert {
  id: string;
  title: string;
  source: string;
  service: string | null;
  severity: string;
  firstAt: string;
  incident: string | null;
}

export interface SilencePreview {
  /** Alerts of the last week that match. */
  matched: number;
  /** Alerts of the last week that were looked at. */
  of: number;
  /** The newest alerts were looked at, and not the whole week. */
  isPartial: boolean;
  /** Pages of incidents that had no other alert. */
  pages: number;
  /** Match, fire and have an incident now: a silence does not end their paging. */
  firing: number;
  /** The newest that match. */
  alerts: MutedAlert[];
}

const MOST_ALERTS = 20_000;
/** Comparing patterns may take this many steps, about a second. */
const MOST_STEPS = 100_000_000;
/** Steps after which others get their turn. */
const STEPS_AT_ONCE = 2_000_000;
const NAMED = 20;
const DAYS = 7;

interface Row extends Omit<SilenceCandidate, 'team' | 'dedupKey'> {
  id: string;
  dedup_key: string;
  incident_id: string | null;
  incident: string | null;
  first_at: Date;
  is_open: boolean;
}

export async function previewSilence(
  dataSource: Pick<DataSource, 'query'>,
  snapshot: ConfigSnapshot,
  { matchers, teams }: { matchers: readonly Matcher[]; teams: readonly string[] | null },
): Promise<SilencePreview> {
  const rows: Row[] = await dataSource.query(
    `SELECT a.id, a.source, a.dedup_key, coalesce(a.newest->>'title', a.title) AS title, a.severity, a.service,
            coalesce(a.newest->'labels', a.labels) AS labels, a.incident_id, i.state->>'number' AS incident, a.first_at,
            a.status = 'open' AND a.incident_id IS NOT NULL AS is_open
       FROM alert a LEFT JOIN incident i ON i.id = a.incident_id
      WHERE (a.last_at > tocsin_now() - $1::int * interval '1 day' OR a.status = 'open') AND i.drill IS NULL
      ORDER BY a.first_at DESC LIMIT $2`,
    [DAYS, MOST_ALERTS],
  );
  const compiled = compileMatchers(matchers);
  const matching: Row[] = [];
  const size = compiled.size;
  let [looked, steps, sincePause] = [0, 0, 0];
  for (const row of rows) {
    if (steps > MOST_STEPS) break;
    looked += 1;
    const team = row.service === null ? null : (snapshot.get('Service', row.service)?.spec.team ?? null);
    const isOfTeam = teams === null || (team !== null && teams.includes(team));
    if (isOfTeam && compiled.matches({ ...row, dedupKey: row.dedup_key })) matching.push(row);
    const cost = 50 + size * (row.title.length + row.dedup_key.length + 50);
    steps += cost;
    sincePause += cost;
    if (sincePause < STEPS_AT_ONCE) continue;
    sincePause = 0;
    await setImmediate();
  }
  return {
    matched: matching.length,
    of: looked,
    isPartial: looked < rows.length || rows.length === MOST_ALERTS,
    pages: await pagesOf(dataSource, matching),
    firing: matching.filter(({ is_open }) => is_open).length,
    alerts: matching.slice(0, NAMED).map(({ id, title, source, service, severity, first_at, incident }) => ({
      id,
      title,
      source,
      service,
      severity,
      firstAt: first_at.toISOString(),
      incident,
    })),
  };
}

/** An incident that has another alert as well would have paged all the same. */
async function pagesOf(dataSource: Pick<DataSource, 'query'>, matching: readonly Row[]): Promise<number> {
  const ids = matching.map(({ id }) => id);
  const incidents = [...new Set(matching.flatMap(({ incident_id }) => incident_id ?? []))];
  if (incidents.length === 0) return 0;
  const rows: { pages: number }[] = await dataSource.query(
    `SELECT count(*)::int AS pages FROM delivery d
      WHERE d.incident_id = ANY ($1) AND d.type = 'page.requested' AND d.state IN ('accepted', 'delivered')
        AND d.created_at > tocsin_now() - $3::int * interval '1 day'
        AND NOT EXISTS (SELECT 1 FROM alert a WHERE a.incident_id = d.incident_id AND a.id <> ALL ($2))`,
    [incidents, ids, DAYS],
  );
  return rows[0]?.pages ?? 0;
}
