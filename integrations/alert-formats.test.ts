import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { jsonbSafe } from '../domain/shared/jsonb-safe.js';
import type { ParseOutcome } from './shared/alerts/format.js';
import { pagerdutyV2Change, sourceFormat, sourceFormatNames } from './alert-formats.js';
import { bytes, context } from './shared/alerts/testdata.js';

const formats = [...sourceFormatNames.map((name) => sourceFormat(name)), pagerdutyV2Change].filter(
  (format) => format !== undefined,
);

/** JSON that resembles alerts: the fields that the formats read, with any value. */
const words =
  'routing_key event_action dedup_key payload summary source severity timestamp custom_details links href images src client client_url alerts status labels annotations startsAt endsAt fingerprint title action dedupKey description occurredAt url summary __proto__'.split(
    ' ',
  );
const values =
  'trigger acknowledge resolve firing resolved critical error 2026-11-22T22:10:00Z 0001-01-01T00:00:00Z 9999-12-31T23:59:59-12:00 0123456789abcdef0123456789abcdef https://example.com'.split(
    ' ',
  );
const { tree: alertLike } = fc.letrec((tie) => ({
  leaf: fc.oneof(fc.constantFrom(...values), fc.string(), fc.double(), fc.boolean(), fc.constant(null)),
  tree: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    tie('leaf'),
    fc.dictionary(fc.constantFrom(...words), tie('tree')),
    fc.array(tie('tree'), { maxLength: 4 }),
  ),
}));

function expectSound(outcome: ParseOutcome): void {
  if (outcome.kind === 'rejected') {
    expect(outcome.errors.length).toBeGreaterThan(0);
    for (const { path, message } of outcome.errors) expect(path !== '' && message !== '').toBe(true);
    return;
  }
  for (const signal of outcome.signals) {
    expect(signal.dedupKey).toMatch(/^[^]{1,255}$/);
    expect(signal.title).toMatch(/^[^\n]{1,1024}$/);
    expect(['critical', 'error', 'warning', 'info', null]).toContain(signal.severity);
    // Every defect is reported: an alert without a severity has a note, or never had the field.
    for (const note of signal.notes) expect(note).not.toBe('');
    expect(jsonbSafe(signal)).toEqual({ ...signal, labels: { ...signal.labels } });
    expect(Object.getPrototypeOf(signal.labels)).toBe(null);
    for (const { url } of signal.links) expect(url).toMatch(/^https?:/i);
    for (const instant of [signal.occurredAt, signal.resolveAt ?? null])
      if (instant !== null) expect(instant).toMatch(/^\d{4}-.*Z$/);
    expect(new TextEncoder().encode(JSON.stringify(signal.detail)).length).toBeLessThanOrEqual(16 * 1024);
  }
}

describe('every inbound format', () => {
  it('is found by its name', () => {
    expect(sourceFormatNames).toEqual(['pagerduty-v2', 'alertmanager', 'grafana', 'generic']);
    expect(sourceFormatNames.map((name) => sourceFormat(name)?.name)).toEqual(sourceFormatNames);
    expect(sourceFormat('constructor')).toBeUndefined();
    expect(sourceFormat('generic')?.bodyLimitBytes).toBe(256 * 1024);
  });

  it.each(formats)('$name: never throws on any bytes, and says what is wrong', (format) => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 80 }), (raw) => expectSound(format.parse(raw, {}, context()))),
    );
  });

  it.each(formats)('$name: never throws on any JSON, and makes only sound signals', (format) => {
    const bodies = fc.oneof(
      fc.jsonValue(),
      alertLike,
      alertLike.map((alert) => ({ alerts: [alert], status: 'firing' })),
    );
    fc.assert(
      fc.property(bodies, fc.boolean(), (body, keyInPath) =>
        expectSound(format.parse(bytes(body), {}, context({ keyInPath }))),
      ),
      { numRuns: 300 },
    );
  });

  it.each(formats)('$name: answers every refusal with a status, a body and a way on', (format) => {
    const errors = [{ path: 'body', message: 'the body is empty' }];
    const replies = [format.rejected(errors), format.tooLarge(), format.badKey(), format.unavailable(7)];
    expect(replies.map(({ status }) => status)).toEqual([400, 413, 403, 503]);
    for (const { body } of replies) expect(JSON.stringify(body)).toMatch(/"(message|detail|errors)":/);
    expect(JSON.stringify(format.rejected(errors).body)).toContain('the body is empty');
  });
});
