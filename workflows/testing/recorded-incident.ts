/** The record of one incident kept in memory with the real `decide` and fold, and the activities on top. For workflow tests. */
import type { Happened, IncidentActivities, Sent } from '../../activities/incident-activities.js';
import type { IncidentCommand } from '../../domain/incident/commands.js';
import type { EngagedTrack, IncidentEvent } from '../../domain/incident/events.js';
import { IncidentStory, T0 } from '../../domain/incident/testing/incident-story.js';

type Asked<Name extends keyof IncidentActivities> = Parameters<IncidentActivities[Name]>[0];

export class RecordedIncident {
  readonly story: IncidentStory;
  /** Rungs that were really paged, as `checkout 0.1`. */
  readonly pages: string[] = [];
  /** Activities as they were called. */
  readonly calls: string[] = [];
  /** The next calls find no database. */
  outages = 0;

  constructor(
    tracks: EngagedTrack[],
    /** Until the next rung is due. */
    private readonly waitMs: number,
  ) {
    this.story = new IncidentStory(tracks);
  }

  /** Somebody's command; returns the events that the relay is to signal. */
  by(actor: string, command: IncidentCommand): IncidentEvent[] {
    const before = this.story.events.length;
    const answer = this.story.ask(command, { seconds: now(), actor });
    if (answer !== 'accepted') throw new Error(`${command.type} was answered ${answer}`);
    return this.story.events.slice(before);
  }

  readonly activities: Omit<IncidentActivities, 'page'> = {
    pageRungs: async (request) => {
      this.asked('pageRungs');
      for (const rung of request.rungs) this.page(rung);
      return { ...this.since(request), nextDueMs: null };
    },
    note: async (request) => {
      this.asked('note');
      this.story.ask(request.command, { seconds: now() });
      return { ...this.since(request), nextDueMs: null };
    },
    startRunbooks: async (request) => {
      this.asked('startRunbooks');
      return this.since(request);
    },
    draftPostmortem: async (request) => {
      this.asked('draftPostmortem');
      const due = new Date(Date.now() + 86_400_000).toISOString();
      const quorum = { participants: 1, stakeholders: 1 };
      this.story.ask({ type: 'draft_postmortem', kind: 'full', due, quorum }, { seconds: now() });
      return this.since(request);
    },
    remindReview: async (request) => {
      this.asked('remindReview');
      return this.since(request);
    },
    catchUp: async (request) => {
      this.asked('catchUp');
      return this.since(request);
    },
  };

  async sendDue(request: { incidentId: string; afterSeq: number }): Promise<Sent> {
    return { ...this.since(request), nextDueMs: null };
  }

  private page({ track, due }: Asked<'pageRungs'>['rungs'][number]): void {
    const rung = { track, ...due, seconds: now(), wait: this.waitMs / 1000 };
    if (this.story.page(['ana'], rung) === 'accepted') this.pages.push(`${track} ${due.cycle}.${due.step}`);
  }

  private since({ afterSeq }: { afterSeq: number }): Happened {
    return { events: this.story.events.filter((event) => event.seq > afterSeq) };
  }

  private asked(activity: string): void {
    this.calls.push(activity);
    if (this.outages === 0) return;
    this.outages -= 1;
    throw new Error('no connection');
  }
}

/** Seconds since the story began, on the real clock. */
const now = (): number => (Date.now() - Date.parse(T0)) / 1000;
