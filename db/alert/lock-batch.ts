/**
 * Locks of one batch beyond its keys, in the one order of all batches: groups by id, then incidents by id. The first two alerts of a group
 * that arrive at once are one incident, and a person who resolves an incident never deadlocks with the batch that writes to it.
 */
import type { CoalescedKey } from '../../domain/alert/coalesce-signals.js';
import type { KeyFacts } from '../../domain/alert/decide-signal.js';
import { groupOf } from '../../domain/alert/group.js';
import { judgingPlan } from '../../domain/alert/judging-plan.js';
import { routeAlert } from '../../domain/alert/route-alert.js';
import { compareSeverity } from '../../domain/alert/severity.js';
import { groupId, incidentsOfGroups, lockGroups } from './group-rows.js';
import type { SignalBatch } from './signal-batch.js';

export async function lockBatch(
  batch: SignalBatch,
  keys: readonly CoalescedKey[],
  facts: ReadonlyMap<string, KeyFacts>,
): Promise<void> {
  const { tx, request, groups } = batch;
  // A drill's alerts are in no group, and go to the one incident of the drill.
  if (request.drill !== undefined) return;
  for (const key of keys) for (const id of groupsOf(batch, key, facts.get(key.dedupKey))) groups.add(id);
  await lockGroups(tx, [...groups]);
  const changed = keys.flatMap((key) => changedBy(key, facts.get(key.dedupKey)));
  const ofGroups = groups.size === 0 ? [] : await incidentsOfGroups(tx, [...groups]);
  const incidents = [...new Set([...changed, ...ofGroups])];
  // A single incident is locked when it is written.
  if (incidents.length === 0 || keys.length === 1) return;
  await tx.query('SELECT 1 FROM incident WHERE id = ANY ($1::uuid[]) ORDER BY id FOR UPDATE', [incidents]);
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
