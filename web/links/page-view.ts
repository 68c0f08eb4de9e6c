/** Data of the page of a mailed link; what its reader has done and may do. */
import type { AlertReply, Answers, IncidentDetail } from '../../services/reply/link-views.js';
import type { EscalationPreview } from '../../services/escalation/escalation-preview.js';
import type { DiagnosticSeen } from '../ui/diagnostic-list.js';
import type { WaitingStep } from './page-steps.js';
import type { WorkView } from './page-work.js';

export interface PageLinkView extends WorkView {
  alerts: readonly AlertReply[];
  diagnostics: readonly DiagnosticSeen[];
  dashboards: IncidentDetail['links'];
  previews: readonly EscalationPreview[];
  steps: readonly WaitingStep[];
  answers: Answers;
  /** When this person said "Can't take it"; null when they did not. */
  declinedAt: string | null;
}

/** True while a step waits for this person. */
export const mayDecline = ({ link: { incident, person } }: PageLinkView): boolean =>
  incident.escalations.some(
    (escalation) =>
      escalation.phase === 'waiting' &&
      incident.responders.some((one) => one.person === person.name && one.team === escalation.team),
  );

export const isMine = ({ link: { incident, person } }: PageLinkView): boolean =>
  incident.status === 'acknowledged' && incident.acknowledgedBy === person.name;

/** Also true for a person who acknowledged after the holder. */
export const hasAnswered = (view: PageLinkView): boolean => {
  const { incident, person } = view.link;
  return (
    isMine(view) || (incident.status === 'acknowledged' && acknowledgedAt(view.answers, person.name) !== null)
  );
};

/** When this person's acknowledgement that still holds was given. */
export const acknowledgedAt = (answers: Answers, person: string): string | null => {
  const answer = answers.get(person)?.answer ?? null;
  return answer?.kind === 'acknowledged' && answer.holds ? answer.at : null;
};
