/**
 * Who goes first when not everything can go at once (R16): pages, then what somebody waits for, then news, then what can wait.
 * Pure; the ledger keeps the lane as a number, so that 0 is the most urgent.
 */
export const LANES = ['page', 'reply', 'update', 'digest'] as const;
export type Lane = (typeof LANES)[number];

/** By type of message. One that is not known here is news: it neither delays a page nor waits behind a digest. */
export function laneOf(type: string): Lane {
  if (type === 'page.requested') return 'page';
  // A run, or a person with a code in hand, waits for these.
  if (type === 'approval.requested' || type === 'contact.code' || type === 'contact.sign-in') return 'reply';
  if (
    type === 'review.requested' ||
    type === 'contact.test' ||
    type === 'contact.notice' ||
    type.startsWith('digest.')
  )
    return 'digest';
  return 'update';
}

export const laneNumber = (lane: Lane): number => LANES.indexOf(lane);

export const laneAt = (number: number): Lane => LANES[number] ?? 'digest';
