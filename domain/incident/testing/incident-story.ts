/** An incident told as commands, for tests: each line is asked of `decide` and folded, as the database does it. */
import type { Priority } from '../../config/specs.js';
import type { IncidentCommand } from '../commands.js';
import { decide } from '../decide.js';
import type { EngagedTrack, IncidentEvent } from '../events.js';
import { dueWork } from '../deadline.js';
import { foldEvents } from '../fold.js';
import type { IncidentState } from '../state.js';

export const T0 = '2026-03-02T10:00:00.000Z';
export const at = (seconds: number): string => new Date(Date.parse(T0) + seconds * 1000).toISOString();

export const checkoutTrack: EngagedTrack = {
  name: 'checkout',
  team: 'checkout',
  discipline: 'development',
  required: false,
  steps: 2,
  repeat: 1,
};
export const securityTrack: EngagedTrack = {
  ...checkoutTrack,
  name: 'trust',
  team: 'trust',
  discipline: 'security',
  required: true,
  repeat: 0,
};

export class IncidentStory {
  events: IncidentEvent[] = [];
  state: IncidentState;

  constructor(
    tracks: EngagedTrack[] = [checkoutTrack],
    { ackTimeoutMs = 1_800_000, alert = 'alert-1' as string | null, priority = 'P1' as Priority } = {},
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
        tracks,
        ackTimeoutMs,
        alert,
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

  /** The workflow pages the rung that is due. */
  page(
    people: string[],
    {
      track = 'checkout',
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
        track,
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

  /** `teams`: what the record knows of the person when it is asked. */
  acknowledge(person: string, seconds = 10, teams: string[] = []): string {
    return this.ask({ type: 'acknowledge', person, teams }, { seconds, actor: person });
  }

  /** Another priority, as `applyPriority` asks for it. */
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

  /** Tracks that owe a page, and the rungs they owe. */
  get owed(): string[] {
    return dueWork(this.state, 0).flatMap((work) =>
      work.type === 'page' ? [`${work.track} ${work.due.cycle}/${work.due.step}`] : [],
    );
  }

  get kinds(): string[] {
    return this.events.map((event) => event.kind);
  }

  track(name = 'checkout') {
    return this.state.tracks.find((track) => track.name === name);
  }
}
