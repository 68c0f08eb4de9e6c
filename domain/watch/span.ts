/** A span of time; epoch milliseconds. */
export interface Span {
  from: number;
  to: number;
}
