/** Hours of the day in which messages of low urgency wait, as the clock on the person's wall shows them. */
export interface QuietHours {
  /** `22:00`. */
  from: string;
  /** `07:00`; earlier than `from` means the next day. The two differ. */
  to: string;
}
