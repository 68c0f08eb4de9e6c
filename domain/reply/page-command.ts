/** Maps an answer to a page to its command, the same for a link's button, a reply, a digit or a chat button. */
import type { IncidentCommand } from '../incident/commands.js';
import type { IncidentState } from '../incident/state.js';
import type { ReplyIntent } from './grammar.js';

/** `comment`: the person's text beside the button; null for none. */
export function pageCommand(
  state: Pick<IncidentState, 'escalations' | 'responders'>,
  { name: person, displayName }: { name: string; displayName: string },
  intent: ReplyIntent,
  comment: string | null,
): IncidentCommand {
  switch (intent) {
    case 'acknowledge':
      return { type: 'acknowledge', person };
    case 'decline':
      return { type: 'decline', person, comment };
    case 'resolve':
      return { type: 'resolve', comment, because: 'person' };
    case 'escalate': {
      // A person paged for one team escalates that team's escalation, any other person all of them.
      const own = state.escalations.filter((escalation) =>
        state.responders.some((one) => one.person === person && one.team === escalation.team),
      );
      const escalation = own.length === 1 ? (own[0]?.name ?? null) : null;
      return {
        type: 'escalate',
        step: null,
        escalation,
        reason: comment ?? `${displayName} requested the next step`,
      };
    }
  }
}

/** The step of an escalation that sent a page. */
export interface PageStep {
  escalation: string;
  cycle: number;
  step: number;
}

/**
 * The current step when the escalation has left the step of the answered page: "Escalate" in that page is then done already, and
 * another step would be one too many. Null: it has not left it.
 */
export function wentOnTo(state: Pick<IncidentState, 'escalations'>, from: PageStep | null): number | null {
  const escalation = state.escalations.find(({ name }) => name === from?.escalation);
  if (from === null || escalation === undefined) return null;
  return escalation.cycle === from.cycle && escalation.step === from.step ? null : escalation.step;
}
