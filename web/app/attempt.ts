/** A refusal is shown above the form it came from, not on a page of its own. */
import { Problem } from '../../services/common/problem.js';
import type { Flash } from '../ui/notice.js';

export interface Refusal {
  status: number;
  code: string;
  flash: Flash;
}

export type Attempted<T> = { refusal: null; value: T } | { refusal: Refusal; value: null };

/** Result of the work, or its refusal. Other errors are rethrown. */
export async function attempt<T>(work: () => Promise<T>): Promise<Attempted<T>> {
  try {
    return { refusal: null, value: await work() };
  } catch (error) {
    if (!(error instanceof Problem) || ![400, 409, 410, 422, 429].includes(error.status)) throw error;
    const flash: Flash = { tone: 'warn', title: 'Not done', detail: error.detail };
    return { refusal: { status: error.status, code: error.code, flash }, value: null };
  }
}
