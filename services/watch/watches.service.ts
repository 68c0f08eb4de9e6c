/** Watches: where they stand, their pictures, and what they would have done. */
import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { databaseTime } from '../../db/connection/database-time.js';
import { type WatchAlert, type WatchReading, WatchView } from '../../db/watch/watch-view.js';
import type { ConfigSnapshot } from '../../domain/config/specs.js';
import type { Priority } from '../../domain/config/terms.js';
import { DAY, HOUR } from '../../domain/oncall/wall-clock.js';
import { floorTo, SHORT_BUCKET } from '../../domain/watch/expected.js';
import { simulateWatch } from '../../domain/watch/simulate-watch.js';
import { watchTitle } from '../../domain/watch/sentences.js';
import { situationOf, type WatchCondition } from '../../domain/watch/watch-situation.js';
import { watchOfSource } from '../../domain/watch/watched-facts.js';
import type { WatchSpec } from '../../domain/watch/watch-spec.js';
import { notFound, Problem } from '../common/problem.js';
import { expectedAtOf, type PastSpan, pointsOf, type ValuePoint, wholeSpan } from './watch-past.js';

export type { ValuePoint } from './watch-past.js';

export interface WatchItem {
  name: string;
  title: string;
  service: string;
  unit: string | null;
  source: 'prometheus' | 'push';
  every: string;
  condition: WatchCondition;
  sentence: string;
  why: string | null;
  priority: Priority | null;
  since: string | null;
  value: number | null;
  expected: number | null;
  expectedText: string | null;
  /** Size of one acceptable deviation. */
  acceptable: number | null;
  deviations: number | null;
  judgedAt: string | null;
  nextAt: string | null;
  lateMs: number;
  usersAffected: number | null;
}

export interface WatchPictureData {
  title: string;
  unit: string | null;
  direction: WatchSpec['direction'];
  bands: WatchSpec['bands'];
  from: string;
  to: string;
  points: ValuePoint[];
}

export interface WatchShown extends WatchItem {
  bands: (WatchSpec['bands'][number] & { isIn: boolean })[];
  picture: WatchPictureData;
  alerts: WatchAlert[];
}

export interface WatchSimulation {
  from: string;
  to: string;
  step: string;
  judged: number;
  empty: number;
  learning: number;
  isCut: boolean;
  told: {
    at: string;
    condition: string;
    what: string;
    priority: Priority;
    sentence: string;
  }[];
}

const SHOWN = DAY;
const SIMULATED = 7 * DAY;
const PICTURES_MOST = 3;

@Injectable()
export class WatchesService {
  constructor(
    private readonly dataSource: DataSource,
    private readonly view: WatchView,
  ) {}

  async list(): Promise<WatchItem[]> {
    const now = await this.now();
    return (await this.view.list(await this.view.snapshot())).map((one) => itemOf(one, now));
  }

  async get(name: string): Promise<WatchShown> {
    const snapshot = await this.view.snapshot();
    const reading = await this.find(snapshot, name);
    const now = await this.now();
    const { bands } = reading.document.spec;
    return {
      ...itemOf(reading, now),
      bands: bands.map((band, index) => ({ ...band, isIn: reading.state?.bands[index]?.isIn ?? false })),
      picture: await this.pictureOf(snapshot, reading, { from: now - SHOWN, to: now }),
      alerts: await this.view.alerts(name),
    };
  }

  /** Pictures of the watches whose alerts are in an incident, around its time. */
  async ofIncident({
    alerts,
    createdAt,
    resolvedAt,
  }: {
    alerts: readonly { source: string }[];
    createdAt: string;
    resolvedAt: string | null;
  }): Promise<(WatchPictureData & { name: string })[]> {
    const names = [...new Set(alerts.flatMap(({ source }) => watchOfSource(source) ?? []))];
    if (names.length === 0) return [];
    const snapshot = await this.view.snapshot();
    const readings = await this.view.list(snapshot, names.slice(0, PICTURES_MOST));
    const from = Date.parse(createdAt) - 2 * HOUR;
    const end = resolvedAt === null ? await this.now() : Date.parse(resolvedAt) + HOUR;
    const span = { from, to: Math.min(end, from + DAY) };
    const pictures: (WatchPictureData & { name: string })[] = [];
    for (const reading of readings)
      pictures.push({
        name: reading.document.name,
        ...(await this.pictureOf(snapshot, reading, span)),
      });
    return pictures.filter(({ points }) => points.length > 1);
  }

