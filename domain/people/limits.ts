/** Limits on contacts and their messages (docs/security.md S13, §3.13: paid channels are a target of toll fraud). */
export const CODE_MINUTES = 10;
/** A sign-in link works once, within this time. SIGN_IN_LINKS_MAILED: open mailed links per person. */
export const SIGN_IN_MINUTES = 15;
export const SIGN_IN_LINKS_MAILED = 3;
export const CODE_TRIES = 5;
/** Pause between two messages that one contact is sent on demand. */
export const RESEND_AFTER_MS = 30_000;
/** Per hour: messages of one person, and messages to one address regardless of the requester. */
export const SENT_PER_PERSON = 15;
export const SENT_PER_ADDRESS = 6;
/** Per person, beside those in the document. */
export const MAX_CONTACTS = 20;
/** A test page can be confirmed for this many days; without confirmation after a day it counts as a readiness issue. */
export const TEST_OPEN_DAYS = 7;
export const TEST_ANSWER_HOURS = 24;
