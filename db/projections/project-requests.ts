/**
 * Messages that ask people for something other than the answer to a page: approvals, reviews, reminders, notices.
 * Their ledger rows are planned in the transaction of the event, so a crash in between loses none.
 */
import type { EntityManager } from 'typeorm';
import type { ConfigSnapshot } from '../../domain/config/specs.js';
import type { Urgency } from '../../domain/config/terms.js';
import type { DeliveryType } from '../../domain/delivery/message.js';
import { effectivePerson } from '../../domain/people/effective-person.js';
import { personalPages } from '../../domain/escalation/plan-page.js';
import type { IncidentEvent } from '../../domain/incident/events.js';
import { holderNotice } from '../../domain/incident/holder-notice.js';
import type { IncidentState } from '../../domain/incident/state.js';
import type { Ledger } from '../delivery/ledger.js';

export interface MessageRequest {
  type: DeliveryType;
  /** `id` is part of the ledger key: one request is one message per contact. */
  subject: Record<string, unknown> & { id: string };
  people: string[];
  urgency: Urgency;
  /** A repeat of the same request (a reminder) is a new cycle. */
  cycle: number;
}

export async function planRequest(
  tx: EntityManager,
  ledger: Ledger,
  snapshot: ConfigSnapshot,
  about: { incidentId: string; now: string },
  { people, urgency, cycle, type, subject }: MessageRequest,
): Promise<void> {
  const planned = people.flatMap((person) =>
    personalPages(person, effectivePerson(snapshot, person), {
      urgency,
      now: about.now,
      because: 'asked',
    }).map(({ because: _because, ...page }) => ({
      ...page,
      type,
      subject,
      escalation: null,
      cycle,
      step: 0,
    })),
  );
  await ledger.plan(tx, about.incidentId, about.now, planned, null);
}

/** The message request that an event implies, or null. */
export function requestOf(
  event: IncidentEvent,
  state: IncidentState,
  incidentUrgency: Urgency,
): MessageRequest | null {
  const due = state.postmortem.due ?? event.at;
  // Keyed by the event: a new request (a new submission, a changed text) is a new message, a repeated call is not.
  const review = (people: string[], cycle = 0): MessageRequest => ({
    type: 'review.requested',
    subject: { id: `${state.id}/${event.seq}`, due },
    people,
    urgency: 'low',
    cycle,
  });
  switch (event.kind) {
    case 'approval_requested': {
      const { approval: id, run, step, title, message, expiresAt, people } = event.data;
      return {
        type: 'approval.requested',
        subject: { id, run, step, message, expiresAt, ...(title === undefined ? {} : { title }) },
        people,
        urgency: 'high',
        cycle: 0,
      };
    }
    case 'postmortem_submitted':
      return review(event.data.reviewers.map((reviewer) => reviewer.person));
    case 'postmortem_edited':
      // Reviewers who had decided on the previous text get a new request; the others still have the first message.
      return state.postmortem.status === 'in_review'
        ? review(
            state.postmortem.reviews
              .filter((one) => one.decision === 'pending' && one.revision > 0)
              .map((one) => one.person),
          )
        : null;
    case 'review_decided':
      return event.data.decision === 'delegate' && event.data.to !== null ? review([event.data.to]) : null;
    case 'review_overdue': {
      const { reminder, people } = event.data;
      if (state.postmortem.status === 'in_review') return review(people, reminder);
      const text = `The post-mortem of ${state.number} was due ${due} and has not been submitted. Please write it, or ask for a waiver.`;
      return {
        type: 'notice.sent',
        subject: { id: `overdue/${state.id}`, text },
        people,
        urgency: 'low',
        cycle: reminder,
      };
    }
    case 'update_overdue': {
      const { reminder, people, due: dueAt } = event.data;
      const { number, title } = state;
      return {
        type: 'notice.sent',
        subject: {
          id: `update/${state.id}/${event.seq}`,
          text: `An update on ${number} (${title}) was due ${dueAt}: write what is known, also when nothing has changed. It has been asked for ${reminder === 1 ? 'once' : `${reminder} times`}.`,
        },
        people,
        // Managers and admins need not be woken because a note is missing.
        urgency: reminder === 1 ? incidentUrgency : 'low',
        cycle: 0,
      };
    }
    default: {
      const notice = holderNotice(event, state);
      if (notice === null) return null;
      const { id, text, person } = notice;
      return {
        type: 'notice.sent',
        subject: { id, text },
        people: [person],
        urgency: incidentUrgency,
        cycle: 0,
      };
    }
  }
}
