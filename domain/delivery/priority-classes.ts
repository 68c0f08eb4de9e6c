/**
 * Priority classes for sending when not everything can go at once (docs/reliability.md R16): pages, then messages a person waits
 * for, then updates, then digests. Pure; the ledger stores the class as a number, 0 being the most urgent.
 */
export const PRIORITY_CLASSES = ['page', 'reply', 'update', 'digest'] as const;
export type PriorityClass = (typeof PRIORITY_CLASSES)[number];

/** Class by message type. An unknown type is an update: it neither delays a page nor waits behind a digest. */
export function priorityClassOf(type: string): PriorityClass {
  if (type === 'page.requested') return 'page';
  // A run, or a person who must enter a code, waits for these.
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

export const priorityClassNumber = (priorityClass: PriorityClass): number =>
  PRIORITY_CLASSES.indexOf(priorityClass);

export const priorityClassAt = (number: number): PriorityClass => PRIORITY_CLASSES[number] ?? 'digest';
