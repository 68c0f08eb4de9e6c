/** Bounds of what people do with their contacts (security.md S13, §3.13: paid channels are a target of toll fraud). */
export const CODE_MINUTES = 10;
/** A sign-in link works once, for so long. Mailed ones of one person: so many at a time. */
export const SIGN_IN_MINUTES = 15;
export const SIGN_IN_LINKS_MAILED = 3;
export const CODE_TRIES = 5;
/** Between two messages that one contact is sent on demand. */
export const RESEND_AFTER_MS = 30_000;
/** In an hour: of one person, and to one address, whoever asks. */
export const SENT_PER_PERSON = 15;
export const SENT_PER_ADDRESS = 6;
/** Of one person, beside those in the document. */
export const MAX_CONTACTS = 20;
/** A test page can be confirmed for so long; unanswered after a day it counts as a hole. */
export const TEST_OPEN_DAYS = 7;
export const TEST_ANSWER_HOURS = 24;
