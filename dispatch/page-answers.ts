/**
 * Pages that this process has begun, so that the workflow's call gets the answer of the eager page and nothing is planned twice
 * at once.
 */
import type { DueItem } from '../domain/incident/deadline.js';

/** Lifetime of an answer that no workflow has fetched: a later call reads the record instead. */
const KEPT_MS = 30_000;

const keyOf = (incidentId: string, { escalation, due }: Extract<DueItem, { type: 'page' }>): string =>
  `${incidentId} ${due.cycle} ${due.step} ${escalation}`;

export class PageAnswers<Answer> {
  private readonly answers = new Map<string, { answer: Promise<Answer>; since: number }>();

  /** A failure is not kept: the next call tries again. */
  once(
    incidentId: string,
    item: Extract<DueItem, { type: 'page' }>,
    page: () => Promise<Answer>,
  ): Promise<Answer> {
    this.forgetOld();
    const key = keyOf(incidentId, item);
    const begun = this.answers.get(key);
    if (begun !== undefined) return begun.answer;
    const answer = page();
    this.answers.set(key, { answer, since: performance.now() });
    answer.catch(() => this.answers.delete(key));
    return answer;
  }

  /** The workflow has fetched the answer: a repeated call wants the current state. */
  forget(incidentId: string, item: DueItem): void {
    if (item.type === 'page') this.answers.delete(keyOf(incidentId, item));
  }

  private forgetOld(): void {
    const limit = performance.now() - KEPT_MS;
    for (const [key, { since }] of this.answers) {
      if (since > limit) return;
      this.answers.delete(key);
    }
  }
}
