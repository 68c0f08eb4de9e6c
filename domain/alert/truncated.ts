/** Shown in the response and on the incident when a sender omitted alerts from its notification (Alertmanager's `max_alerts`). */
export const truncatedText = (count: number): string =>
  `The sender left ${count} ${count === 1 ? 'alert' : 'alerts'} of this group out of its notification (max_alerts); they are not known here. Raise max_alerts, or set it to 0.`;
