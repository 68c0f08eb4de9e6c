/** Who has it, what gives it back, and what ends it: acknowledgement, snooze, disciplines, priority, settling, merging, reopening. */
import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { person } from '../harness/fixtures.js';
import { type OwnService, ownService, ownSource, ownTeam } from '../harness/own-service.js';
import { startStory, type Story } from '../harness/story.js';

let story: Story;

beforeAll(async () => {
  story = await startStory();
  await story.apply(
    ...['gus', 'hal', 'ivy'].map((name) => person(name, 'responder', story.phones.of(name).url)),
    ownTeam(
      'trust',
      'security',
      ['gus', 'hal'],
      '[{notify: [{person: gus}], wait: 2s}, {notify: [{person: hal}], wait: 1h}]',
    ),
    ownTeam('metal', 'infrastructure', ['ivy'], '[{notify: [{person: ivy}], wait: 1h}]'),
  );
}, 90_000);
afterAll(() => story.end());

const anaOnly = '[{notify: [{person: ana}], wait: 1h}]';

const open = async (name: string, steps: string, more?: OwnService) => {
  await story.apply(ownService(name, steps, more));
  return story.declare({ title: `Trouble with ${name}`, service: name });
};

const page = (who: string, incident: string, step: number, cycle = 0) =>
  story.phones.of(who).expects({ type: 'page.requested', incident, step, cycle });

/** A service with a source of its own; `say` sends about one key. */
const watched = async (name: string, steps: string, more?: OwnService) => {
  const key = randomBytes(16).toString('hex');
  await story.apply(ownService(name, steps, more), ownSource(name, key));
  return async (action: 'trigger' | 'resolve', title: string): Promise<void> => {
    const body = { title, action, dedup_key: title, severity: 'critical' };
    const { status, text } = await story.tocsin.call('POST', `/in/${key}`, body, { token: null });
    if (status !== 202) throw new Error(`${action} answered ${status}: ${text}`);
  };
};

/** A whole ladder of another incident, one rung after `wait`: what was due before then has had its moment. */
const aLadderAfter = async (name: string, wait: string): Promise<void> => {
  const steps = `[{notify: [{person: dana}], wait: ${wait}}, {notify: [{person: dana}], wait: 1h}]`;
  await page('dana', (await open(name, steps)).number, 2);
};

const After = z.looseObject({ ackExpiresAt: z.string().nullable(), mergedInto: z.string().nullable() });
const ms = (at: string): number => Date.parse(at);

describe('an acknowledgement', () => {
  it('expires, and paging comes back to step 1 on a new cycle', async () => {
    const { number } = await open('sleepy', anaOnly, { plan: '{ackTimeout: 1s}' });
    await (await page('ana', number, 1)).reply('acknowledge');
    await story.untilKind(number, 'acknowledgement_expired');
    const again = await page('ana', number, 1, 1);
    expect(again.body.data.incident.status).toBe('triggered');
  });

  it('lasts longer when who gave it writes a note, and not when somebody else does', async () => {
    const { number } = await open('noted', anaOnly, { plan: '{ackTimeout: 6s}' });
    await (await page('ana', number, 1)).reply('acknowledge');
    const taken = After.parse(await story.incident(number)).ackExpiresAt;
    const others = After.parse(await story.tell(number, 'notes', { person: 'bo', text: 'How is it going?' }));
    expect(others.ackExpiresAt).toBe(taken);
    await aLadderAfter('meanwhile', '1s');
    await story.tell(number, 'notes', { person: 'ana', text: 'Looking at the replicas.' });
    const expired = await story.untilKind(number, 'acknowledgement_expired');
    const kept = (await story.timeline(number)).findLast(({ kind }) => kind === 'noted');
    expect(ms(expired.at) - ms(kept?.at ?? '')).toBeGreaterThanOrEqual(6_000);
    expect(ms(kept?.at ?? '')).toBeGreaterThan(ms(taken ?? '') - 5_500);
  });

  it('can be given back: somebody is paged again', async () => {
    const { number } = await open('returned', anaOnly);
    await (await page('ana', number, 1)).reply('acknowledge');
    const back = await story.tell(number, 'unacknowledge', { person: 'ana', reason: 'off to the airport' });
    expect(back.status).toBe('triggered');
    await page('ana', number, 1, 1);
  });

  it('can be handed to somebody, who is asked by name before the ladder begins again', async () => {
    const { number } = await open('handed', '[{notify: [{person: ana}], wait: 5s}]');
    await (await page('ana', number, 1)).reply('acknowledge');
    const unknown = await story.tocsin.call('POST', `/api/v1/incidents/${number}/unacknowledge`, {
      person: 'ana',
      to: 'nobody-here',
    });
    expect([unknown.status, unknown.text]).toEqual([400, expect.stringContaining('nobody-here')]);
    await story.tell(number, 'unacknowledge', { person: 'ana', to: 'cleo', reason: 'knows replicas' });
    await page('cleo', number, 0, 1);
    await page('ana', number, 1, 1);
    const texts = (await story.timeline(number)).map(({ text }) => text);
    expect(texts).toEqual(
      expect.arrayContaining([expect.stringMatching(/Ana,? handed it to Cleo: knows replicas/)]),
    );
  });

  it('is not enough for a required discipline, which its own people answer', async () => {
    const { number } = await open('vault', anaOnly, {
      plan: '{disciplines: [{discipline: security, required: true}]}',
    });
    await (await page('ana', number, 1)).reply('acknowledge');
    await page('gus', number, 1);
    const later = await page('hal', number, 2);
    expect((await story.incident(number)).responders).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ person: 'gus', team: 'trust', required: true, acknowledgedAt: null }),
      ]),
    );
    await later.reply('acknowledge');
    const answered = await story.incident(number);
    expect(answered.commander).toBe('ana');
    expect(answered.responders.find((one) => one.person === 'hal')?.acknowledgedAt).not.toBeNull();
  });
});

