/** Hours of the day in which low-urgency messages wait, in the person's local time. */
export interface QuietHours {
  /** `22:00`. */
  from: string;
  /** `07:00`; earlier than `from` means the next day. The two differ. */
  to: string;
}
