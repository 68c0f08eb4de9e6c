/** What a response plan says beyond whom it pages: the bridge, updates that are owed, roles. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { ownService } from '../harness/own-service.js';
import { startTestStack, type TestStack } from '../harness/test-stack.js';

let stack: TestStack;

beforeAll(async () => {
  stack = await startTestStack();
}, 90_000);
afterAll(() => stack.end());

const anaOnly = '[{notify: [{person: ana}], wait: 1h}]';

const Bridged = z.looseObject({ bridge: z.string().nullable() });
const bridgeOf = async (number: string) => Bridged.parse(await stack.incident(number)).bridge;

describe('a bridge', () => {
  it('is a room of the incident, named on the page, its form and the incident, and stays when the priority changes', async () => {
    const jitsi = '{bridge: {jitsi: "https://meet.example.com"}}';
    await stack.apply(ownService('rooms', anaOnly, { priorities: `{P1: ${jitsi}, P2: ${jitsi}}` }));
    const declare = (title: string) => stack.declare({ title, service: 'rooms', severity: 'error' });
    const { number, priority } = await declare('Growing');
    expect(priority).toBe('P2');
    const page = await stack.phones.of('ana').expectsPage(number);
    const room = await bridgeOf(number);
    expect(room).toMatch(new RegExp(`^https://meet\\.example\\.com/${number}-[a-z2-7]{24}$`));
    expect(page.body.data).toMatchObject({ bridge: room });
    expect((await page.open()).html).toContain(`href="${room}"`);
    await stack.tell(number, 'priority', { person: 'ana', priority: 'P1', reason: 'Worse.' });
    expect(await bridgeOf(number)).toBe(room);
    const other = await declare('Another');
    expect(await bridgeOf(other.number)).not.toBe(room);
  });

  it.each([
    ['true', 'true names no bridge'],
    ['"http://meet.example.com/a"', 'begins with https'],
    ['{jitsi: "https://meet.example.com/?room=1"}', 'the room is added to it'],
    ['{zoom: "https://zoom.example.com"}', 'one of url, jitsi is missing'],
    ['{jitsi: "https://a.example.com", url: "https://b.example.com"}', 'only one of url and jitsi'],
  ])('%s is refused, and why', async (said, why) => {
    const text = `apiVersion: tocsin/v1\nkind: ResponsePlan\nmetadata: {name: refused}\nspec: {priorities: {P1: {bridge: ${said}}}}\n`;
    const { status, text: answer } = await stack.tocsin.call('POST', '/api/v1/config/apply', text);
    expect([status, answer]).toEqual([422, expect.stringContaining(why)]);
  });
});

describe('updates', () => {
  const Owing = z.looseObject({ nextUpdateDue: z.string().nullable() });
  const dueOf = async (number: string) => Owing.parse(await stack.incident(number)).nextUpdateDue;
  const notices = (who: string, number: string) =>
    stack.phones.of(who).received({ type: 'notice.sent', incident: number }).length;
  const open = async (name: string, plan: string) => {
    await stack.apply(ownService(name, anaOnly, { plan }));
    return stack.declare({ title: `Trouble with ${name}`, service: name });
  };

  it('are asked of the commander when one is overdue, then of the managers too, each once', async () => {
    const { number } = await open('told', '{updates: {every: 3s}, ackTimeout: 0s}');
    const page = await stack.phones.of('ana').expectsPage(number);
    expect(await dueOf(number)).toBeNull();
    await page.reply('acknowledge');
    const due = await dueOf(number);
    expect(due).not.toBeNull();
    const first = await stack.untilKind(number, 'update_overdue');
    expect(first.data).toMatchObject({ reminder: 1, people: ['ana'], due });
    expect(Date.parse(first.at)).toBeGreaterThanOrEqual(Date.parse(due ?? ''));
    const notice = await stack.phones.of('ana').expects({ type: 'notice.sent', incident: number });
    expect(JSON.stringify(notice.body)).toContain(`An update on ${number}`);
    const second = await stack.untilKind(number, 'update_overdue', 2);
    // Cleo manages the team.
    expect(second.data).toMatchObject({ reminder: 2, people: ['ana', 'cleo'] });
    await stack.phones.of('cleo').expects({ type: 'notice.sent', incident: number });
    expect(notices('ana', number)).toBeLessThanOrEqual(2);
    expect(await stack.incident(number)).toMatchObject({ status: 'acknowledged', commander: 'ana' });
  });

  it('restart the clock, and are not owed any more when it is resolved', async () => {
    const { number } = await open('written', '{updates: {every: 1h}, ackTimeout: 0s}');
    await (await stack.phones.of('ana').expectsPage(number)).reply('acknowledge');
    const before = await dueOf(number);
    await stack.tell(number, 'notes', { person: 'bo', text: 'Half of the customers can pay again.' });
    expect(Date.parse((await dueOf(number)) ?? '')).toBeGreaterThan(Date.parse(before ?? ''));
    await stack.tell(number, 'resolve', { person: 'ana' });
    expect(await dueOf(number)).toBeNull();
  });

  it('are asked for when the workflows are down at that time', async () => {
    const { number } = await open('late', '{updates: {every: 4s}, ackTimeout: 0s}');
    await (await stack.phones.of('ana').expectsPage(number)).reply('acknowledge');
    await stack.tocsin.kill('worker');
    await stack.tocsin.start('worker');
    expect((await stack.untilKind(number, 'update_overdue')).data).toMatchObject({ reminder: 1 });
    await stack.phones.of('ana').expects({ type: 'notice.sent', incident: number });
  });
});

describe('roles', () => {
  const Roles = z.looseObject({ openRoles: z.string().array(), roles: z.record(z.string(), z.string()) });

  it('are asked for until somebody has them, by page and API', async () => {
    const plan = '{roles: [commander, scribe, communications]}';
    await stack.apply(ownService('roles', anaOnly, { plan }));
    const { number } = await stack.declare({ title: 'Roles to fill', service: 'roles' });
    const openOnes = async () => Roles.parse(await stack.incident(number)).openRoles;
    expect(await openOnes()).toEqual(['commander', 'scribe', 'communications']);
    const taken = await (await stack.phones.of('ana').expectsPage(number)).reply('acknowledge');
    expect(taken.text).toContain('Nobody is scribe, communications yet.');
    const { text: page } = await stack.tocsin.call('GET', `/incidents/${number}`, undefined, { as: 'bo' });
    expect(page).toContain('name="role" value="scribe"');
    await stack.tell(number, 'roles', { role: 'scribe', person: 'bo' });
    expect(await openOnes()).toEqual(['communications']);
    const assigned = await stack.untilKind(number, 'role_assigned');
    expect(assigned.text).toContain('is now scribe');
  });
});
