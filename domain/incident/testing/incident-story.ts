/** An incident told as commands, for tests: each line is asked of `decide` and folded, as the database does it. */
import type { IncidentCommand } from '../commands.js';
import { decide } from '../decide.js';
import type { EngagedTrack, IncidentEvent } from '../events.js';
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
    { ackTimeoutMs = 1_800_000, alert = 'alert-1' as string | null } = {},
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
        priority: 'P1',
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
  ask(command: IncidentCommand, { seconds = 0, actor = 'tocsin' } = {}): string {
    const decision = decide(this.state, command, { actor, now: at(seconds) });
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

  acknowledge(person: string, seconds = 10): string {
    return this.ask({ type: 'acknowledge', person }, { seconds, actor: person });
  }

  get kinds(): string[] {
    return this.events.map((event) => event.kind);
  }

  track(name = 'checkout') {
    return this.state.tracks.find((track) => track.name === name);
  }
}
