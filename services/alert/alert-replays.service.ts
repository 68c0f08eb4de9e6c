/** The received messages of the last days against proposed documents: which pages would be fewer, lost and new. Stores nothing. */
import { setImmediate } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { type LoggedMessage, type LogSize, logSize, pastMuting, readLog } from '../../db/alert/replay-log.js';
import { readOnly } from '../../db/alert/trial-record.js';
import { databaseTime } from '../../db/connection/database-time.js';
import { only, type ReplayedAlert, ReplaySide } from '../../domain/alert/trial/replay.js';
import type { ConfigDocument, ConfigSnapshot } from '../../domain/config/specs.js';
import { DAY } from '../../domain/oncall/wall-clock.js';
import type { Identity } from '../common/identity.js';
import { Problem } from '../common/problem.js';
import { ConfigurationService } from '../config/configuration.service.js';
import { DocumentReader } from '../config/document-reader.js';
import { readSample } from './read-sample.js';

const most = { messages: 50_000, alerts: 200_000, bytes: 128 * 1024 * 1024 };
/** Larger messages take long to read, and are left out. */
const LARGEST = 64 * 1024;
const BUDGET_MS = 30_000;
/** After so long others get their turn. */
const TURN_MS = 15;
const AT_ONCE = 100;
const NAMED = 100;

export interface Replay {
  from: string;
  to: string;
  messages: number;
  /** Messages that were not replayed: over 64 KiB, of a source that is gone, or not readable any more. */
  leftOut: number;
  before: { pages: number; incidents: number };
  after: { pages: number; incidents: number };
  fewer: number;
  /** At most 100 are named; `lostTotal` counts all. */
  lost: ReplayedAlert[];
  lostTotal: number;
  new: ReplayedAlert[];
  newTotal: number;
  tookMs: number;
}

@Injectable()
export class AlertReplays {
  private running = false;

  constructor(
    private readonly dataSource: DataSource,
    private readonly reader: DocumentReader,
    private readonly configuration: ConfigurationService,
  ) {}

  /** `documents`: YAML, or JSON. The same permissions as for a plan of them. */
  async replay(
    { days, documents }: { days: number; documents: string },
    identity: Identity,
  ): Promise<Replay> {
    const read = await this.reader.documents(Buffer.from(documents), 'text/yaml', 'documents', identity);
    const { before, after } = await this.configuration.proposed({ documents: read, prune: false, identity });
    if (this.running) throw new Problem(429, 'busy', 'Another replay runs; ask again in half a minute.');
    this.running = true;
    try {
      return await readOnly(this.dataSource, (tx) => replayIn(tx, days, { before, after }));
    } finally {
      this.running = false;
    }
  }
}

async function replayIn(
  tx: EntityManager,
  days: number,
  snapshots: { before: ConfigSnapshot; after: ConfigSnapshot },
): Promise<Replay> {
  const started = performance.now();
  const to = await databaseTime(tx);
  const from = new Date(Date.parse(to) - days * DAY).toISOString();
  const size = await logSize(tx, from, LARGEST);
  refuseTooMuch(size, days);
  const turn = turns();
  const muting = await pastMuting(tx, from);
  const before = new ReplaySide(snapshots.before, muting, turn);
  const after = new ReplaySide(snapshots.after, muting, turn);
  let [last, done, leftOut]: [LoggedMessage | null, number, number] = [null, 0, size.large];
  for (;;) {
    const messages = await readLog(tx, { from, after: last, largest: LARGEST, limit: AT_ONCE });
    for (const message of messages) {
      await turn();
      const spent = performance.now() - started;
      if (spent > BUDGET_MS) throw tooCostly(done, size, days);
      if (await takeMessage(message, before, after, turn)) done += 1;
      else leftOut += 1;
    }
    last = messages.at(-1) ?? null;
    if (messages.length < AT_ONCE) break;
  }
  await before.end(to);
  await after.end(to);
  const [lost, found] = [only(before, after), only(after, before)];
  return {
    from,
    to,
    messages: done,
    leftOut,
    before: { pages: before.pages, incidents: before.incidents },
    after: { pages: after.pages, incidents: after.incidents },
    fewer: before.pages - after.pages,
    lost: lost.slice(0, NAMED),
    lostTotal: lost.length,
    new: found.slice(0, NAMED),
    newTotal: found.length,
    tookMs: Math.round(performance.now() - started),
  };
}

/** False when the source is gone, or its format can read the message no more. */
async function takeMessage(
  { at, source: name, body }: LoggedMessage,
  before: ReplaySide,
  after: ReplaySide,
  turn: () => Promise<void>,
): Promise<boolean> {
  let isTaken = false;
  const now = new Date(at).toISOString();
  for (const side of [before, after]) {
    const source = side.source(name);
    if (source === undefined) continue;
    const read = readSample(source as ConfigDocument<'Source'>, body, now);
    if (read.kind === 'rejected') continue;
    isTaken = true;
    await side.take(source, read.signals, now, turn);
  }
  return isTaken;
}

function turns(): () => Promise<void> {
  let last = performance.now();
  return async () => {
    if (performance.now() - last < TURN_MS) return;
    await setImmediate();
    last = performance.now();
  };
}

function refuseTooMuch({ messages, alerts, bytes }: LogSize, days: number): void {
  if (messages <= most.messages && alerts <= most.alerts && bytes <= most.bytes) return;
  throw new Problem(
    422,
    'too_costly',
    `The last ${days} days have ${messages} messages with ${alerts} alerts (${Math.ceil(bytes / 1024 / 1024)} MiB); at most ${most.messages} messages, ${most.alerts} alerts and ${most.bytes / 1024 / 1024} MiB are replayed. Ask for fewer days.`,
  );
}

const tooCostly = (done: number, { messages }: LogSize, days: number): Problem =>
  new Problem(
    422,
    'too_costly',
    `After ${BUDGET_MS / 1000} s ${done} of the ${messages} messages of the last ${days} days were replayed, which is the most. Ask for fewer days, or for conditions that cost less.`,
  );