describe('a policy that calls another', () => {
  it('calls it as it was when the incident began', async () => {
    const network = (who: string) =>
      ownTeam('network', 'network', ['gus'], `[{notify: [{person: ${who}}], wait: 1h}]`);
    await story.apply(network('gus'));
    const { number } = await open(
      'frozen',
      '[{notify: [{person: ana}], wait: 5s}, {notify: [{policy: network}], wait: 1h}]',
    );
    await page('ana', number, 1);
    await story.apply(network('ivy'));
    await page('gus', number, 2);
    expect(story.phones.of('ivy').received({ incident: number })).toEqual([]);
  });
});

describe('a snooze', () => {
  it('keeps quiet until its end and then starts over', async () => {
    const { number } = await open(
      'snooze',
      '[{notify: [{person: ana}], wait: 4s}, {notify: [{person: bo}], wait: 1h}]',
    );
    await page('ana', number, 1);
    const snoozed = await story.tell(number, 'snooze', { person: 'ana', for: '6s' });
    expect(snoozed.status).toBe('triggered');
    await page('ana', number, 1, 1);
    expect((await story.kinds(number)).filter((kind) => kind === 'snooze_ended')).toHaveLength(1);
    expect(story.phones.of('bo').received({ incident: number, cycle: 0 })).toEqual([]);
  });
});

describe('a priority raised by a person', () => {
  const priorities =
    '{P1: {disciplines: [{discipline: security, required: true}, {discipline: infrastructure}], runbooks: [muster]}}';
  const runbook = `---
apiVersion: tocsin/v1
kind: Runbook
metadata: {name: muster}
spec: {on: {manual: true}, timeout: 5m, steps: [{id: look, manual: "Count heads"}]}
`;
  const openMinor = async (name: string) => {
    await story.apply(runbook, ownService(name, anaOnly, { priorities }));
    const incident = await story.declare({ title: `Growing: ${name}`, service: name, severity: 'warning' });
    expect(incident).toMatchObject({ priority: 'P3' });
    return incident.number;
  };

  it('engages the disciplines of the new priority and starts its runbook', async () => {
    const number = await openMinor('growing');
    await page('ana', number, 1);
    expect(story.phones.of('gus').received({ incident: number })).toEqual([]);
    const raised = await story.tell(number, 'priority', {
      person: 'cleo',
      priority: 'P1',
      reason: 'customers',
    });
    expect(raised.priority).toBe('P1');
    expect(raised.priorityReasons.join()).toMatch(/cleo.*customers/);
    const [security] = await Promise.all([page('gus', number, 1), page('ivy', number, 1)]);
    expect(security.body.data.incident.priority).toBe('P1');
    const started = await story.untilKind(number, 'runbook_started');
    expect(started.data).toMatchObject({ runbook: 'muster' });
    // The people of its own team were asked with the patience of a P3: they are asked again.
    await page('ana', number, 1, 1);
  });

  it('pages the required ones even when somebody has it already', async () => {
    const number = await openMinor('grown');
    await (await page('ana', number, 1)).reply('acknowledge');
    await story.tell(number, 'priority', { person: 'cleo', priority: 'P1' });
    await (await page('gus', number, 1)).reply('acknowledge');
    await story.untilKind(number, 'runbook_started');
    expect(await story.incident(number)).toMatchObject({ status: 'acknowledged', commander: 'ana' });
  });
});

