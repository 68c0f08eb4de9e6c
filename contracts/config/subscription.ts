import { z } from 'zod';
import type { SubscriptionFormat, SubscriptionSpec } from '../../domain/subscription/subscription-spec.js';
import { EVENT_KINDS } from '../../domain/incident/event-kinds.js';
import { nearest } from '../../domain/config/nearest.js';
import { slugs, webUrl } from './fields.js';

const formats: readonly SubscriptionFormat[] = ['standard', 'pagerduty-v3'];

const eventKind = z
  .enum(EVENT_KINDS, {
    error: ({ input }) => {
      const meant = nearest(String(input), EVENT_KINDS);
      return `there is no event "${String(input)}"${meant === null ? ', see kind in a timeline' : `, did you mean ${meant}?`}`;
    },
  })
  .meta({ id: 'EventKind', description: 'The kind of an event in the timeline of an incident.' });

/** Standard Webhooks requires base64 of 24 to 64 bytes; PagerDuty's verifiers accept any text as the key. */
const STANDARD = /^whsec_[A-Za-z0-9+/]{32,88}={0,2}$/;
const ANY = /^[\x21-\x2b\x2d-\x7e]{16,200}$/;

const secret = z.string().regex(ANY, { error: '16 to 200 printable characters without spaces and commas' });

export const subscriptionSpec = z
  .strictObject({
    url: webUrl.meta({ description: 'Every event is one POST to it.' }),
    format: z
      .enum(formats)
      .default('standard')
      .meta({ description: 'standard: Standard Webhooks. pagerduty-v3: body and signature of PagerDuty.' }),
    events: z
      .array(eventKind)
      .min(1)
      .max(EVENT_KINDS.length)
      .optional()
      .meta({ description: 'Only these; left out: all.' }),
    teams: slugs().min(1).optional().meta({ description: 'Only incidents of these teams.' }),
    services: slugs().min(1).optional().meta({ description: 'Only incidents of these services.' }),
    drills: z.boolean().default(false).meta({ description: 'Also the events of drills.' }),
    secret: secret
      .optional()
      .meta({ description: 'Signing secret; made and shown once when left out.', writeOnly: true }),
    previousSecret: secret
      .optional()
      .meta({ description: 'Signs besides, while receivers change over to `secret`.', writeOnly: true }),
  })
  .check((ctx) => {
    if (ctx.value.format !== 'standard') return;
    for (const field of ['secret', 'previousSecret'] as const) {
      const given = ctx.value[field];
      if (given === undefined || STANDARD.test(given)) continue;
      const message = 'a signing secret: whsec_ and base64 of 24 to 64 bytes';
      ctx.issues.push({ code: 'custom', path: [field], message, input: given });
    }
  })
  .meta({
    id: 'SubscriptionSpec',
    description: 'A receiver of incident events.',
  }) satisfies z.ZodType<SubscriptionSpec>;
