/** In-memory record of one incident with the real `decide` and fold, and the activities on top. For workflow tests. */
import type { Happened, IncidentActivities, Sent } from '../../activities/incident-activities.js';
import type { IncidentCommand } from '../../domain/incident/commands.js';
import type { EngagedEscalation, IncidentEvent } from '../../domain/incident/events.js';
import { IncidentBuilder, T0 } from '../../domain/incident/testing/incident-builder.js';

type RequestOf<Name extends keyof IncidentActivities> = Parameters<IncidentActivities[Name]>[0];

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

  readonly activities: Omit<IncidentActivities, 'page'> = {
    pageSteps: async (request) => {
      this.asked('pageSteps');
      for (const stepRef of request.stepRefs) this.page(stepRef);
      return { ...this.since(request), nextDueMs: null };
    },
    note: async (request) => {
      this.asked('note');
      this.builder.ask(request.command, { seconds: now() });
      return { ...this.since(request), nextDueMs: null };
    },
    startRunbooks: async (request) => {
      this.asked('startRunbooks');
      return this.since(request);
    },
    draftPostmortem: async (request) => {
      this.asked('draftPostmortem');
      const due = new Date(Date.now() + 86_400_000).toISOString();
      this.builder.ask({ type: 'draft_postmortem', due }, { seconds: now() });
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

  private page({ escalation, due }: RequestOf<'pageSteps'>['stepRefs'][number]): void {
    const stepRef = { escalation, ...due, seconds: now(), wait: this.waitMs / 1000 };
    if (this.builder.page(['ana'], stepRef) === 'accepted')
      this.pages.push(`${escalation} ${due.cycle}.${due.step}`);
  }

  private since({ afterSeq }: { afterSeq: number }): Happened {
    return { events: this.builder.events.filter((event) => event.seq > afterSeq) };
  }

  private asked(activity: string): void {
    this.calls.push(activity);
    if (this.outages === 0) return;
    this.outages -= 1;
    throw new Error('no connection');
  }
}

/** Seconds since the start of the test, on the real clock. */
const now = (): number => (Date.now() - Date.parse(T0)) / 1000;
