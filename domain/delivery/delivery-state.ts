/** States of a ledger row, and the moves between them (docs/reliability.md §3). The database enforces the same table. */
export type DeliveryState =
  'planned' | 'sending' | 'accepted' | 'delivered' | 'failed' | 'exhausted' | 'suppressed';

const legal: Record<DeliveryState, readonly DeliveryState[]> = {
  planned: ['sending', 'suppressed'],
  // A receipt may arrive before the provider's response to the send; the row is then delivered at once.
  sending: ['accepted', 'delivered', 'failed', 'sending', 'exhausted', 'suppressed'],
  accepted: ['delivered', 'failed'],
  delivered: [],
  // An earlier attempt's "accepted" may be written late; it wins over failures recorded in the meantime.
  failed: ['sending', 'exhausted', 'accepted', 'delivered'],
  exhausted: ['accepted', 'delivered'],
  suppressed: [],
};

export const isLegalMove = (from: DeliveryState, to: DeliveryState): boolean => legal[from].includes(to);

export class IllegalMove extends Error {
  override readonly name = 'IllegalMove';
}

/** The state after a move. The end of an attempt, a receipt and a take pass here; the database's trigger checks all other moves. */
export function moved<To extends DeliveryState>(from: DeliveryState, to: To): To {
  if (!isLegalMove(from, to))
    throw new IllegalMove(
      `a delivery cannot go from ${from} to ${to}; from ${from} it goes to ${legal[from].join(', ') || 'no other state'}`,
    );
  return to;
}

/**
 * A step whose rows have all ended without reaching a person is dead: the escalation continues at once instead of waiting
 * (docs/reliability.md R5).
 */
export function isDeadStep(states: readonly DeliveryState[]): boolean {
  return (
    states.length > 0 &&
    states.every((state) => state === 'exhausted' || state === 'suppressed') &&
    states.includes('exhausted')
  );
}