describe('an alert', () => {
  it('settles no longer once a person has set its priority', async () => {
    const say = await watched('patient', anaOnly, { priorities: '{P1: {settle: 1h}, P2: {settle: 1h}}' });
    await say('trigger', 'Not that patient');
    const { number } = await story.titled('Not that patient');
    expect(await story.kinds(number)).toEqual(['opened']);
    await story.tell(number, 'priority', { person: 'cleo', priority: 'P2' });
    await page('ana', number, 1);
  });

  it('that resolves while it may settle pages nobody', async () => {
    const say = await watched('flicker', anaOnly, { plan: '{settle: 5s}' });
    await say('trigger', 'Flickers');
    await say('resolve', 'Flickers');
    const { number } = await story.titled('Flickers');
    expect(await story.until(number, ({ status }) => status === 'resolved')).toMatchObject({ alertsOpen: 0 });
    // A later one stays, and is paged when its time to settle is over: so is the first one's.
    await say('trigger', 'Stays');
    const later = await story.titled('Stays');
    const { delivery } = await page('ana', later.number, 1);
    expect(delivery.at.getTime() - ms(later.createdAt)).toBeGreaterThanOrEqual(4_900);
    expect(story.phones.of('ana').received({ incident: number })).toEqual([]);
    expect(await story.deliveries(number)).toEqual([]);
    expect(await story.kinds(number)).not.toContain('paged');
  });

  it('resolves its incident when nobody has it, and fires it again within the window', async () => {
    const say = await watched('unseen', anaOnly);
    await say('trigger', 'Unseen');
    const { number } = await story.titled('Unseen');
    const first = await page('ana', number, 1);
    await say('resolve', 'Unseen');
    const resolved = await story.until(number, ({ status }) => status === 'resolved');
    expect(resolved).toMatchObject({ alertsOpen: 0, alertsTotal: 1 });
    expect((await first.open()).text).toContain(`${number} is resolved`);
    await say('trigger', 'Unseen');
    await page('ana', number, 1, 1);
    const again = await story.incident(number);
    expect(again).toMatchObject({ status: 'triggered', alertsOpen: 1, alertsTotal: 2, resolvedAt: null });
  });

  it('only proposes the resolution when somebody has it', async () => {
    const say = await watched('held', anaOnly);
    await say('trigger', 'Held');
    const { number } = await story.titled('Held');
    await (await page('ana', number, 1)).reply('acknowledge');
    await say('resolve', 'Held');
    await story.untilKind(number, 'resolution_proposed');
    expect(await story.incident(number)).toMatchObject({ status: 'acknowledged', alertsOpen: 0 });
    await say('trigger', 'Held');
    expect(await story.incident(number)).toMatchObject({ status: 'acknowledged', alertsOpen: 1 });
    const resolved = await story.tell(number, 'resolve', { person: 'ana', comment: 'fixed' });
    expect(resolved.status).toBe('resolved');
  });
});

describe('a resolved incident', () => {
  it('is reopened by a person, pages again, and is not resolved twice', async () => {
    const { number } = await open('undone', anaOnly);
    await (await page('ana', number, 1)).reply('acknowledge');
    await story.tell(number, 'resolve', { person: 'ana' });
    const twice = await story.tocsin.call('POST', `/api/v1/incidents/${number}/resolve`, { person: 'bo' });
    expect(twice).toMatchObject({
      status: 409,
      json: { code: 'already_resolved', state: { status: 'resolved' } },
    });
    const reopened = await story.tell(number, 'reopen', { person: 'bo', reason: 'it is back' });
    expect(reopened).toMatchObject({ status: 'triggered', resolvedAt: null });
    await page('ana', number, 1, 1);
  });
});

describe('a merged incident', () => {
  it('gives its alerts to the other, pages no further, and points at it', async () => {
    const steps = '[{notify: [{person: ana}], wait: 6s}, {notify: [{person: bo}], wait: 1h}]';
    const [say, sayMain] = [
      await watched('part', steps),
      await watched('whole', '[{notify: [{person: cleo}], wait: 1h}]'),
    ];
    await sayMain('trigger', 'Whole');
    await say('trigger', 'Part');
    const [whole, part] = [await story.titled('Whole'), await story.titled('Part')];
    const first = await page('ana', part.number, 1);
    const merged = await story.tell(part.number, 'merge', { person: 'cleo', into: whole.number });
    expect(merged.status).toBe('closed');
    expect(After.parse(merged).mergedInto).toBe(whole.id);
    expect(await story.incident(whole.number)).toMatchObject({ alertsOpen: 2, alertsTotal: 2 });
    expect(await story.kinds(whole.number)).toContain('merged_from');
    await aLadderAfter('long-after', '6s');
    expect(story.phones.of('bo').received({ incident: part.number })).toEqual([]);
    expect((await first.open()).text).toContain('was merged into another incident');
    const refused = await story.tocsin.call('POST', `/api/v1/incidents/${part.number}/acknowledge`, {
      person: 'ana',
    });
    expect(refused).toMatchObject({ status: 409, json: { code: 'merged' } });

    // Its alerts are the other's now: the last one that ends, ends that incident.
    await sayMain('resolve', 'Whole');
    expect((await story.incident(whole.number)).status).toBe('triggered');
    await say('resolve', 'Part');
    await story.until(whole.number, ({ status }) => status === 'resolved');
  });

  it('is left as it was when the other one is over', async () => {
    const { number } = await open('lonely', anaOnly);
    const other = await open('over', anaOnly);
    await story.tell(other.number, 'resolve', { person: 'ana' });
    const refused = await story.tocsin.call('POST', `/api/v1/incidents/${number}/merge`, {
      into: other.number,
    });
    expect(refused).toMatchObject({ status: 409, json: { code: 'already_resolved' } });
    expect(await story.incident(number)).toMatchObject({ status: 'triggered', mergedInto: null });
  });
});
