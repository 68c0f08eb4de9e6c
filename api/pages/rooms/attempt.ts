/** A refusal on a page is shown above the form it came from, not on a page of its own. */
import { Problem } from '../../common/problem.js';
import type { Said } from '../ui/notice.js';

export interface Refusal {
  status: number;
  code: string;
  said: Said;
}

export type Attempted<T> = { refusal: null; value: T } | { refusal: Refusal; value: null };

/** What the work made or refused. Anything that is not a refusal is thrown on. */
export async function attempt<T>(work: () => Promise<T>): Promise<Attempted<T>> {
  try {
    return { refusal: null, value: await work() };
  } catch (error) {
    if (!(error instanceof Problem) || ![400, 409, 410, 422, 429].includes(error.status)) throw error;
    const said: Said = { tone: 'warn', title: 'That was not possible', detail: error.detail };
    return { refusal: { status: error.status, code: error.code, said }, value: null };
  }
}
