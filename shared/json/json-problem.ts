/** A problem of a JSON text: its position in the value, and what would be right. */
export interface JsonProblem {
  path: string;
  message: string;
}
