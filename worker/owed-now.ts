/**
 * A receipt has made a row due that its workflow waits for until later (a text that came back: the next contact is tried now).
 * The ledger says so by NOTIFY; it is sent from here by the same activity, and what that decides is told to the workflow. A
 * notice that is lost costs a minute: then the pager finds the row late.
 */
import type { Logger } from 'pino';
import type { SendingActivities } from '../activities/sending-activities.js';

/** The workflow is told what happened; nobody here wants the events. */
const NO_EVENTS = 2_147_483_647;

export class OwedNow {
  private readonly underWay = new Map<string, Promise<void>>();

  constructor(
    private readonly sending: Pick<SendingActivities, 'sendDue'>,
    private readonly log: Logger,
  ) {}

  /** Never rejects. Told again meanwhile, it looks again afterwards. */
  hear(incidentId: string): Promise<void> {
    const before = this.underWay.get(incidentId) ?? Promise.resolve();
    const sent: Promise<void> = before
      .then(() => this.sending.sendDue({ incidentId, afterSeq: NO_EVENTS }))
      .then(
        () => undefined,
        (error: unknown) =>
          this.log.warn(
            { error, incident: incidentId },
            'what a receipt made due was not sent; the pager will',
          ),
      )
      .finally(() => {
        if (this.underWay.get(incidentId) === sent) this.underWay.delete(incidentId);
      });
    this.underWay.set(incidentId, sent);
    return sent;
  }

  async stop(): Promise<void> {
    await Promise.all(this.underWay.values());
  }
}
