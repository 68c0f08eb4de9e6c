/** Forms are validated by the same schemas as the bodies of scripts. */
import type { z } from 'zod';
import { fromInstant } from '../../domain/oncall/revisions.js';
import { ScheduleError } from '../../domain/oncall/schedule.js';
import { invalid } from '../../services/common/problem.js';

/** Labels that the forms give to fields; a field that is missing here keeps its name. */
const LABELS: ReadonlyMap<string, string> = new Map([
  ['name', 'Name'],
  ['displayName', 'Your name'],
  ['email', 'Email'],
  ['timezone', 'Time zone'],
  ['title', 'Title'],
  ['service', 'Service'],
  ['priority', 'Priority'],
  ['role', 'Role'],
  ['team', 'Team'],
  ['expiresAt', 'Last day'],
  ['reason', 'Reason'],
  ['comment', 'Comment'],
  ['text', 'Note'],
  ['for', 'Snooze for'],
  ['from', 'From'],
  ['to', 'To'],
  ['person', 'Person'],
  ['channel', 'Channel'],
  ['address', 'Address'],
  ['secret', 'Secret'],
  ['code', 'Code'],
  ['at', 'Triggered at'],
  ['after', 'After'],
  ['owner', 'Owner'],
  ['due', 'By'],
  ['url', 'Tracker link'],
  ['matchers', 'Matchers'],
  ['until', 'Until'],
  ['lasts', 'Lasts'],
  ['services', 'Services'],
  ['rrule', 'Rule'],
  ['duration', 'Each lasts'],
  ['reviewBy', 'Review by'],
]);

/** The label of a field's path; of a nested field its own label. */
const labelOf = (path: string): string => {
  const last = path.split('.').at(-1) ?? path;
  return LABELS.get(last) ?? path;
};

/** Returns the parsed fields; refuses with a sentence for each wrong field. */
export function parsed<Schema extends z.ZodType>(schema: Schema, fields: unknown): z.output<Schema> {
  const result = schema.safeParse(fields);
  if (result.success) return result.data;
  const errors = result.error.issues.map(({ path, message }) => ({ path: path.join('.'), message }));
  throw invalid(
    `${errors.map(({ path, message }) => (path === '' ? message : `${labelOf(path)}: ${message}`)).join('; ')}.`,
    errors,
  );
}

/** Instant of a local-time field, in the reader's zone; in a skipped hour the first instant after it. */
export function momentOf(text: string, name: string, zone: string): string {
  try {
    return new Date(fromInstant(text, zone)).toISOString();
  } catch (error) {
    if (!(error instanceof ScheduleError)) throw error;
    const message = `"${text}" is not a time such as 2026-12-01T09:00`;
    throw invalid(`${labelOf(name)}: ${message}.`, [{ path: name, message }]);
  }
}
