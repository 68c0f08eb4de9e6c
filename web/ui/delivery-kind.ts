/** Event type of a delivery in words; an unknown type stays as it is. */
const kinds: Readonly<Record<string, string>> = {
  'page.requested': 'page',
  'page.updated': 'page update',
  'approval.requested': 'approval request',
  'review.requested': 'review request',
  'notice.sent': 'notice',
  'contact.code': 'verification code',
  'contact.test': 'test page',
  'incident.event': 'incident event',
};

export const deliveryKind = (type: string): string =>
  Object.hasOwn(kinds, type) ? (kinds[type] ?? type) : type;
