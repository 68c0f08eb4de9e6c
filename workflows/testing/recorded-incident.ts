/** In-memory record of one incident with the real `decide` and fold, and the activities on top. For workflow tests. */
import type { IncidentActivities } from '../../activities/incident-activities.js';
import type { DueItem } from '../../domain/incident/deadline.js';
import type { Happened, Sent } from '../../ports/due-work.js';
import type { IncidentCommand } from '../../domain/incident/commands.js';
import type { EngagedEscalation, IncidentEvent } from '../../domain/incident/events.js';
import { IncidentBuilder, T0 } from '../../domain/incident/testing/incident-builder.js';

export class RecordedIncident {
  readonly builder: IncidentBuilder;
  /** Escalation steps that were really paged, as `checkout 0.1`. */
  readonly pages: string[] = [];
  /** Names of called activities, in order. */
  readonly calls: string[] = [];
  /** Number of upcoming calls that find no database. */
  outages = 0;

  constructor(
    escalations: EngagedEscalation[],
    /** Wait before the next escalation step is due. */
    private readonly waitMs: number,
  ) {
    this.builder = new IncidentBuilder(escalations);
  }

  /** Records a person's command; returns the events for the relay to signal. */
  by(actor: string, command: IncidentCommand): IncidentEvent[] {
    const before = this.builder.events.length;
    const answer = this.builder.ask(command, { seconds: now(), actor });
    if (answer !== 'accepted') throw new Error(`${command.type} was answered ${answer}`);
    return this.builder.events.slice(before);
  }

  readonly activities: IncidentActivities = {
    runDueWork: async (request) => {
      this.called('runDueWork');
      for (const item of request.items) this.run(item);
      return { ...this.since(request), nextDueMs: null };
    },
    startRunbooks: async (request) => {
      this.called('startRunbooks');
      return this.since(request);
    },
    draftPostmortem: async (request) => {
      this.called('draftPostmortem');
      const due = new Date(Date.now() + 86_400_000).toISOString();
      this.builder.ask({ type: 'draft_postmortem', due }, { seconds: now() });
      return this.since(request);
    },
    catchUp: async (request) => {
      this.called('catchUp');
      return this.since(request);
    },
  };

  async sendDue(request: { incidentId: string; afterSeq: number }): Promise<Sent> {
    return { ...this.since(request), nextDueMs: null };
  }

  private run(item: DueItem): void {
    if (item.type === 'remind_review') return;
    if (item.type === 'remind_update')
      return void this.builder.ask({ ...item, people: ['ana'] }, { seconds: now() });
    if (item.type !== 'page') return void this.builder.ask({ type: item.type }, { seconds: now() });
    const { escalation, due } = item;
    const stepRef = { escalation, ...due, seconds: now(), wait: this.waitMs / 1000 };
    if (this.builder.page(['ana'], stepRef) === 'accepted')
      this.pages.push(`${escalation} ${due.cycle}.${due.step}`);
  }

  private since({ afterSeq }: { afterSeq: number }): Happened {
    return { events: this.builder.events.filter((event) => event.seq > afterSeq) };
  }

  private called(activity: string): void {
    this.calls.push(activity);
    if (this.outages === 0) return;
    this.outages -= 1;
    throw new Error('no connection');
  }
}

/** Seconds since the start of the test, on the real clock. */
const now = (): number => (Date.now() - Date.parse(T0)) / 1000;
