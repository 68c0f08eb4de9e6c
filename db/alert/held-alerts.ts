/** Judges held alerts again: with their next message, when their holder ends, and every half minute whatever happens. */
import type { DataSource } from 'typeorm';
import { judgingPlan } from '../../domain/alert/judging-plan.js';
import { withTriggers } from '../../domain/alert/only-after.js';
import type { ConfigSnapshots } from '../config/config-snapshot.js';
import { databaseTime } from '../connection/database-time.js';
import { retryingTransaction } from '../connection/retrying-transaction.js';
import type { Recorder } from '../incident/record.js';
import { lockKeys } from './alert-rows.js';
import { type HeldKey, heldKeys, noteJudged, readHeld, saveJudgement, saveTriggers } from './held-rows.js';
import { placeAlert, type Placing, teamOf } from './place-alert.js';
import type { SignalBatch } from './signal-batch.js';

const AT_ONCE = 50;

/** `count`: triggers of the message that asks; 0 when none does. Returns the incident; null: held, or over meanwhile. */
export async function judgeAgain(
  parts: Placing,
  batch: SignalBatch,
  id: string,
  count: number,
): Promise<string | null> {
  const { tx, snapshot, now } = batch;
  const held = await readHeld(tx, id);
  if (held === null) return null;
  const { source, service, signal, heldBy } = held;
  const isCounted = count > 0 && judgingPlan(snapshot, service).after !== undefined;
  const triggers = isCounted ? withTriggers(held.triggers, now, count) : held.triggers;
  if (isCounted) await saveTriggers(tx, id, triggers);
  const team = teamOf(snapshot, service);
  const placed = await placeAlert(
    parts,
    batch,
    { id, source, signal, service, team, triggers, reopens: false, heldBy },
    null,
  );
  await saveJudgement(tx, id, { ...placed, now });
  return placed.incident;
}

export interface Judging {
  dataSource: DataSource;
  recorder: Recorder;
  snapshots: ConfigSnapshots;
}

/**
 * The holder `by` (`silence/<id>`) has ended: every alert that it holds is judged again, and what still fires pages. Returns how many
 * alerts were judged. Safe to repeat.
 */
export async function releaseHeldAlerts(judging: Judging, by: string): Promise<number> {
  const judgedBefore = await databaseTime(judging.dataSource);
  const failures: unknown[] = [];
  let released = 0;
  for (;;) {
    const keys = await heldKeys(judging.dataSource, { by, judgedBefore, limit: AT_ONCE });
    if (keys.length === 0) break;
    failures.push(...(await judgeEach(judging, keys)));
    released += keys.length;
  }
  throwAll(failures);
  return released;
}

/** The safety net for holders that ended unnoticed, and for documents that changed. */
export async function judgeHeldAlerts(judging: Judging, limit: number): Promise<number> {
  const keys = await heldKeys(judging.dataSource, { by: null, judgedBefore: null, limit });
  const failures: unknown[] = [];
  for (let start = 0; start < keys.length; start += AT_ONCE)
    failures.push(...(await judgeEach(judging, keys.slice(start, start + AT_ONCE))));
  throwAll(failures);
  return keys.length;
}

/** An alert that cannot be judged stays held, and its error is reported; it keeps no other one back. */
async function judgeEach(judging: Judging, keys: HeldKey[]): Promise<unknown[]> {
  try {
    await judgeKeys(judging, keys);
    return [];
  } catch {
    const failures: unknown[] = [];
    for (const key of keys)
      await judgeKeys(judging, [key]).catch(async (error: unknown) => {
        failures.push(error);
        await noteJudged(judging.dataSource, key.id);
      });
    return failures;
  }
}

function throwAll(failures: readonly unknown[]): void {
  if (failures.length > 0) throw new AggregateError(failures, 'some held alerts could not be judged');
}

/** `keys` is sorted by source and key: the order in which intake locks them too. */
async function judgeKeys({ dataSource, recorder, snapshots }: Judging, keys: HeldKey[]): Promise<void> {
  await retryingTransaction(dataSource, async (tx) => {
    for (const [source, ofSource] of bySource(keys)) {
      const { now, configVersion } = await lockKeys(
        tx,
        source,
        ofSource.map(({ dedupKey }) => dedupKey),
      );
      const snapshot = await snapshots.at(tx, configVersion);
      const spec = snapshot.get('Source', source)?.spec ?? { format: 'generic' };
      const batch: SignalBatch = {
        tx,
        request: { source, spec },
        snapshot,
        now,
        body: null,
        groups: new Set(),
      };
      for (const { id } of ofSource) await judgeAgain({ recorder, snapshots }, batch, id, 0);
    }
  });
}

function bySource(keys: readonly HeldKey[]): Map<string, HeldKey[]> {
  const sources = new Map<string, HeldKey[]>();
  for (const key of keys) sources.set(key.source, [...(sources.get(key.source) ?? []), key]);
  return sources;
}
