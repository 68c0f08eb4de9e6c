/** Silences: bodies and replies. */
import { z } from 'zod';
import {
  ALERT_FIELDS,
  compileMatcher,
  isAlertField,
  MATCHER_OPS,
  type Matcher,
  readMatcher,
} from '../../domain/alert/matcher.js';
import { PatternError } from '../../domain/rules/pattern-tree.js';
import { line, slug } from '../config/fields.js';
import { actingFor, Instant } from './common.js';
import { page } from './query.js';

const MAX_MATCHERS = 20;
const MAX_VALUES = 500;
/** Steps per character that all patterns of a silence may cost: every alert is compared with every silence. */
const MAX_SIZE = 1000;

const value = z
  .string({ error: 'a text, or a list of texts' })
  .min(1, { error: 'a text, not an empty one; "!~" with the value . matches alerts without the field' })
  .max(1024);

const matcherFields = z.strictObject({
  field: z
    .string()
    .max(200)
    .refine(isAlertField, { error: `one of ${ALERT_FIELDS.join(', ')}, or labels.<name>` })
    .meta({ description: `${ALERT_FIELDS.join(', ')}, or labels.<name>.`, examples: ['labels.env'] }),
  op: z
    .enum(MATCHER_OPS, { error: `one of ${MATCHER_OPS.join(' ')}` })
    .meta({ description: 'Patterns match the whole text.' }),
  value: z
    .union([value, z.array(value).min(1).max(MAX_VALUES)], { error: 'a text, or a list of texts' })
    .meta({ description: 'A list is "one of these" for =, "none of these" for !=.' }),
});

const typed = z
  .string()
  .max(1300)
  .transform((text, context): Matcher => {
    const read = readMatcher(text);
    const checked = read === null ? null : matcherFields.safeParse(read);
    if (checked?.success === true) return checked.data;
    const message =
      checked === null
        ? `"${text.slice(0, 80)}" is no matcher; write it as labels.env = prod, with one of ${MATCHER_OPS.join(' ')}`
        : checked.error.issues.map(({ path, message: why }) => `${path.join('.')}: ${why}`).join('; ');
    context.addIssue({ code: 'custom', message });
    return z.NEVER;
  });

/** An object, or one line of text: `labels.env = prod`. */
const matcherField = z.union([typed, matcherFields]).superRefine((matcher, context) => {
  if (matcher.op.endsWith('~') && Array.isArray(matcher.value))
    return context.addIssue({ code: 'custom', path: ['value'], message: 'one pattern, not a list' });
  try {
    compileMatcher(matcher);
  } catch (error) {
    if (!(error instanceof PatternError)) throw error;
    context.addIssue({ code: 'custom', path: ['value'], message: `${error.message} (at ${error.offset})` });
  }
});

const matchers = z
  .array(matcherField)
  .max(MAX_MATCHERS)
  .superRefine((all, context) => {
    let size = 0;
    for (const one of all) {
      try {
        size += compileMatcher(one).size;
      } catch {
        // Refused above, by itself.
      }
    }
    if (size > MAX_SIZE)
      context.addIssue({
        code: 'custom',
        message: `the patterns cost ${size} steps a character, and ${MAX_SIZE} are the most: use shorter ones, or a list of values`,
      });
  })
  .meta({ description: 'All of them hold for an alert that is silenced.' });

const reason = line(500);
const teams = z.array(slug).min(1).max(50).nullish().meta({
  description: 'Only alerts for services of these teams. A responder silences those of their own teams.',
});

export const SilenceBody = z
  .strictObject({
    matchers,
    until: Instant.optional().meta({ description: 'Its end, at most 30 days ahead.' }),
    untilClear: z.boolean().default(false).meta({
      description:
        'Ends also when none of the alerts that it names fires any more; then `until` may be left out (7 days).',
    }),
    reason,
    teams,
    everything: z
      .boolean()
      .default(false)
      .meta({ description: 'Has to be said for a silence of every alert; it lasts at most 24 hours.' }),
    person: actingFor,
  })
  .refine(({ until, untilClear }) => until !== undefined || untilClear, {
    path: ['until'],
    error: 'missing: the end of the silence, such as 2026-11-22T22:10:00Z',
  })
  .meta({ id: 'NewSilence' });
export type SilenceBody = z.output<typeof SilenceBody>;

export const SilencePreviewBody = z.strictObject({ matchers, teams }).meta({ id: 'SilencePreview' });
export type SilencePreviewBody = z.output<typeof SilencePreviewBody>;

export const SilenceChangeBody = z.strictObject({ until: Instant }).meta({ id: 'SilenceChange' });
export type SilenceChangeBody = z.output<typeof SilenceChangeBody>;

export const SilencesQuery = z
  .strictObject({
    ...page,
    state: z.enum(['in_force', 'over']).optional(),
    incident: z
      .string()
      .max(64)
      .optional()
      .meta({ description: 'Those in force that touch this incident (INC-42).' }),
  })
  .meta({ id: 'SilencesQuery' });
export type SilencesQuery = z.output<typeof SilencesQuery>;

const matcherReply = z.object({
  field: z.string(),
  op: z.enum(MATCHER_OPS),
  value: z.union([z.string(), z.array(z.string())]),
});

export const SilenceReply = z
  .looseObject({
    id: z.uuid(),
    state: z.enum(['in_force', 'over']),
    matchers: z.array(matcherReply),
    text: z.string().meta({ description: 'The matchers in one line.' }),
    teams: z.array(z.string()).nullable(),
    everything: z.boolean(),
    owner: z.string().nullable(),
    reason: z.string(),
    until: Instant,
    untilClear: z.boolean(),
    incident: z.string().nullable(),
    held: z.int().meta({ description: 'Alerts that fire and are held by it now.' }),
    createdBy: z.string(),
    createdAt: Instant,
    endedBy: z.string().nullable(),
    endedAt: Instant.nullable(),
  })
  .meta({ id: 'Silence' });

export const NewSilenceReply = SilenceReply.extend({
  matched: z.int().meta({ description: 'Alerts of the last week that it matches; 0: check the matchers.' }),
  firing: z
    .int()
    .meta({ description: 'Alerts that it matches and that have an incident already: those go on paging.' }),
  notes: z.array(z.string()).meta({ description: 'What whoever made it should know.' }),
}).meta({ id: 'MadeSilence' });

export const SilencesReply = z.object({ items: z.array(SilenceReply), next: z.string().nullable() });

export const SilencePreviewReply = z
  .looseObject({
    matched: z.int(),
    of: z.int(),
    isPartial: z.boolean(),
    pages: z.int(),
    firing: z.int(),
    alerts: z.array(
      z.looseObject({
        id: z.uuid(),
        title: z.string(),
        source: z.string(),
        service: z.string().nullable(),
        incident: z.string().nullable(),
      }),
    ),
  })
  .meta({ id: 'SilencePreviewReply' });
