/** One link, from the page to the end: the person paged works on the incident from a phone, without signing in. */
import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { RunReply } from '../../contracts/api/run.js';
import { eventually } from '../harness/eventually.js';
import { person } from '../harness/fixtures.js';
import { ownService, ownSource } from '../harness/own-service.js';
import { startTestStack, type TestStack } from '../harness/test-stack.js';

let stack: TestStack;

beforeAll(async () => {
  stack = await startTestStack();
}, 90_000);
afterAll(() => stack.end());

const anaOnly = '[{notify: [{person: ana}], wait: 1h}]';

/** Ana was paged and acknowledged; `open` opens her link in its current state. */
const held = async (name: string, plan = '{}') => {
  await stack.apply(ownService(name, anaOnly, { plan }));
  const { number } = await stack.declare({ title: `Trouble with ${name}`, service: name });
  const page = await stack.phones.of('ana').expectsPage(number);
  await page.reply('acknowledge');
  return { number, url: page.body.data.links.respond, open: () => page.open() };
};

const texts = async (number: string) => (await stack.timeline(number)).map(({ text }) => text);
const at = (value: unknown): number => Date.parse(String(value));

describe('the link of a page, after the acknowledgement', () => {
  it('writes updates, which restart the clock, and notes', async () => {
    const { number, open } = await held('updates', '{ackTimeout: 1h}');
    const before = await stack.incident(number);
    const updated = await (await open()).press('update');
    expect(updated.text).toContain('Your update is on the record');
    const after = await stack.incident(number);
    expect(at(after['ackExpiresAt'])).toBeGreaterThan(at(before['ackExpiresAt']));
    const noted = await updated.press('note', { comment: 'Failing over to db-2.' });
    expect(noted.text).toContain('Your note is on the record');
    const said = (await stack.timeline(number)).flatMap(({ kind, data }) =>
      kind === 'noted' ? [data['text']] : [],
    );
    expect(said).toEqual(['Still on it.', 'Failing over to db-2.']);
  });

  it('asks for the words of a note, and swallows no second note of a form that was used', async () => {
    const { number, open } = await held('words');
    const form = await open();
    const empty = await form.press('note');
    expect([empty.status, empty.text]).toEqual([422, expect.stringContaining('Write the note first.')]);
    await form.press('note', { comment: 'the first' });
    expect((await form.press('note', { comment: 'the first' })).status).toBe(200);
    const second = await form.press('note', { comment: 'the second' });
    expect([second.status, second.text]).toEqual([409, expect.stringContaining('Please press again')]);
    expect(second.html).toContain('the second</textarea>');
    await second.press('note', { comment: 'the second' });
    const said = (await stack.timeline(number)).flatMap(({ kind, data }) =>
      kind === 'noted' ? [data['text']] : [],
    );
    expect(said).toEqual(['the first', 'the second']);
  });

  it('says how many alerts still fire, and resolves', async () => {
    const key = randomBytes(16).toString('hex');
    await stack.apply(ownService('firing', anaOnly), ownSource('firing', key));
    const { status } = await stack.tocsin.call(
      'POST',
      `/in/${key}`,
      { title: 'Disk full', severity: 'critical', dedupKey: 'disk' },
      { token: null },
    );
    expect(status).toBe(202);
    const { number } = await stack.titled('Disk full');
    const page = await stack.phones.of('ana').expectsPage(number);
    const mine = await page.reply('acknowledge');
    expect(mine.text).toContain('One alert still fires.');
    const over = await mine.press('resolve', { comment: 'Deleted the old backups.' });
    expect(over.text).toContain(`${number} is resolved`);
    expect(over.decisions).toEqual([]);
    expect(await stack.incident(number)).toMatchObject({ status: 'resolved', resolvedBy: 'ana' });
  });

  it('hands over to somebody, who is paged; nothing pages whoever handed it over', async () => {
    const { number, open } = await held('handed');
    const form = await open();
    expect((await form.press('hand_over')).status).toBe(422);
    const stakeholder = await form.press('hand_over', { to: 'dana' });
    expect([stakeholder.status, stakeholder.text]).toEqual([
      422,
      expect.stringContaining('Dana is a stakeholder and cannot have an incident'),
    ]);
    const handed = await stakeholder.press('hand_over', { to: 'cleo', comment: 'knows replicas' });
    expect(handed.text).toContain('You reassigned it');
    expect(handed.text).toContain('Cleo is asked to take it');
    await stack.phones.of('cleo').expectsPage(number);
  });

  it('snoozes, and says until when', async () => {
    const { number, open } = await held('snoozed');
    const snoozed = await (await open()).press('snooze', { for: '4h' });
    expect(snoozed.text).toMatch(/Paging is snoozed until .* UTC/);
    const { snoozedUntil } = await stack.incident(number);
    expect(at(snoozedUntil) - Date.now()).toBeGreaterThan(3.9 * 3_600_000);
  });

  it('answers the step that a runbook waits at, and its approvals', async () => {
    await stack.apply(`---
apiVersion: tocsin/v1
kind: Runbook
metadata: {name: by-hand}
spec:
  inputs: {}
  timeout: 5m
  steps:
    - {id: ok, approve: {from: ["role:commander"], message: "Drain db-1?"}}
    - {id: verify, manual: "Canary writes succeed"}
`);
    const { number, open } = await held('stepped');
    const run = await stack.tocsin.ask(RunReply, 'POST', '/api/v1/runbooks/by-hand/runs', {
      incident: number,
      person: 'ana',
    });
    const waits = async (sentence: string) =>
      eventually(
        async () => {
          const form = await open();
          return form.text.includes(sentence) ? form : null;
        },
        { what: `a step that says ${sentence}` },
      );
    const asked = await waits('Drain db-1?');
    const approved = await asked.press('approve');
    expect(approved.text).toContain('Your approval is on the record');
    const done = await (await waits('Canary writes succeed')).press('complete_step');
    expect(done.text).toContain('You completed the step');
    await eventually(async () => ((await stack.run(run.id)).state === 'succeeded' ? true : null), {
      what: 'the end of the run',
    });
  });

  it('takes nothing from anybody with a form that was open too long', async () => {
    const { number, open } = await held('late');
    const stale = await open();
    await stack.tell(number, 'unacknowledge', { person: 'ana', to: 'bo' });
    await (await stack.phones.of('bo').expectsPage(number)).reply('acknowledge');
    for (const [button, fields] of [
      ['hand_over', { to: 'cleo' }],
      ['snooze', { for: '1h' }],
      ['resolve', {}],
      ['update', {}],
    ] as const) {
      const late = await stale.press(button, { ...fields, nonce: (await open()).fields['nonce'] ?? '' });
      expect([button, late.status, late.text]).toEqual([
        button,
        409,
        expect.stringContaining('It changed meanwhile'),
      ]);
    }
    expect(await stack.incident(number)).toMatchObject({ status: 'acknowledged', acknowledgedBy: 'bo' });
  });

  it('gives nobody more than their role: who is a stakeholder by now does nothing with a form from before', async () => {
    const { url } = stack.phones.of('eve');
    await stack.apply(
      person('eve', 'responder', url),
      ownService('shown', '[{notify: [{person: eve}], wait: 1h}]'),
    );
    const { number } = await stack.declare({ title: 'Somebody is demoted', service: 'shown' });
    const mine = await (await stack.phones.of('eve').expectsPage(number)).reply('acknowledge');
    await stack.apply(person('eve', 'stakeholder', url));
    const forced = await mine.press('resolve');
    expect([forced.status, forced.text]).toEqual([403, expect.stringContaining('Your role may not do this')]);
    expect((await stack.incident(number)).status).not.toBe('resolved');
  });

  it('keeps what was written beside the acknowledgement, and knows that the page arrived', async () => {
    await stack.apply(ownService('written', anaOnly));
    const { number } = await stack.declare({ title: 'With a word', service: 'written' });
    await (await stack.phones.of('ana').expectsPage(number)).reply('acknowledge', { comment: 'On my way.' });
    expect(await texts(number)).toEqual(expect.arrayContaining([expect.stringContaining('On my way.')]));
    expect((await stack.deliveries(number))[0]).toMatchObject({ state: 'delivered', receipt: 'read' });
  });
});
