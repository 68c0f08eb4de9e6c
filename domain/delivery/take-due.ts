import { type DeliveryState, moved } from './delivery-state.js';

/**
 * The state of a due row that a sender takes: leased for an attempt, or ended, when its sender disappeared and the page was
 * answered meanwhile.
 */
export const take = ({
  state,
  reason,
}: {
  state: DeliveryState;
  reason: string | null;
}): 'sending' | 'failed' => moved(state, state === 'sending' && reason !== null ? 'failed' : 'sending');
