/**
 * Alerts that join one locked incident in one transaction, and change nothing of it but how many it has: one write of all their events.
 * Whatever else a join does (pages, raises, opens again) is recorded by itself.
 */
import type { EntityManager } from 'typeorm';
import type { IncidentCommand } from '../../domain/incident/commands.js';
import { decide } from '../../domain/incident/decide.js';
import type { IncidentEvent } from '../../domain/incident/events.js';
import { foldEvents } from '../../domain/incident/fold.js';
import type { Actor, IncidentState } from '../../domain/incident/state.js';
import { project, type Projecting } from '../projections/project.js';
import { requestOf } from '../projections/project-requests.js';
import { announceEvents } from '../subscription/subscriptions.js';
import { type LockedIncident, writeEvents } from './incident-row.js';
import { numbered } from './number-facts.js';

interface Joined {
  event: IncidentEvent;
  /** After it. */
  state: IncidentState;
}

export class QuietJoins {
  /** After all joins so far. */
  state: IncidentState;
  private joined: Joined[] = [];

  constructor(
    private readonly locked: LockedIncident,
    private readonly actor: Actor,
  ) {
    this.state = locked.state;
  }

  /** False, and nothing happened: the join does more than to join. */
  add(command: Extract<IncidentCommand, { type: 'join_alert' }>): boolean {
    const { actor, state, locked } = this;
    const decision = decide(state, command, { actor, now: locked.now });
    if (decision.kind !== 'accepted' || decision.facts.length !== 1) return false;
    const [event] = numbered(decision.facts, { after: state.seq, at: locked.now }, { actor });
    if (event?.kind !== 'alert_joined') return false;
    this.state = foldEvents(state.id, state, [event]);
    this.joined.push({ event, state: this.state });
    return true;
  }

  /** Further joins go on from there. */
  async write(tx: EntityManager, projecting: Projecting): Promise<void> {
    const { locked, actor, joined } = this;
    const last = joined.at(-1);
    if (last === undefined) return;
    const events = joined.map(({ event }) => event);
    const { state } = last;
    await writeEvents(tx, {
      locked,
      state,
      events,
      action: 'join_alert',
      actor,
      tellWorkflow: true,
      isQuiet: true,
    });
    // Each join withdraws the notices of the one before: the last one that tells the holder something is left.
    const told =
      joined.findLast((one) => requestOf(one.event, one.state, locked.response.urgency) !== null) ?? last;
    await project(tx, projecting, { ...told, attachment: undefined, locked });
    await announceEvents(tx, await projecting.snapshots.at(tx, locked.configVersion), {
      before: locked.state,
      events,
      response: locked.response,
      now: locked.now,
    });
    locked.state = state;
    this.joined = [];
  }
}
