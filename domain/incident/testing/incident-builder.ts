/** Builds an incident from commands, for tests: each command goes through `decide` and the fold, as in the database. */
import type { Priority } from '../../config/terms.js';
import type { IncidentCommand } from '../commands.js';
import { decide } from '../decide.js';
import type { EngagedEscalation, IncidentEvent } from '../events.js';
import { dueWork } from '../deadline.js';
import { foldEvents } from '../fold.js';
import type { IncidentState } from '../state.js';

export const T0 = '2026-03-02T10:00:00.000Z';
export const at = (seconds: number): string => new Date(Date.parse(T0) + seconds * 1000).toISOString();

export const checkoutEscalation: EngagedEscalation = {
  name: 'checkout',
  team: 'checkout',
  discipline: 'development',
  required: false,
  steps: 2,
  repeat: 1,
};
export const securityEscalation: EngagedEscalation = {
  ...checkoutEscalation,
  name: 'trust',
  team: 'trust',
  discipline: 'security',
  required: true,
  repeat: 0,
};

export class IncidentBuilder {
  events: IncidentEvent[] = [];
  state: IncidentState;

  constructor(
    escalations: EngagedEscalation[] = [checkoutEscalation],
    {
      ackTimeoutMs = 1_800_000,
      alert = 'alert-1' as string | null,
      priority = 'P1' as Priority,
      updatesEveryMs = 0,
    } = {},
  ) {
    this.events.push({
      seq: 1,
      at: T0,
      actor: 'source:prometheus',
      kind: 'opened',
      data: {
        number: 'INC-1',
        title: 'Replica lag',
        service: 'checkout-db',
        team: 'checkout',
        severity: 'critical',
        priority,
        priorityReasons: [],
        drill: null,
        escalations,
        ackTimeoutMs,
        alert,
        ...(updatesEveryMs === 0 ? {} : { updatesEveryMs }),
        postmortem: { kind: 'full', quorum: { participants: 1, stakeholders: 1 } },
      },
    });
    this.state = foldEvents('incident-1', null, this.events);
  }

  /** `accepted`, `unchanged`, or the code of the refusal. */
  ask(command: IncidentCommand, { seconds = 0, actor = 'tocsin', unseen = false } = {}): string {
    const decision = decide(this.state, command, { actor, now: at(seconds), unseen });
    if (decision.kind === 'refused') return decision.code;
    if (decision.kind === 'unchanged') return 'unchanged';
    const events = decision.facts.map((fact, index): IncidentEvent => ({
      ...fact,
      seq: this.state.seq + 1 + index,
      at: at(seconds),
      actor,
    }));
    this.events.push(...events);
    this.state = foldEvents('incident-1', this.state, events);
    return 'accepted';
  }

  /** Pages the due escalation step, as the workflow does. */
  page(
    people: string[],
    {
      escalation = 'checkout',
      cycle = 0,
      step = 1,
      wait = 300,
      seconds = 0,
      everyone = false,
      catchAll = false,
    } = {},
  ): string {
    return this.ask(
      {
        type: 'page',
        escalation,
        due: { cycle, step },
        reason: 'no answer',
        skipped: [],
        paged: {
          cycle,
          step,
          people,
          everyone,
          deliveries: people.length,
          nextAt: catchAll ? null : at(seconds + wait),
          catchAll,
        },
      },
      { seconds },
    );
  }

  /** `teams`: the person's teams according to the record. */
  acknowledge(person: string, seconds = 10, teams: string[] = []): string {
    return this.ask({ type: 'acknowledge', person, teams }, { seconds, actor: person });
  }

  /** Changes the priority with the command that `applyPriority` issues. */
  setPriority(
    change: Partial<Extract<IncidentCommand, { type: 'set_priority' }>>,
    { seconds = 0, actor = 'bo' } = {},
  ): string {
    const command: IncidentCommand = {
      type: 'set_priority',
      priority: 'P1',
      reasons: [],
      by: actor,
      engaged: [],
      ackTimeoutMs: 0,
      ...change,
    };
    return this.ask(command, { seconds, actor });
  }

  /** Due pages: escalations and their steps. */
  get duePages(): string[] {
    return dueWork(this.state, 0).flatMap((work) =>
      work.type === 'page' ? [`${work.escalation} ${work.due.cycle}/${work.due.step}`] : [],
    );
  }

  get kinds(): string[] {
    return this.events.map((event) => event.kind);
  }

  escalation(name = 'checkout') {
    return this.state.escalations.find((escalation) => escalation.name === name);
  }
}
