import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { NO_LIVE_DATA } from '../config/live-data.js';
import type { ConfigSnapshot } from '../config/specs.js';
import { type InhibitingAlert, inhibitionStage, inhibits, mutings } from './inhibition.js';
import type { InhibitionSpec } from './inhibition-spec.js';
import { candidateOf } from './silence.js';
import type { JudgedAlert } from './stage.js';

const down: InhibitionSpec = {
  when: { alertname: 'DatacenterDown' },
  mutes: { severity: ['warning', 'error'] },
  equal: ['datacenter'],
};
const snapshotOf = (documents: Record<string, InhibitionSpec>): ConfigSnapshot => {
  const list = Object.entries(documents).map(([name, spec]) => ({
    kind: 'Inhibition',
    name,
    revision: 1,
    spec,
  }));
  return {
    version: 1,
    live: NO_LIVE_DATA,
    get: () => undefined,
    list: (kind: string) => (kind === 'Inhibition' ? list : []),
  } as unknown as ConfigSnapshot;
};

const firing = (labels: Record<string, string>, more: Partial<InhibitingAlert> = {}): InhibitingAlert => ({
  id: 'dc',
  source: 'prometheus',
  service: null,
  severity: 'critical',
  title: 'Datacenter down',
  dedupKey: 'dc-down',
  labels: { alertname: 'DatacenterDown', ...labels },
  incident: 'INC-7',
  ...more,
});
const told = (labels: Record<string, string>, more: Partial<JudgedAlert> = {}): JudgedAlert => ({
  id: 'lag',
  source: 'prometheus',
  service: 'shop',
  team: 'shop',
  triggers: [],
  reopens: false,
  heldBy: null,
  signal: { action: 'trigger', dedupKey: 'lag', title: 'Lag', severity: 'warning', labels, links: [], occurredAt: null, detail: null }, // prettier-ignore
  ...more,
});
const judge = (alert: JudgedAlert, all: InhibitingAlert[], documents = { dc: down } as Record<string, InhibitionSpec>) =>
  inhibitionStage(alert, all, snapshotOf(documents)); // prettier-ignore

describe('an inhibition', () => {
  it.each([
    ['the same label', { datacenter: 'eu1' }, { datacenter: 'eu1' }, true],
    ['another value', { datacenter: 'eu1' }, { datacenter: 'eu2' }, false],
    ['a label that the muted alert lacks', {}, { datacenter: 'eu1' }, false],
    ['a label that the firing alert lacks', { datacenter: 'eu1' }, {}, false],
    ['a label that both lack', {}, {}, false],
    ['an empty label on both', { datacenter: '' }, { datacenter: '' }, false],
  ])('with %s', (_what, muted: Record<string, string>, holder: Record<string, string>, isHeld) => {
    expect(judge(told(muted), [firing(holder)]).kind).toBe(isHeld ? 'hold' : 'pass');
  });

  it('says what holds the alert back, and of which incident', () => {
    expect(judge(told({ datacenter: 'eu1' }), [firing({ datacenter: 'eu1' })])).toEqual({
      kind: 'hold',
      by: 'inhibition/dc/dc',
      until: null,
      reason: {
        stage: 'inhibition',
        decision: 'held',
        text: 'held back while "Datacenter down" fires, which is of INC-7: the same datacenter eu1 (inhibition dc)',
      },
    });
  });

  it('mutes only what it names, and without equal labels whatever it names', () => {
    const critical = told({ datacenter: 'eu1' });
    critical.signal.severity = 'critical';
    expect(judge(critical, [firing({ datacenter: 'eu1' })]).kind).toBe('pass');
    expect(judge(told({}), [firing({})], { dc: { ...down, equal: [] } }).kind).toBe('hold');
  });

  it('never holds an alert by itself, nor by one of the same key', () => {
    const all: InhibitionSpec = { when: { severity: 'warning' }, mutes: { severity: 'warning' }, equal: [] };
    const itself = firing({}, { id: 'lag', dedupKey: 'lag', severity: 'warning' });
    expect(judge(told({}), [itself], { all }).kind).toBe('pass');
    expect(judge(told({}), [{ ...itself, id: 'other' }], { all }).kind).toBe('pass');
  });

  it('holds neither of two alerts that both hold back and are muted', () => {
    const all: InhibitionSpec = { when: { severity: 'warning' }, mutes: { severity: 'warning' }, equal: [] };
    expect(judge(told({}), [firing({}, { severity: 'warning' })], { all }).kind).toBe('pass');
  });

  it('keeps the holder, else takes the oldest', () => {
    const [one, two] = [
      firing({ datacenter: 'eu1' }),
      firing({ datacenter: 'eu1' }, { id: 'dc2', dedupKey: 'b' }),
    ];
    const held = told({ datacenter: 'eu1' }, { heldBy: 'inhibition/dc2/dc' });
    expect(judge(held, [one, two])).toMatchObject({ by: 'inhibition/dc2/dc' });
    expect(judge(told({ datacenter: 'eu1' }), [one, two])).toMatchObject({ by: 'inhibition/dc/dc' });
  });

  it('is looked up by its document and the labels that have to be equal', () => {
    const snapshot = snapshotOf({ dc: down });
    expect(mutings(snapshot, candidateOf(told({ datacenter: 'eu1' })))).toEqual([
      { name: 'dc', labels: { datacenter: 'eu1' } },
    ]);
    expect(mutings(snapshot, candidateOf(told({})))).toEqual([]);
    expect(inhibits(snapshot, firing({}))).toEqual(['dc']);
  });

  it('of any documents: what the stage holds, the look-up finds, and no two alerts of one document hold each other', () => {
    const label = fc.constantFrom('a', 'b');
    const labels = fc.dictionary(fc.constantFrom('x', 'y', 'datacenter'), label, {
      maxKeys: 3,
      noNullPrototype: true,
    });
    const fields = fc.dictionary(fc.constantFrom('x', 'y', 'severity'), fc.constantFrom('a', 'b', 'warning', 'critical'), { minKeys: 1, maxKeys: 2, noNullPrototype: true }); // prettier-ignore
    const spec = fc.record({ when: fields, mutes: fields, equal: fc.subarray(['x', 'y', 'datacenter']) });
    const severity = fc.constantFrom('warning' as const, 'critical' as const);
    fc.assert(
      fc.property(fc.array(spec, { minLength: 1, maxLength: 3 }), labels, labels, severity, severity, (specs, of, by, s1, s2) => {
        const documents = Object.fromEntries(specs.map((one, index) => [`d${index}`, one]));
        const snapshot = snapshotOf(documents);
        const alert = told(of);
        alert.signal.severity = s1;
        const other = firing({}, { labels: by, severity: s2 });
        const verdict = inhibitionStage(alert, [other], snapshot);
        if (verdict.kind !== 'hold') return;
        const name = verdict.by.split('/')[2] ?? '';
        const known = mutings(snapshot, candidateOf(alert)).find((one) => one.name === name);
        expect(known?.labels).toEqual(Object.fromEntries((documents[name]?.equal ?? []).map((one) => [one, by[one]])));
        expect(inhibits(snapshot, other)).toContain(name);
        const back = inhibitionStage(
          told(by, { id: 'dc', signal: { ...alert.signal, dedupKey: 'dc-down', labels: by, severity: s2 } }),
          [{ ...other, id: 'lag', dedupKey: 'lag', labels: of, severity: s1 }],
          snapshotOf({ [name]: documents[name] ?? down }),
        );
        expect(back.kind).toBe('pass');
      }), // prettier-ignore
      { numRuns: 2_000 },
    );
  });
});
