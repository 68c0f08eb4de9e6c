/** Jobs that ping, and sources that may not be quiet: by HTTP on the real engine; the past is made by moving rows back. */
import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { HeartbeatReply } from '../../contracts/api/heartbeat.js';
import { eventually } from '../harness/eventually.js';
import { ownService, ownSource } from '../harness/own-service.js';
import { openSql, type Sql } from '../harness/sql.js';
import { startTestStack, type TestStack } from '../harness/test-stack.js';

let stack: TestStack;
let sql: Sql;

beforeAll(async () => {
  stack = await startTestStack();
  sql = openSql(stack.tocsin.databaseUrl);
}, 90_000);
afterAll(async () => {
  await sql.close();
  await stack.end();
});

const anaOnly = '[{notify: [{person: ana}], wait: 1h}]';
const newKey = (): string => randomBytes(16).toString('hex');

const heartbeatOf = (name: string, key: string, expected = '{every: 1h}') =>
  `---\napiVersion: tocsin/v1\nkind: Source\nmetadata: {name: ${name}}\n` +
  `spec: {format: heartbeat, service: ${name}, expect: ${expected}, grace: 10m, severity: critical, key: ${key}}\n`;

/** A heartbeat with a service of its own. */
async function heartbeat(name: string, expected?: string) {
  const key = newKey();
  await stack.apply(ownService(name, anaOnly), heartbeatOf(name, key, expected));
  const ping = async (path = '', init: RequestInit = {}): Promise<[number, string]> => {
    const answer = await fetch(new URL(`/ping/${key}${path}`, stack.tocsin.url), init);
    return [answer.status, await answer.text()];
  };
  const shown = () => stack.tocsin.ask(HeartbeatReply, 'GET', `/api/v1/heartbeats/${name}`);
  return { key, ping, shown };
}
const moveBack = (name: string, interval: string) =>
  sql(
    `UPDATE source_heartbeat SET heard_at = heard_at - $2::interval, started_at = started_at - $2::interval,
            failed_at = failed_at - $2::interval, alerted_at = alerted_at - $2::interval,
            expects_since = expects_since - $2::interval WHERE source = $1`,
    [name, interval],
  );

describe('a heartbeat', () => {
  it('that is late pages; the next success resolves its incident', async () => {
    const { ping, shown } = await heartbeat('backup');
    expect((await shown()).state).toBe('new');
    expect(await ping()).toEqual([200, 'OK\n']);
    expect(await shown()).toMatchObject({ state: 'up', interval: 'every 1h', pings: [{ kind: 'success' }] });
    await moveBack('backup', '71 minutes');
    const { number } = await stack.titled('Heartbeat backup is late: no ping');
    await stack.phones.of('ana').expects({ type: 'page.requested', incident: number });
    expect((await shown()).state).toBe('late');
    expect(await ping()).toEqual([200, 'OK\n']);
    await stack.until(number, ({ status }) => status === 'resolved');
    expect((await shown()).state).toBe('up');
  });

  it('that fails pages at once, with its exit status and its output without secrets', async () => {
    const { ping, shown } = await heartbeat('report');
    await ping('/start');
    expect((await shown()).state).toBe('running');
    const output = 'line 1\npassword=hunter22\nERROR: disk full';
    expect(await ping('/3', { method: 'POST', body: output })).toEqual([200, 'OK\n']);
    const { number } = await stack.titled('Heartbeat report failed');
    const { json } = await stack.tocsin.call('GET', `/api/v1/incidents/${number}`);
    expect(JSON.stringify(json)).toContain('Exit status 3.');
    expect(JSON.stringify(json)).toContain('disk full');
    expect(JSON.stringify(json)).not.toContain('hunter22');
    expect((await shown()).pings.map(({ kind, exitStatus }) => [kind, exitStatus])).toEqual([
      ['failure', 3],
      ['start', null],
    ]);
  });

  it('that is still late comes back after a person resolved its incident', async () => {
    const { ping } = await heartbeat('export');
    await ping();
    await moveBack('export', '71 minutes');
    const { number } = await stack.titled('Heartbeat export is late: no ping');
    await stack.tell(number, 'acknowledge', { person: 'ana' });
    await stack.tell(number, 'resolve', { person: 'ana' });
    await moveBack('export', '71 minutes');
    await stack.until(number, ({ status }) => status === 'triggered');
  });

  it('is pinged by UUID, HEAD, PUT and with a long output; other paths and keys are refused in words', async () => {
    const { key, ping, shown } = await heartbeat('sync');
    const uuid = key.replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
    expect((await fetch(new URL(`/ping/${uuid}`, stack.tocsin.url), { method: 'HEAD' })).status).toBe(200);
    expect((await ping('/log', { method: 'PUT', body: 'x'.repeat(3_000_000) }))[0]).toBe(200);
    expect((await ping('/0'))[0]).toBe(200);
    expect((await shown()).pings.map(({ kind }) => kind)).toEqual(['success', 'log', 'success']);
    expect(await ping('/256')).toEqual([400, expect.stringContaining('0 to 255')]);
    expect(await ping('/__proto__')).toEqual([400, expect.stringContaining('start')]);
    expect((await fetch(new URL(`/ping/${newKey()}`, stack.tocsin.url))).status).toBe(404);
    const alert = await stack.tocsin.call('POST', `/in/${key}`, { title: 'x' }, { token: null });
    expect([alert.status, alert.text]).toEqual([404, expect.stringContaining('/ping/<key>')]);
  });

  it('is refused without what it needs, and with what it does not use', async () => {
    const plan = async (spec: string) => {
      const { text } = await stack.tocsin.call(
        'POST',
        '/api/v1/config/plan',
        `apiVersion: tocsin/v1\nkind: Source\nmetadata: {name: odd}\nspec: ${spec}\n`,
      );
      return text;
    };
    expect(await plan('{format: heartbeat, service: sync}')).toContain('every: 1h');
    expect(await plan('{format: heartbeat, expect: {every: 1h}}')).toContain('whose service is late');
    expect(await plan('{format: generic, service: sync, grace: 5m}')).toContain('quietAfter');
    expect(await plan('{format: heartbeat, service: sync, expect: {every: 1h}, quietAfter: 1h}')).toContain(
      'a heartbeat has expect and grace',
    );
    expect(
      await plan('{format: heartbeat, service: sync, expect: {cron: "0 0 30 2 *", timezone: UTC}}'),
    ).toContain('matches some minute');
    expect(await plan('{format: heartbeat, service: sync, expect: {every: 1s}}')).toContain('at least 30s');
  });
});

