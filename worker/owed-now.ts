/**
 * Something is due that its workflow waits for until later, or does not know of: a text that came back (the next contact is tried
 * now), a page whose bundle failed, a retry of what the pager tried. The ledger says so by NOTIFY; it is sent from here by the
 * same activity, and what that decides is told to the workflow. What the incident owes next is followed up from here as well: its
 * workflow has not heard of this attempt, so not of its retry either. A notice that is lost costs a minute: then the pager
 * finds the row late.
 */
import type { Logger } from 'pino';
import type { SendingActivities } from '../activities/sending-activities.js';

/** The workflow is told what happened; nobody here wants the events. */
const NO_EVENTS = 2_147_483_647;
/** The longest pause between two attempts, and the time of a receipt. By what comes later the workflow has woken by itself. */
const FOLLOWED_MS = 300_000;
/** Incidents at once; in a storm beyond that the workflows and the pager come later. */
const FOLLOWED_AT_ONCE = 500;
/** What is due and could not be had (another sender holds it) is looked at again after this, and then twice as long each time. */
const AGAIN_MS = 100;
const AGAIN_AT_MOST_MS = 10_000;

export class OwedNow {
  private readonly underWay = new Map<string, Promise<void>>();
  private readonly next = new Map<string, Promise<void>>();
  private readonly followed = new Map<string, NodeJS.Timeout>();
  private stopped = false;

  constructor(
    private readonly sending: Pick<SendingActivities, 'sendDue'>,
    private readonly log: Logger,
  ) {}

  /** Never rejects. Told again meanwhile, however often, it looks once more afterwards. */
  hear(incidentId: string): Promise<void> {
    const queued = this.next.get(incidentId);
    if (queued !== undefined) return queued;
    const before = this.underWay.get(incidentId);
    if (before === undefined) return this.send(incidentId, 0);
    const sent = before.then(() => {
      this.next.delete(incidentId);
      return this.send(incidentId, 0);
    });
    this.next.set(incidentId, sent);
    return sent;
  }

  async stop(): Promise<void> {
    this.stopped = true;
    for (const timer of this.followed.values()) clearTimeout(timer);
    this.followed.clear();
    await Promise.all([...this.underWay.values(), ...this.next.values()]);
  }

  /** `pausedMs`: waited before this look, because something was due and could not be had. */
  private send(incidentId: string, pausedMs: number): Promise<void> {
    clearTimeout(this.followed.get(incidentId));
    this.followed.delete(incidentId);
    const sent: Promise<void> = this.sending
      .sendDue({ incidentId, afterSeq: NO_EVENTS })
      .then(
        ({ nextDueMs }) => this.follow(incidentId, nextDueMs, pausedMs),
        (error: unknown) =>
          this.log.warn(
            { error, incident: incidentId },
            'what became due was not sent at once; the pager will',
          ),
      )
      .finally(() => this.underWay.delete(incidentId));
    this.underWay.set(incidentId, sent);
    return sent;
  }

  private follow(incidentId: string, nextDueMs: number | null, pausedMs: number): void {
    if (this.stopped || nextDueMs === null || nextDueMs > FOLLOWED_MS) return;
    if (this.followed.size >= FOLLOWED_AT_ONCE) return;
    const pauseMs = nextDueMs >= AGAIN_MS ? 0 : Math.min(Math.max(2 * pausedMs, AGAIN_MS), AGAIN_AT_MOST_MS);
    const look = (): void => void this.send(incidentId, pauseMs);
    this.followed.set(incidentId, setTimeout(look, Math.max(nextDueMs, pauseMs)).unref());
  }
}
