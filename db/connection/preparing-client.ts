/**
 * A connection that prepares each parameterised statement once and then only binds it: planning is the larger part of
 * the cost of short statements. Applies to whole connections, so a pooler in front must keep prepared statements.
 */
import { createHash } from 'node:crypto';
import pg from 'pg';

/**
 * Statement texts are constants of the code; the few that are composed must not pile up plans on every connection.
 */
const NAMED_MAX = 400;
/** A prepared `*` statement would fail for the rest of its connection once a migration has added a column. */
const selectsWhateverThereIs = /(SELECT|RETURNING) \*(?! FROM jsonb_to_recordset)/;
const names = new Map<string, string>();

function nameOf(text: string): string | undefined {
  const known = names.get(text);
  if (known !== undefined || names.size >= NAMED_MAX || selectsWhateverThereIs.test(text)) return known;
  // PostgreSQL cuts names at 63 bytes.
  const name = createHash('sha256').update(text).digest('hex').slice(0, 32);
  names.set(text, name);
  return name;
}

/**
 * For the pool's option `Client`. Statements without parameters are sent unprepared (one text may contain several).
 */
export class PreparingClient extends pg.Client {
  constructor(config?: pg.ClientConfig) {
    super(config);
    const plain = this.query.bind(this);
    const prepared = (text: unknown, values: unknown, ...rest: unknown[]): unknown => {
      const name =
        typeof text === 'string' && Array.isArray(values) && values.length > 0 ? nameOf(text) : undefined;
      const answer: unknown =
        name === undefined
          ? Reflect.apply(plain, this, [text, values, ...rest])
          : Reflect.apply(plain, this, [{ name, text, values }, ...rest]);
      if (answer instanceof Promise) answer.catch((error: unknown) => this.dropWhenUnanswered(error));
      return answer;
    };
    this.query = prepared as pg.Client['query'];
  }

  /**
   * The driver gives up the query but keeps the connection, where all later queries would wait for the same answer.
   */
  private dropWhenUnanswered(error: unknown): void {
    if (error instanceof Error && error.message === UNANSWERED) this.connection.stream.destroy(error);
  }
}

/** The driver's message when `query_timeout` is exceeded. */
const UNANSWERED = 'Query read timeout';
