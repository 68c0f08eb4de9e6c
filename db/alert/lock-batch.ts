/**
 * Locks of one batch beyond its keys, in the one order of all batches: groups by id, then incidents by id. The first two alerts of a group
 * that arrive at once are one incident, and a person who resolves an incident never deadlocks with the batch that writes to it.
 */
import type { EntityManager } from 'typeorm';
import type { CoalescedKey } from '../../domain/alert/coalesce-signals.js';
import type { KeyFacts } from '../../domain/alert/decide-signal.js';
import { groupOf } from '../../domain/alert/group.js';
import { judgingPlan } from '../../domain/alert/judging-plan.js';
import { routeAlert } from '../../domain/alert/route-alert.js';
import { compareSeverity } from '../../domain/alert/severity.js';
import { type LockedIncident, lockIncidents } from '../incident/incident-row.js';
import { groupId, type GroupHead, headsOfGroups, lockGroups } from './group-rows.js';
import type { SignalBatch } from './signal-batch.js';

/** What the batch read under its locks. */
export interface LockedBatch {
  /** By `groupId`; null: nothing joined the group yet. */
  groups: Map<string, GroupHead | null>;
  /** By id. */
  incidents: Map<string, LockedIncident>;
}

/** Keys of one message with the batch that it is taken with. All batches are of one transaction. */
export interface KeysOfBatch {
  batch: SignalBatch;
  keys: readonly CoalescedKey[];
}

export async function lockBatch(
  tx: EntityManager,
  parts: readonly KeysOfBatch[],
  facts: ReadonlyMap<string, KeyFacts>,
): Promise<LockedBatch> {
  const groups = new Set<string>();
  const changed = new Set<string>();
  for (const { batch, keys } of parts) {
    // A drill's alerts are in no group, and go to the one incident of the drill.
    if (batch.request.drill !== undefined) continue;
    for (const key of keys) {
      for (const id of groupsOf(batch, key, facts.get(key.dedupKey))) groups.add(id);
      for (const id of changedBy(key, facts.get(key.dedupKey))) changed.add(id);
    }
    // Those known only later are added by whichever message takes their lock.
    batch.groups = groups;
  }
  await lockGroups(tx, [...groups]);
  const heads = groups.size === 0 ? new Map<string, GroupHead>() : await headsOfGroups(tx, [...groups]);
  const ofGroups = [...heads.values()].map(({ incident }) => incident);
  // A single incident that a message changes is locked when it is written.
  const isSingle = ofGroups.length === 0 && facts.size <= 1;
  const ids = isSingle ? [] : [...new Set([...changed, ...ofGroups])];
  const locked = ids.length === 0 ? [] : await lockIncidents(tx, ids);
  const known = new Map([...groups].map((id) => [id, heads.get(id) ?? null]));
  return { groups: known, incidents: new Map(locked.map((one) => [one.state.id, one])) };
}

/** For an alert whose group is known only now. */
export async function lockGroup({ tx, groups }: SignalBatch, id: string): Promise<void> {
  if (groups.has(id)) return;
  groups.add(id);
  await lockGroups(tx, [id]);
}

/** Groups that new alerts of the key look up, and alerts that are held. */
function groupsOf(
  { request, snapshot }: SignalBatch,
  { steps }: CoalescedKey,
  known: KeyFacts | undefined,
): string[] {
  const isKnown = known?.open != null && known.open.incident !== null;
  return steps.flatMap(({ signal }) => {
    if (signal.action !== 'trigger' || (isKnown && steps.length === 1)) return [];
    const { service } = routeAlert({ ...request.spec, source: request.source }, signal, snapshot);
    const { group: spec } = judgingPlan(snapshot, service);
    const group = groupOf({ source: request.source, service, signal }, spec);
    return group === null ? [] : [groupId(group)];
  });
}

/** Incidents that the key's signals change: it ends, is acknowledged, gets worse, or comes back. */
function changedBy({ steps }: CoalescedKey, known: KeyFacts | undefined): string[] {
  const open = known?.open ?? null;
  if (open === null) {
    const last = known?.lastClosed;
    return last?.belongs === true && last.incident !== null ? [last.incident] : [];
  }
  const isChanged = steps.some(
    ({ signal }) => signal.action !== 'trigger' || compareSeverity(signal.severity, open.severity) < 0,
  );
  return isChanged && open.incident !== null ? [open.incident] : [];
}