describe('a source with quietAfter', () => {
  it('is an alert when it is quiet, which its next message resolves', async () => {
    const key = newKey();
    const source = ownSource('shop', key).replace('key:', 'quietAfter: 1h, severity: critical, key:');
    await stack.apply(ownService('shop', anaOnly), source);
    const send = () =>
      stack.tocsin.call(
        'POST',
        `/in/${key}`,
        { title: 'All well', severity: 'info', action: 'resolve', dedupKey: 'a' },
        { token: null },
      );
    await send();
    await eventually(() =>
      sql(`SELECT 1 FROM ingest_log WHERE source = 'shop'`).then((rows) => rows.length > 0),
    );
    // A source that was quiet before it was expected is not late for that.
    await eventually(() =>
      sql(`SELECT 1 FROM source_heartbeat WHERE source = 'shop' AND expects_since IS NOT NULL`).then(
        (rows) => rows.length > 0,
      ),
    );
    await sql(`UPDATE ingest_log SET at = at - interval '61 minutes' WHERE source = 'shop'`);
    await moveBack('shop', '61 minutes');
    const { number } = await stack.titled('Source shop is quiet: no message for 1h');
    await send();
    await stack.until(number, ({ status }) => status === 'resolved');
  });
});

describe('a document that changes', () => {
  it('is not late for what it did not expect; deleted, its alert is over', async () => {
    const { key, ping, shown } = await heartbeat('nightly', '{every: 1d}');
    await ping();
    await moveBack('nightly', '12 hours');
    await stack.apply(heartbeatOf('nightly', key, '{every: 1h}'));
    const inAnHour = async () => Date.parse((await shown()).lateAt ?? '') > Date.now() + 50 * 60_000;
    await eventually(inAnHour);
    await moveBack('nightly', '71 minutes');
    const { number } = await stack.titled('Heartbeat nightly is late: no ping');
    const deleted = await stack.tocsin.call('DELETE', '/api/v1/config/Source/nightly?force=true');
    expect(deleted.status).toBe(204);
    await stack.until(number, ({ status }) => status === 'resolved');
  });
});

describe('a time in which no api listened', () => {
  it('makes nothing late at once: senders get the time to ping again (healthchecks#664, uptime-kuma#1159)', async () => {
    const target = await heartbeat('zz-target');
    const control = await heartbeat('control');
    await target.ping();
    await control.ping();
    await eventually(async () => (await sql(`SELECT 1 FROM listening`)).length > 0);
    await sql(`UPDATE listening SET seen_at = seen_at - interval '20 minutes'`);
    await eventually(async () => (await sql(`SELECT 1 FROM listening WHERE deaf_to IS NOT NULL`)).length > 0);
    // Late a minute ago, when nobody could be heard; the other one was late before that.
    await moveBack('zz-target', '71 minutes');
    await moveBack('control', '100 minutes');
    await stack.titled('Heartbeat control is late: no ping');
    const { state, lateAt } = await target.shown();
    expect(state).toBe('up');
    expect(Date.parse(lateAt ?? '')).toBeGreaterThan(Date.now() + 10 * 60_000);
    await sql(
      `UPDATE listening SET deaf_from = deaf_from - interval '16 minutes', deaf_to = deaf_to - interval '16 minutes'`,
    );
    await moveBack('zz-target', '5 minutes');
    const { number } = await stack.titled('Heartbeat zz-target is late: no ping');
    const { json } = await stack.tocsin.call('GET', `/api/v1/incidents/${number}`);
    expect(JSON.stringify(json)).toContain('a ping of that time is lost');
    await sql('UPDATE listening SET deaf_from = NULL, deaf_to = NULL');
  });
});
