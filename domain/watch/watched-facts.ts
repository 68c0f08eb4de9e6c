/**
 * What an alert of a watch says about its priority. It is read from the alert's detail, so that an alert that waited behind a
 * silence still has it. Only a watch has a source of this form: the names of documents hold no slash.
 */
import type { AlertSignal } from '../alert/signal.js';
import { PRIORITIES, type Priority } from '../config/terms.js';
import { isObject } from '../shared/is-object.js';

/** The source of a watch's alerts. */
export const watchSource = (name: string): string => `watch/${name}`;

/** The watch that an alert is of; null: another source. */
export const watchOfSource = (source: string): string | null =>
  source.startsWith('watch/') ? source.slice('watch/'.length) : null;

export interface WatchedFacts {
  /** Of the band. */
  priority: Priority;
  sentence: string;
  /** Null: unknown. */
  usersAffected: number | null;
}

/** Null for an alert of another source. */
export function watchedFacts(
  source: string,
  { title, detail }: Pick<AlertSignal, 'title'> & Partial<AlertSignal>,
): WatchedFacts | null {
  if (watchOfSource(source) === null || !isObject(detail)) return null;
  const priority = PRIORITIES.find((one) => one === detail['priority']);
  const users = detail['usersAffected'];
  return priority === undefined
    ? null
    : { priority, sentence: title, usersAffected: typeof users === 'number' ? users : null };
}
