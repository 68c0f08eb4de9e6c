/** A code, a test page, a sign-in link or a notice leased to one sender for one attempt, with everything that its message needs. */
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
  askedBy: string;
  /** 1 for the first. */
  attempt: number;
  possibleDuplicate: boolean;
} & (
  | { kind: 'code'; /** Null: it cannot be opened any more. */ code: string | null }
  | { kind: 'sign-in'; /** Token of the page that signs in. */ link: string }
  | { kind: 'notice'; title: string; text: string }
  | { kind: 'test'; /** Token of the page that confirms it. */ link: string }
);
