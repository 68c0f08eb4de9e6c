/**
 * One sentence per event, for the timeline, mails and pages. Event data contains text written by others: escape it where it is
 * shown.
 */
import type { IncidentEvent } from './events.js';
import { actorWords, isKey } from './actors.js';
import { type NameOf, spoken, withNamesMarked } from '../people/spoken.js';
import { stepRefText } from './step-text.js';

const people = (names: readonly string[]): string => (names.length === 0 ? 'nobody' : names.join(', '));

const because = (reason: string | null): string => (reason === null || reason === '' ? '' : `: ${reason}`);

const by = ({ actor, onBehalfOf }: IncidentEvent): string => actorWords(actor, onBehalfOf);

const count = (many: number, one: string): string => `${many} ${one}${many === 1 ? '' : 's'}`;

const stillFiring = ({ stillFiring: many = 0 }: { stillFiring?: number }): string =>
  many === 0 ? '' : `. ${count(many, 'alert')} still fired; the next message of one reopens it`;

const until = (at: string | null): string => (at === null ? '' : ` until ${at}`);

/** The step's title, else its id. */
const stepOf = ({ step, title }: { step: string; title?: string }): string =>
  title === undefined ? step : `"${title}"`;

/** True when the message alone says what is approved: it begins with the title, or there is only an id to add. */
const namesItsStep = ({ title, message }: { title?: string; message: string }): boolean =>
  title === undefined || message.startsWith(title.replace(/…$/, ''));

/** `nameOf`: display names; without it people, teams and services appear by their slugs. */
export const describeEvent = (event: IncidentEvent, nameOf?: NameOf): string =>
  nameOf === undefined ? sentenceOf(event) : spoken(sentenceOf(withNamesMarked(event)), nameOf);

