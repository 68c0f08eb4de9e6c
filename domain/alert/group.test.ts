import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { decideGrouping, type IncidentOfGroup } from './decide-grouping.js';
import { groupOf, withoutIds } from './group.js';
import type { GroupSpec } from './group-spec.js';
import type { AlertSignal } from './signal.js';

const signal = (fields: Partial<AlertSignal> = {}): AlertSignal => ({
  action: 'trigger',
  dedupKey: 'k',
  title: 'Disk full on db-1',
  severity: 'critical',
  labels: {},
  links: [],
  occurredAt: null,
  detail: null,
  ...fields,
});
const alert = (fields: Partial<AlertSignal> = {}, service: string | null = 'checkout-db') => ({
  source: 'prometheus',
  service,
  signal: signal(fields),
});
const keyOf = (fields: Partial<AlertSignal>, spec: GroupSpec = {}) => groupOf(alert(fields), spec)?.key;
const textOf = (fields: Partial<AlertSignal>, spec: GroupSpec = {}) => groupOf(alert(fields), spec)?.text;

describe('what alerts of one group have in common', () => {
  it.each([
    [{ groupKey: '{}/{a="b"}:{alertname="Lag"}', labels: { alertname: 'Lag' } }, `the sender's group {}/{a="b"}:{alertname="Lag"}, on checkout-db`],
    [{ groupKey: '{}:{}', labels: { alertname: 'Lag' } }, 'alertname Lag, on checkout-db'],
    [{ labels: { class: 'disk' } }, 'class disk, on checkout-db'],
    [{ title: 'Disk 91 % full on db-12' }, 'the title "disk full on db", on checkout-db'],
  ])('by default %j is %s', (fields, text) => expect(textOf(fields)).toBe(text)); // prettier-ignore

  it.each([
    [{ by: ['severity'] }, 'severity critical, on checkout-db'],
    [{ by: ['datacenter', 'alertname'] }, 'datacenter (none), alertname Lag, on checkout-db'],
    // No name says anything about the alert: the default.
    [{ by: ['datacenter'] }, 'alertname Lag, on checkout-db'],
    [{ by: [] }, undefined],
  ])('by %j it is %s', (spec, text) => expect(textOf({ labels: { alertname: 'Lag' } }, spec)).toBe(text));

  it('of an alert without a service is of its source', () =>
    expect(groupOf(alert({}, null), {})?.text).toBe('the title "disk full on db", from prometheus'));

  it.each([
    ['Disk 91 % full on db-12', 'Disk 97 % full on db-3'],
    ['Pod nginx-7d9f8b6c5-x2x9z restarted', 'Pod nginx-5b6c8f9d7-a1b2c restarted'],
    ['Job 6f9619ff-8b86-4011-b42d-00c04fc964ff failed', 'Job 0d9619ff-8b86-4011-b42d-00c04fc964aa failed'],
    ['Latency 1.9 s on 10.0.0.12', 'Latency 2.15 s on 10.0.0.7'],
  ])('"%s" and "%s" are the same words', (first, second) =>
    expect(withoutIds(first)).toBe(withoutIds(second)),
  );

  it.each([
    ['Disk full on db-1', 'Memory full on db-1'],
    ['Upload to S3 failed', 'Upload to EC2 failed'],
    ['Платёж не прошёл', 'Заказ не прошёл'],
  ])('"%s" and "%s" are not', (first, second) => expect(withoutIds(first)).not.toBe(withoutIds(second)));

  it('joins no titles that are nothing but numbers', () =>
    expect(keyOf({ title: '12345 678' })).toBeUndefined());

  it('never is the same on two services, whatever the alerts and whatever was configured', () => {
    const text = fc.oneof(fc.string(), fc.constantFrom('a', 'service', '"', '","', ''));
    const service = fc.oneof(fc.constant(null), text);
    fc.assert(
      fc.property(
        fc.tuple(service, service).filter(([a, b]) => a !== b),
        fc.record({ title: text, groupKey: text, labels: fc.dictionary(text, text) }),
        fc.option(fc.array(fc.oneof(fc.constantFrom('sender', 'title', 'source', 'severity'), text)), { nil: undefined }),
        ([one, other], fields, by) => {
          const spec = by === undefined ? {} : { by };
          const [first, second] = [one, other].map((on) => groupOf(alert(fields, on), spec));
          if (first != null && second != null) expect(first.key).not.toBe(second.key);
          // Stable: the same facts are the same group.
          expect(groupOf(alert(fields, one), spec)).toEqual(first);
        },
      ),
    ); // prettier-ignore
  });
});

const now = '2026-11-30T12:00:00.000Z';
const ago = (minutes: number): string => new Date(Date.parse(now) - minutes * 60_000).toISOString();
const incident = (fields: Partial<IncidentOfGroup> = {}): IncidentOfGroup => ({
  id: 'i1',
  number: 'INC-1',
  status: 'triggered',
  service: 'checkout-db',
  drill: null,
  mergedInto: null,
  resolvedAt: null,
  teams: ['checkout'],
  lastAt: ago(3),
  ...fields,
});
const decide = (known: IncidentOfGroup | null, spec: GroupSpec = {}, team: string | null = 'checkout') =>
  decideGrouping(groupOf(alert(), {}), known, { spec, team, now });

describe('an alert joins the incident of its group', () => {
  it.each([
    ['an open one', incident()],
    ['an acknowledged one', incident({ status: 'acknowledged' })],
    ['one that was resolved just now', incident({ status: 'resolved', resolvedAt: ago(1) })],
    ['one in the last minute of the window', incident({ lastAt: ago(10) })],
  ])('%s', (_name, known) =>
    expect(decide(known)).toMatchObject({ joins: 'i1', reason: { decision: 'joined' } }),
  );

  it.each([
    ['there is none', null, 'the first of its group'],
    ['the window is over', incident({ lastAt: ago(11) }), 'more than 10m ago'],
    ['it is a drill', incident({ drill: 'd1' }), 'which is a drill'],
    ['it was over long ago', incident({ status: 'resolved', resolvedAt: ago(31), lastAt: ago(40) }), 'over too long ago'],
    ['it was merged', incident({ status: 'closed', mergedInto: 'i2' }), 'over too long ago'],
    ['it pages another team', incident({ teams: ['payments'] }), 'which does not page checkout'],
  ])('and opens its own when %s', (name, known, text) => {
    const decision = decide(known, name === 'it was over long ago' ? { window: '1h' } : {});
    expect(decision).toMatchObject({ joins: null, reason: { stage: 'grouping', decision: 'alone' } });
    expect(decision.reason?.text).toContain(text);
  }); // prettier-ignore

  it('says so when nothing groups it', () =>
    expect(decideGrouping(null, incident(), { spec: { by: [] }, team: 'checkout', now })).toMatchObject({ joins: null, reason: { text: 'nothing groups it, so it is an incident of its own' } })); // prettier-ignore
});
