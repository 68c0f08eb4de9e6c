/** Prometheus metrics. Counters of this process; values of the database are read at each scrape. */
import { Counter, Gauge, Histogram, Registry } from 'prom-client';
import type { DataSource } from 'typeorm';
import { ZONE_DATA_VERSION } from '../../domain/oncall/zone-data.js';
import { collectProcessMetrics } from '../../shared/default-metrics.js';
import { paidMessagesToday } from '../../db/delivery/spend-store.js';

export interface IngestMetrics {
  ingested(source: string, signals: number): void;
  rejected(format: string): void;
  notKept(format: string): void;
}

export class Metrics implements IngestMetrics {
  readonly registry = new Registry();
  private readonly zoneData = this.add(
    new Gauge({
      name: 'tocsin_zone_data_info',
      help: '1, with the release of the IANA time zone database that shifts are resolved with',
      labelNames: ['version'],
      registers: [],
    }),
  );
  private readonly alerts = this.add(
    new Counter({
      name: 'tocsin_alerts_ingested_total',
      help: 'Alert signals committed',
      labelNames: ['source'],
      registers: [],
    }),
  );
  private readonly rejections = this.add(
    new Counter({
      name: 'tocsin_ingest_rejections_total',
      help: 'Bodies refused',
      labelNames: ['format'],
      registers: [],
    }),
  );
  private readonly forgotten = this.add(
    new Counter({
      name: 'tocsin_ingest_rejections_not_kept_total',
      help: 'Refused bodies from unknown senders that exceeded the rate limit for storing',
      labelNames: ['format'],
      registers: [],
    }),
  );
  private readonly requests = this.add(
    new Histogram({
      name: 'tocsin_http_request_duration_seconds',
      help: 'Time from request to answer, by route',
      labelNames: ['method', 'route', 'status'],
      buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5],
      registers: [],
    }),
  );
  private readonly open = this.add(
    new Gauge({
      name: 'tocsin_incidents_open',
      help: 'Incidents not closed yet',
      labelNames: ['severity', 'status'],
      registers: [],
    }),
  );
  private readonly deliveries = this.add(
    new Gauge({
      name: 'tocsin_deliveries',
      help: 'Rows of the delivery ledger in the last day',
      labelNames: ['channel', 'state'],
      registers: [],
    }),
  );
  private readonly oldestDue = this.add(
    new Gauge({
      name: 'tocsin_oldest_due_page_seconds',
      help: 'Age of the oldest due page or other delivery that is not sent, planned or not',
      registers: [],
    }),
  );
  private readonly outbox = this.add(
    new Gauge({
      name: 'tocsin_outbox_oldest_seconds',
      help: 'Age of the oldest event not yet sent to Temporal',
      registers: [],
    }),
  );
  private readonly paid = this.add(
    new Gauge({
      name: 'tocsin_paid_messages_today',
      help: 'Texts and calls since midnight UTC: sent, and held back by country or daily limit',
      labelNames: ['what'],
      registers: [],
    }),
  );
  private readonly connections = this.add(
    new Counter({
      name: 'tocsin_connections_refused_total',
      help: 'Connections closed because too many were open, in all or of one client',
      labelNames: ['because'],
      registers: [],
    }),
  );
  private readonly up = this.add(
    new Gauge({
      name: 'tocsin_database_up',
      help: '1 when the database answered this scrape',
      registers: [],
    }),
  );

  private socket: Gauge | null = null;

  constructor(private readonly dataSource: DataSource) {
    collectProcessMetrics(this.registry);
    this.zoneData.set({ version: ZONE_DATA_VERSION }, 1);
  }

  ingested(source: string, signals: number): void {
    this.alerts.inc({ source }, signals);
  }

  rejected(format: string): void {
    this.rejections.inc({ format });
  }

  notKept(format: string): void {
    this.forgotten.inc({ format });
  }

  connectionRefused(because: 'in_all' | 'of_client'): void {
    this.connections.inc({ because });
  }

  answered(method: string, route: string, status: number, seconds: number): void {
    this.requests.observe({ method, route, status: `${Math.floor(status / 100)}xx` }, seconds);
  }

  /** Without Socket Mode this metric does not exist: a 0 means a socket that should be open. */
  slackSocket(isOpen: boolean): void {
    this.socket ??= this.add(
      new Gauge({ name: 'tocsin_slack_socket', help: "1 while Slack's socket is open", registers: [] }),
    );
    this.socket.set(isOpen ? 1 : 0);
  }

  async text(): Promise<string> {
    try {
      await this.readDatabase();
      this.up.set(1);
    } catch {
      this.up.set(0);
    }
    return this.registry.metrics();
  }

  private async readDatabase(): Promise<void> {
    const open: { severity: string; status: string; count: number }[] = await this.dataSource.query(
      `SELECT state->>'severity' AS severity, status, count(*)::int AS count FROM incident WHERE status <> 'closed' AND drill IS NULL AND number > 0 GROUP BY 1, 2`,
    );
    const deliveries: { channel: string; state: string; count: number }[] = await this.dataSource.query(
      `SELECT channel, state, count(*)::int AS count FROM delivery WHERE created_at > tocsin_now() - interval '1 day' GROUP BY 1, 2`,
    );
    const ages: { oldestDue: number; outbox: number }[] = await this.dataSource.query(
      // Due rows, and deadlines that have passed: the page that is due at a deadline has no row yet.
      `SELECT greatest(
                coalesce((SELECT extract(epoch FROM tocsin_now() - min(due_at)) FROM delivery
                           WHERE state IN ('planned', 'failed') AND due_at <= tocsin_now()
                             AND type NOT IN ('incident.event', 'page.updated')), 0),
                coalesce((SELECT extract(epoch FROM tocsin_now() - min(next_deadline)) FROM incident
                           WHERE next_deadline <= tocsin_now()), 0))::float8 AS "oldestDue",
              coalesce((SELECT extract(epoch FROM tocsin_now() - min(created_at)) FROM outbox WHERE delivered_at IS NULL), 0)::float8 AS outbox`,
    );
    const paid = await paidMessagesToday(this.dataSource);
    this.paid.reset();
    for (const { what, count } of paid) this.paid.set({ what }, count);
    this.open.reset();
    for (const { severity, status, count } of open) this.open.set({ severity, status }, count);
    this.deliveries.reset();
    for (const { channel, state, count } of deliveries) this.deliveries.set({ channel, state }, count);
    this.oldestDue.set(ages[0]?.oldestDue ?? 0);
    this.outbox.set(ages[0]?.outbox ?? 0);
  }

  private add<M extends Counter | Gauge | Histogram>(metric: M): M {
    this.registry.registerMetric(metric);
    return metric;
  }
}
