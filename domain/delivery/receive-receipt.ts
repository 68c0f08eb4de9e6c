/** Decides what a provider's receipt changes on its ledger row (docs/reliability.md §3): it moves the row only forwards. */
import { type DeliveryState, moved } from './delivery-state.js';

export type Verdict = 'delivered' | 'read' | 'failed' | 'bounced';

export const saysArrived = (verdict: string | null): boolean => verdict === 'delivered' || verdict === 'read';
export const saysLost = (verdict: string | null): boolean => verdict === 'failed' || verdict === 'bounced';

export interface ReceivingRow {
  state: DeliveryState;
  attempts: number;
  receipt: string | null;
  provider: string | null;
  providerId: string | null;
}

export interface Receipt {
  provider: string;
  /** The provider's message id; null when the receipt does not name it. */
  providerId: string | null;
  verdict: Verdict;
}

/**
 * The row's state with the receipt; null for a receipt that is late: the row has moved on (answered, failed, another attempt or
 * provider). A receipt may overtake the provider's response: the row then stays `sending`, and its sender settles with the
 * receipt (`settle`).
 */
export function receiveReceipt(row: ReceivingRow, receipt: Receipt): DeliveryState | null {
  const { state } = row;
  if (row.provider !== null && row.provider !== receipt.provider) return null;
  // A receipt of an earlier attempt says nothing about the current message.
  if (
    row.providerId !== null &&
    receipt.providerId !== null &&
    row.providerId !== receipt.providerId &&
    state !== 'sending'
  )
    return null;
  const isGood = saysArrived(receipt.verdict);
  switch (state) {
    case 'accepted':
      return moved(state, isGood ? 'delivered' : 'failed');
    case 'delivered':
      return receipt.verdict === 'read' && row.receipt !== 'read' ? state : null;
    case 'sending':
      return isGood || row.attempts === 1 ? state : null;
    default:
      return null;
  }
}
