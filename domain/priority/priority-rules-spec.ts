/** Documents of kind PriorityRules. */
import type { Priority, Weekday } from '../config/terms.js';

/** `because` is the sentence that people read. */
export type PriorityRule = { if: string; because: string } & (
  { set: Priority } | { raise: number } | { lower: number }
);

/** One document, named `default`. The first matching `set` decides alone; else matching `raise` and `lower` add up. */
export interface PriorityRulesSpec {
  rules: PriorityRule[];
}

/** `business`: the calendar of the service's team. Hours are wall-clock times in the team's zone. */
export type SupportHours = 'always' | 'business' | { days: Weekday[]; from: string; to: string };
