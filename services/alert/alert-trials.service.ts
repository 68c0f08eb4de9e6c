/** A sample message through the whole pipeline of alerts, against the record as it is: stores nothing. */
import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { resolvesOfGroup } from '../../db/alert/ingest-parts.js';
import { numbersOf, readOnly, trialRecord } from '../../db/alert/trial-record.js';
import { ConfigSnapshots } from '../../db/config/config-snapshot.js';
import { databaseTime } from '../../db/connection/database-time.js';
import { coalesceSignals } from '../../domain/alert/coalesce-signals.js';
import type { Reason } from '../../domain/alert/decide-signal.js';
import type { AlertSignal } from '../../domain/alert/signal.js';
import { Trial } from '../../domain/alert/trial/trial.js';
import type { Calls, TrialIncident, Tried } from '../../domain/alert/trial/tried.js';
import type { ConfigDocument, ConfigSnapshot } from '../../domain/config/specs.js';
import type { Priority, Severity } from '../../domain/config/terms.js';
import { buildResponse } from '../../domain/response/build-response.js';
import type { Identity } from '../common/identity.js';
import { invalid, Problem } from '../common/problem.js';
import { PoliciesService } from '../escalation/policies.service.js';
import { readSample } from './read-sample.js';

const BODY_MOST = 64 * 1024;
const ALERTS_MOST = 100;
/** Services and priorities whose first pages are looked up. */
const PAGED_MOST = 5;

export interface TriedAlert {
  dedupKey: string;
  action: AlertSignal['action'];
  title: string;
  severity: Severity;
  service: string | null;
  stages: Reason[];
  priority: Priority | null;
  priorityReasons: string[];
  /** Null: it would open and join none. `number`: null for a new one. */
  wouldOpen: { number: string | null; title: string; service: string | null } | null;
  calls: Calls;
  /** Whom the first step of each escalation of a new incident would page now. */
  pages: { person: string; contact: string; channel: string; because: string }[];
}

export interface TrialAnswer {
  alerts: TriedAlert[];
  /** Alerts of the body that would be refused. */
  refused: { path: string; message: string }[];
}

@Injectable()
export class AlertTrials {
  constructor(
    private readonly dataSource: DataSource,
    private readonly snapshots: ConfigSnapshots,
    private readonly policies: PoliciesService,
  ) {}

  async simulate(source: string, body: unknown, identity: Identity): Promise<TrialAnswer> {
    const { now, snapshot, ...answer } = await this.tried(source, body);
    const known = new Map<string, TriedAlert['pages']>();
    for (const alert of answer.alerts) {
      const { service, priority } = alert;
      if (alert.calls !== 'opened' || priority === null) continue;
      const key = `${service ?? ''} ${priority}`;
      if (!known.has(key) && known.size < PAGED_MOST)
        known.set(key, await this.firstPages(snapshot, { service, priority, now }, identity));
      alert.pages = known.get(key) ?? [];
    }
    return answer;
  }

  private async firstPages(
    snapshot: ConfigSnapshot,
    { service, priority, now: at }: { service: string | null; priority: Priority; now: string },
    identity: Identity,
  ): Promise<TriedAlert['pages']> {
    const pages: TriedAlert['pages'] = [];
    for (const { policy } of buildResponse(snapshot, service, priority, null).escalations) {
      // A team without a policy has one that is no document.
      if (snapshot.get('EscalationPolicy', policy.name) === undefined) continue;
      const asked = { at, priority, answers: [], severity: 'critical' as const, title: 'Sample', alerts: 1 };
      const body = service === null ? asked : { ...asked, service };
      const simulation = await this.policies.simulate(policy.name, body, identity);
      for (const { cycle, step, person, contact, channel, because } of simulation.pages)
        if (cycle === 0 && step === 1) pages.push({ person, contact, channel, because });
    }
    return pages;
  }

  private tried(
    source: string,
    body: unknown,
  ): Promise<TrialAnswer & { now: string; snapshot: ConfigSnapshot }> {
    return readOnly(this.dataSource, async (tx) => {
      const snapshot = await this.snapshots.latest(tx);
      const document = snapshot.get('Source', source);
      if (document === undefined)
        throw invalid(`There is no source ${source.slice(0, 63)}.`, [
          { path: 'source', message: `there is no source "${source.slice(0, 63)}"` },
        ]);
      const now = await databaseTime(tx);
      const { signals, refused } = await signalsOf(tx, document, body, now);
      const trial = new Trial(trialRecord(tx));
      const alerts: TriedAlert[] = [];
      for (const { steps } of coalesceSignals(signals.map((signal) => ({ source, signal }))))
        for (const step of steps) {
          const tried = await trial.take(document, step, { now, snapshot, body: null });
          alerts.push(await this.answerOf(tx, snapshot, step.signal, tried));
        }
      return { alerts, refused, now, snapshot };
    });
  }

  private async answerOf(
    tx: EntityManager,
    snapshot: ConfigSnapshot,
    signal: AlertSignal,
    { service, stages, priority, priorityReasons, incident, calls, recordIncident }: Tried,
  ): Promise<TriedAlert> {
    const { dedupKey, action, title, severity } = signal;
    const known =
      recordIncident === null ? undefined : (await numbersOf(tx, [recordIncident])).get(recordIncident);
    const isKnown = service === null || snapshot.get('Service', service) !== undefined;
    return {
      dedupKey,
      action,
      title,
      severity,
      service: isKnown ? service : null,
      stages,
      priority,
      priorityReasons,
      wouldOpen: action !== 'trigger' ? null : placeOf(incident, known),
      calls,
      pages: [],
    };
  }
}

function placeOf(incident: TrialIncident | null, known: string | undefined): TriedAlert['wouldOpen'] {
  if (incident !== null)
    return {
      number: incident.isOld ? incident.number : null,
      title: incident.title,
      service: incident.service,
    };
  return known === undefined ? null : { number: known, title: '', service: null };
}

async function signalsOf(
  tx: EntityManager,
  document: ConfigDocument<'Source'>,
  body: unknown,
  now: string,
): Promise<{ signals: AlertSignal[]; refused: { path: string; message: string }[] }> {
  const raw = Buffer.from(typeof body === 'string' ? body : JSON.stringify(body));
  if (raw.length > BODY_MOST)
    throw new Problem(
      413,
      'body_too_large',
      `A sample has at most ${BODY_MOST / 1024} KiB; send fewer alerts.`,
    );
  const read = readSample(document, raw, now);
  if (read.kind === 'rejected')
    throw invalid(
      `The source ${document.name} could not read this body: ${read.errors[0]?.message ?? ''}.`,
      read.errors.map(({ path, message }) => ({ path: path === 'body' ? path : `body.${path}`, message })),
    );
  const { signals, group, refused } = read;
  if (signals.length > ALERTS_MOST)
    throw new Problem(
      413,
      'too_many_alerts',
      `A sample has at most ${ALERTS_MOST} alerts, this one has ${signals.length}; send fewer.`,
    );
  if (group?.isOver !== true) return { signals, refused };
  const named = signals.map(({ dedupKey }) => dedupKey);
  return {
    signals: [...signals, ...(await resolvesOfGroup(tx, document.name, { key: group.key, named }))],
    refused,
  };
}
