/** Status of a text or a call, as a phone provider reports it → what it says about the message. Pure. */

export interface PhoneState {
  /** The provider's name of the status. */
  status: string;
  /** The answering party of a call (human, machine, fax), as far as the provider can tell. */
  answeredBy: string | null;
  error: string | null;
}

export type PhoneVerdict = { verdict: 'delivered' | 'read' | 'failed'; error?: string };

/**
 * Null: the status says nothing yet. An answered call reached a person only when a human answered: voicemail answers calls too, and
 * `completed` says nothing then. Pressed digits are replies, which mark the contact as reached.
 */
export function verdictOf({ status, answeredBy, error }: PhoneState): PhoneVerdict | null {
  if (answeredBy !== null) {
    if (answeredBy === 'human') return { verdict: 'delivered' };
    if (/^(?:machine|fax)/.test(answeredBy))
      return { verdict: 'failed', error: `answered by ${answeredBy.replaceAll('_', ' ')}: not reached` };
  }
  switch (status) {
    case 'delivered':
    case 'read':
      return { verdict: status };
    case 'failed':
    case 'undelivered':
    case 'canceled':
    case 'busy':
    case 'no-answer':
    case 'sending_failed':
    case 'delivery_failed':
      return { verdict: 'failed', error: error === null ? status : `${status}: ${error}` };
    default:
      return null;
  }
}