  /** With `proposed`, by another document over the same metric. */
  async simulate(name: string, proposed: WatchSpec | null): Promise<WatchSimulation> {
    const snapshot = await this.view.snapshot();
    const { document: inForce } = await this.find(snapshot, name);
    if (proposed !== null && sourceText(proposed) !== sourceText(inForce.spec))
      throw new Problem(
        409,
        'other_metric',
        'The past that is kept is that of the metric in force, and the proposed document has another source. Propose bands, expectations and intervals with the same source, or apply it as a watch of its own.',
      );
    const document = proposed === null ? inForce : { ...inForce, spec: proposed };
    const to = floorTo(await this.now(), SHORT_BUCKET);
    const kept = await this.view.values(name, { width: SHORT_BUCKET, from: to - SIMULATED, to });
    const [first] = kept;
    if (first === undefined)
      throw new Problem(
        409,
        'no_past',
        `Nothing of the last week of ${watchTitle(document)} is kept yet, so there is nothing to simulate on.`,
      );
    const span = { from: first.at, to };
    const expectedAt = await expectedAtOf(this.view, snapshot, document, span);
    const { told, ...counts } = simulateWatch(document, kept, { ...span, expectedAt });
    return {
      from: isoOf(span.from),
      to: isoOf(span.to),
      step: '5m',
      ...counts,
      told: told.map(({ at, condition, what, priority, sentence }) => ({
        at: isoOf(at),
        condition,
        what,
        priority,
        sentence,
      })),
    };
  }

  private async pictureOf(
    snapshot: ConfigSnapshot,
    reading: WatchReading,
    span: PastSpan,
  ): Promise<WatchPictureData> {
    const whole = wholeSpan(span);
    const { document } = reading;
    const { unit = null, direction, bands } = document.spec;
    const points = await pointsOf(this.view, snapshot, reading, whole);
    return {
      title: watchTitle(document),
      unit,
      direction,
      bands,
      from: isoOf(whole.from),
      to: isoOf(whole.to),
      points,
    };
  }

  private async find(snapshot: ConfigSnapshot, name: string): Promise<WatchReading> {
    const [reading] = await this.view.list(snapshot, [name]);
    if (reading === undefined) throw notFound(`There is no watch ${name.slice(0, 64)}.`);
    return reading;
  }

  private async now(): Promise<number> {
    return Date.parse(await databaseTime(this.dataSource.manager));
  }
}

const isoOf = (at: number): string => new Date(at).toISOString();
const sourceText = ({ source }: WatchSpec): string =>
  'push' in source ? 'push' : `${source.prometheus.url} ${source.prometheus.query}`;

function itemOf({ document, state, nextAt }: WatchReading, now: number): WatchItem {
  const { name, spec } = document;
  const { since, ...situation } = situationOf(document, state, now);
  const last = state?.last ?? null;
  return {
    name,
    title: watchTitle(document),
    service: spec.service,
    unit: spec.unit ?? null,
    source: 'push' in spec.source ? 'push' : 'prometheus',
    every: spec.every,
    ...situation,
    since: since === null ? null : isoOf(since),
    value: last?.value ?? null,
    expected: last?.expected.value ?? null,
    expectedText: last?.expected.words ?? null,
    acceptable: last?.unit ?? null,
    deviations: last?.count ?? null,
    judgedAt: last === null ? null : isoOf(last.at),
    nextAt: nextAt === null ? null : isoOf(nextAt),
    lateMs: nextAt === null ? 0 : Math.max(0, now - nextAt),
    usersAffected: state?.usersAffected ?? null,
  };
}
