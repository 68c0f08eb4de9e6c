/** An idempotency key and the request that it stands for. */
export interface Idempotency {
  key: string;
  /** Hash of the request that the key stands for. */
  digest: string;
}
