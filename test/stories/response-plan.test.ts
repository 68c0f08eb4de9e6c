/** What a response plan says beyond whom it pages: the bridge. */
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