function sentenceOf(event: IncidentEvent): string {
  const { actor } = event;
  switch (event.kind) {
    case 'opened': {
      const { number, priority, title, drill, service } = event.data;
      return `${drill === null ? '' : 'DRILL: '}${number} opened as ${priority}${service === null ? '' : ` on ${service}`}: ${title}`;
    }
    case 'alert_joined':
      return event.data.movedFrom === undefined
        ? `Alert joined (${event.data.severity}): ${event.data.title}`
        : `Alert moved here from ${event.data.movedFrom} (${event.data.severity}): ${event.data.title}`;
    case 'alert_moved':
      return `Alert ${event.data.isNew ? 'split off into' : 'moved to'} ${event.data.into}: ${event.data.title}`;
    case 'alert_closed':
      return `Alert closed${event.data.because === undefined ? '' : ` as stale (${event.data.because})`}: ${event.data.title}`;
    case 'priority_set':
      return `${event.data.by ?? by(event)} set the priority to ${event.data.priority}${because(event.data.reasons.join('; '))}${event.data.startsOver === true ? '. Paging starts again where nobody has it' : ''}`;
    case 'paged':
      return `${
        event.data.catchAll
          ? `Paged the catch-all: ${people(event.data.people)}`
          : `Paged ${people(event.data.people)} (${event.data.escalation}, ${stepRefText(event.data)})`
      }${event.data.breakGlass === true ? ', by the break-glass pager' : ''}${
        event.data.unreached === undefined ? '' : `; not reached: ${event.data.unreached}`
      }`;
    case 'step_skipped':
      return `Skipped ${stepRefText(event.data)} of ${event.data.escalation}${because(event.data.reason)}`;
    case 'escalated':
      return event.data.to === undefined
        ? `Escalated ${event.data.escalation} to ${stepRefText(event.data)}${because(event.data.reason)}`
        : `${by(event)} reassigned it to ${event.data.to}${because(event.data.reason === `handed to ${event.data.to}` ? null : event.data.reason)}`;
    case 'exhausted':
      return event.data.catchAll.length === 0
        ? `Escalation exhausted: nobody is left to page on ${event.data.escalation}`
        : `Escalation exhausted: ${event.data.escalation} has no step left; the catch-all is ${people(event.data.catchAll)}`;
    case 'acknowledged':
      return event.data.earlier === true
        ? `${event.data.person} had already acknowledged; this counts for ${event.data.answered.join(', ')}`
        : isKey(actor)
          ? `${actorWords(actor)} acknowledged for ${event.data.person}${until(event.data.expiresAt)}`
          : `${event.data.person} acknowledged${until(event.data.expiresAt)}`;
    case 'acknowledgement_expired':
      return 'The acknowledgement expired; paging starts again';
    case 'unacknowledged':
      if (actor === 'tocsin' || actor.startsWith('source:'))
        return `The acknowledgement ended${because(event.data.reason)}; paging starts again`;
      return `${by(event)} unacknowledged it${because(event.data.reason)}`;
    case 'declined':
      return `${event.data.person} can't take it${because(event.data.comment)}`;
    case 'responder_left':
      return `${event.data.person} ${event.data.reason} and is no longer paged`;
    case 'snoozed':
      return `${by(event)} snoozed paging${until(event.data.until)}`;
    case 'snooze_ended':
      return 'The snooze ended; paging starts again';
    case 'resolved':
      switch (event.data.because) {
        case 'person':
          return `${by(event)} resolved${because(event.data.comment)}${stillFiring(event.data)}`;
        case 'alerts_closed':
          return 'Resolved: all alerts are closed';
        case 'drill':
          return 'Resolved: the drill is over';
        case 'quiet':
          return 'Resolved: all alerts have closed, and nothing has happened since';
      }
    case 'resolution_proposed':
      return `Resolution proposed${because(event.data.reason)}${
        event.data.resolvesAt === undefined ? '' : `; else it resolves by itself at ${event.data.resolvesAt}`
      }`;
    case 'update_overdue':
      return `An update was due at ${event.data.due} (reminder ${event.data.reminder}); notified ${people(event.data.people)}`;
    case 'reopened':
      return `${by(event)} reopened${because(event.data.reason)}`;
    case 'noted':
      return `${by(event)}: ${event.data.text}`;
    case 'role_assigned':
      return `${event.data.person} is now ${event.data.role}`;
    case 'merged':
      return `${by(event)} merged this into ${event.data.number}`;
    case 'merged_from':
      return `${event.data.number} was merged into this (${count(event.data.alertsTotal, 'alert')})`;
    case 'diagnostic_finished':
      return `Diagnostic ${event.data.name} ${event.data.ok ? 'passed' : 'failed'}${because(event.data.summary)}`;
    case 'runbook_started':
      return `${by(event)} started runbook ${event.data.runbook}${event.data.dryRun ? ' (dry run)' : ''}`;
    case 'step_waiting':
      return `Step ${stepOf(event.data)} waits for a person`;
    case 'approval_requested':
      return `Approval requested from ${people(event.data.people)}${namesItsStep(event.data) ? '' : ` for ${stepOf(event.data)}`}${because(event.data.message)}`;
    case 'approval_decided':
      return `${event.data.person} ${event.data.decision === 'approve' ? 'approved' : 'rejected'} ${stepOf(event.data)}${because(event.data.comment)}`;
    case 'approval_expired':
      return `The approval of ${stepOf(event.data)} expired`;
    case 'step_retried':
      return `${by(event)} retried ${stepOf(event.data)}`;
    case 'step_finished':
      return `Step ${stepOf(event.data)} ${event.data.state.replace('_', ' ')}${event.data.by === null ? '' : ` by ${event.data.by}`}${because(event.data.text)}`;
    case 'run_cancel_requested':
      return `${by(event)} requested cancellation of the run${because(event.data.reason)}`;
    case 'runbook_finished':
      return `Runbook ${event.data.runbook} ${event.data.state}`;
    case 'postmortem_drafted':
      return `Post-mortem drafted from the record (${event.data.kind}, review due ${event.data.due})`;
    case 'postmortem_edited':
      return `${by(event)} edited the post-mortem (${event.data.sections.join(', ')}; revision ${event.data.revision})`;
    case 'postmortem_submitted':
      return `${event.data.author} submitted the post-mortem; review requested from ${people(event.data.reviewers.map(({ person }) => person))}`;
    case 'review_decided':
      return describeReview(event.data);
    case 'review_overdue':
      return `The post-mortem is overdue (reminder ${event.data.reminder}); notified ${people(event.data.people)}`;
    case 'pulled_out':
      return `${by(event)} pulled it out of the digest, into a ${event.data.kind} post-mortem${because(event.data.reason)}`;
    case 'postmortem_approved':
      return event.data.digest === undefined
        ? `The post-mortem is approved (revision ${event.data.revision})`
        : `${event.data.person ?? 'Somebody'} approved it in the digest ${event.data.digest}${because(event.data.comment ?? null)}`;
    case 'postmortem_waived':
      return event.data.plan === undefined
        ? `${by(event)} waived the post-mortem${because(event.data.reason)}`
        : `Not reviewed: the response plan ${event.data.plan} says so${because(event.data.reason)}`;
    case 'closed':
      return event.data.because === 'merged'
        ? 'Closed: merged'
        : `Closed: the post-mortem is ${event.data.because}`;
  }
}

function describeReview({
  person,
  decision,
  comment,
  to,
}: Extract<IncidentEvent, { kind: 'review_decided' }>['data']): string {
  switch (decision) {
    case 'approve':
      return `${person} approved the post-mortem${because(comment)}`;
    case 'request_changes':
      return `${person} requested changes${because(comment)}`;
    case 'delegate':
      return `${person} delegated the review to ${to ?? 'another person'}${because(comment)}`;
    case 'decline':
      return `${person} declined to review${because(comment)}`;
  }
}
