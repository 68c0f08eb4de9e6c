/** Stores a new alert: closed at once when its resolve came first, else placed (`place-alert.ts`). */
import { randomUUID } from 'node:crypto';
import type { CoalescedStep } from '../../domain/alert/coalesce-signals.js';
import type { KeyFacts, SignalDecision } from '../../domain/alert/decide-signal.js';
import { judgingPlan } from '../../domain/alert/judging-plan.js';
import { withTriggers } from '../../domain/alert/only-after.js';
import type { Route } from '../../domain/alert/route-alert.js';
import { insertAlert, unparkResolve } from './alert-rows.js';
import { triggersOfKey } from './held-rows.js';
import { placeAlert, type Placing, teamOf } from './place-alert.js';
import type { SignalBatch, Taken } from './signal-batch.js';

export async function openAlert(
  parts: Placing,
  batch: SignalBatch,
  { signal, count }: CoalescedStep,
  { route, known, ...decision }: Extract<SignalDecision, { kind: 'new' }> & { route: Route; known: KeyFacts },
): Promise<Taken> {
  const { tx, request, snapshot, now, body } = batch;
  const { service } = route;
  if (known.parkedResolve !== null) await unparkResolve(tx, request.source, signal.dedupKey);
  const alert = { source: request.source, signal, service, count, now, body };
  if (decision.status === 'closed') {
    await insertAlert(tx, { ...alert, status: 'closed', incident: null, reasons: decision.reasons });
    return { decision: 'new', incident: null, next: { ...known, parkedResolve: null } };
  }
  const id = randomUUID();
  const isCounted = judgingPlan(snapshot, service).after !== undefined;
  const triggers = isCounted
    ? withTriggers(await triggersOfKey(tx, request.source, signal.dedupKey), now, count)
    : [];
  const team = teamOf(snapshot, service);
  const { reopens } = decision;
  const judged = {
    id,
    source: request.source,
    signal,
    service,
    team,
    triggers,
    reopens: reopens !== null,
    heldBy: null,
  };
  const { incident, hold, reasons } = await placeAlert(parts, batch, judged, reopens);
  await insertAlert(
    tx,
    {
      ...alert,
      status: 'open',
      incident,
      reasons: [...decision.reasons, route.reason, ...reasons],
      hold,
      ...(isCounted ? { triggers } : {}),
    },
    id,
  );
  return {
    decision: 'new',
    incident,
    next: {
      open: { id, incident, severity: signal.severity, occurredAt: signal.occurredAt },
      parkedResolve: null,
      lastClosed: null,
    },
  };
}
