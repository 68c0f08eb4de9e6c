/** A code, test page, sign-in link or notice leased to one sender for one attempt, with all data for its message. */
export type LeasedContactMessage = {
  id: string;
  lease: string;
  /** Idempotency key, the same on every attempt. */
  key: string;
  person: string;
  personName: string;
  contact: string;
  channel: string;
  address: string;
  secret: string;
  requestedBy: string;
  /** 1 for the first attempt. */
  attempt: number;
  possibleDuplicate: boolean;
} & (
  | { kind: 'code'; /** Null when it can no longer be decrypted. */ code: string | null }
  | { kind: 'sign-in'; /** Token of the sign-in page. */ link: string }
  | { kind: 'notice'; title: string; text: string }
  | { kind: 'test'; /** Token of the confirmation page. */ link: string }
);
