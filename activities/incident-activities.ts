/**
 * Activities of the incident workflow: local activities, called by no other workflow. Each names the work that the workflow
 * believes to be due, and the record decides under the row lock (docs/adr/0027). Every result contains the events since
 * `afterSeq`, so the workflow is up to date.
 */
import { ApplicationFailure } from '@temporalio/common';
import { dueItem, type DueItem } from '../domain/incident/deadline.js';
import type { About, DueWorkPort, Happened, Sent } from '../ports/due-work.js';
import type { ResponsePort } from '../ports/incident.js';

export interface IncidentPorts {
  dueWork: Pick<DueWorkPort, 'run'>;
  response: ResponsePort;
}

export const createIncidentActivities = ({ dueWork, response }: IncidentPorts) => ({
  /** Several items in one call, because the workflow has one call under way. */
  async runDueWork({ items, incidentId, afterSeq }: About & { items: DueItem[] }): Promise<Sent> {
    return dueWork.run({
      incidentId,
      afterSeq,
      // Only what no person decides and the record refuses before its time.
      items: items.map((item) => {
        const due = dueItem(item);
        if (due === null)
          throw ApplicationFailure.nonRetryable(
            `${String(item.type)} is no due work of an incident`,
            'NotDueWork',
          );
        return due;
      }),
    });
  },

  async startRunbooks(about: About): Promise<Happened> {
    const { events } = await response.startRunbooks(about);
    return { events };
  },

  async draftPostmortem(about: About): Promise<Happened> {
    const { events } = await response.draftPostmortem(about);
    return { events };
  },

  /** For a workflow that detected a gap in `seq`. */
  async catchUp({ incidentId, afterSeq }: About): Promise<Happened> {
    return { events: await response.eventsAfter(incidentId, afterSeq) };
  },
});

export type IncidentActivities = ReturnType<typeof createIncidentActivities>;
