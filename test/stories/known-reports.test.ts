/**
 * Reports of other products' users, as tests of this one (docs/reliability.md §9). Each is
 * named by its report; those about clocks and calendars are in domain/oncall/dst-reports.test.ts.
 */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { SystemReply } from '../../contracts/api/system.js';
import { eventually } from '../harness/eventually.js';
import { keys, person } from '../harness/fixtures.js';
import { ownService } from '../harness/own-service.js';
import { startTestStack, type TestStack } from '../harness/test-stack.js';

let stack: TestStack;

beforeAll(async () => {
  stack = await startTestStack({ env: { TOCSIN_PAGER_LATE: '1s' } });
}, 90_000);
afterAll(() => stack.end(), 60_000);

const alert = (title: string) =>
  stack.tocsin.call('POST', `/in/${keys.generic}`, { title, severity: 'critical', dedupKey: title });
const metric = async (name: string): Promise<number> => {
  const { text } = await stack.tocsin.call('GET', '/metrics');
  const line = text.split('\n').find((one) => one.startsWith(`${name} `));
  return Number(line?.split(' ')[1]);
};

describe('known reports: what must not be lost', () => {
  it('PagerDuty 2025-08-28: ingest and paging share no fate with side features', async () => {
    const side = ['watchdog', 'mailbox_message', 'config_plan', 'rejection', 'calendar_feed'];
    for (const table of side) await stack.tocsin.sql(`ALTER TABLE ${table} RENAME TO ${table}_gone`);
    try {
      expect((await alert('Side features are broken')).status).toBe(202);
      const { number } = await stack.titled('Side features are broken');
      await stack.phones.of('ana').expectsPage(number);
    } finally {
      for (const table of side) await stack.tocsin.sql(`ALTER TABLE ${table}_gone RENAME TO ${table}`);
    }
  }, 60_000);

  it('oncall#3728, #3729, #3731: no dual write; what cannot be told to Temporal was never accepted', async () => {
    await stack.tocsin.sql(`ALTER TABLE outbox ADD CONSTRAINT broken CHECK (message IS NULL) NOT VALID`);
    const refused = await alert('Half written');
    expect(refused.status).toBeGreaterThanOrEqual(500);
    const left = await stack.tocsin.sql(
      `SELECT title FROM incident WHERE title = 'Half written' UNION ALL SELECT title FROM alert WHERE title = 'Half written'`,
    );
    expect(left).toEqual([]);
    await stack.tocsin.sql('ALTER TABLE outbox DROP CONSTRAINT broken');
    // The sender got an error and repeats.
    expect((await alert('Half written')).status).toBe(202);
    const { number } = await stack.titled('Half written');
    await stack.phones.of('ana').expectsPage(number);
    expect(stack.phones.of('ana').received({ incident: number })).toHaveLength(1);
  }, 60_000);

  it('PagerDuty 2022-04-25: the oldest due page is watched, and the mitigation works', async () => {
    await stack.tocsin.stop('worker');
    await stack.tocsin.stop('pager');
    const { number } = await stack.declare({ title: 'Due while nobody pages' });
    // The page has no row yet, and monitoring shows it all the same.
    await eventually(async () => (await metric('tocsin_oldest_due_page_seconds')) > 1, {
      what: 'a due page that is seen',
    });
    await stack.tocsin.start('pager');
    await stack.phones.of('ana').expectsPage(number);
    await eventually(async () => (await metric('tocsin_oldest_due_page_seconds')) === 0, {
      what: 'nothing due any more',
      timeoutMs: 30_000,
    });
    await stack.tocsin.start('worker');
    await stack.tocsin.ready();
    expect(stack.phones.of('ana').received({ incident: number, cycle: 0, step: 1 })).toHaveLength(1);
  }, 90_000);
});

describe('known reports: who is told', () => {
  it('OneUptime fd6bc7d356, 478a14ae24: nobody matched is loud', async () => {
    await stack.apply(`---
apiVersion: tocsin/v1
kind: Team
metadata: {name: nobody}
spec: {displayName: Nobody, discipline: deserted, timezone: UTC, members: [], managers: []}
${ownService('deserted', '[{notify: [{team: nobody}], wait: 1h}]')}`);
    const { number } = await stack.declare({ title: 'Nobody is responsible', service: 'deserted' });
    // The organisation's catch-all is paged at once; the incident says that its policy reached nobody, and why.
    await stack.phones.of('root').expectsPage(number);
    const incident = await stack.until(number, ({ escalation }) => escalation.exhausted);
    expect(incident.status).toBe('triggered');
    const said = (await stack.timeline(number)).map(({ text }) => text).join('\n');
    expect(said).toMatch(/team Nobody has no members/);
  });

  it('PagerDuty 2021-12-15, 2013-04-13, incident.io 2025-10-20: a dead supplier or name does not silence the other way', async () => {
    const { receiver } = stack.phones;
    await stack.apply(
      `${person('ida', 'responder', `${receiver.url}/ida/hook`).replace(
        /contacts:.*\n.*rules:.*\n/,
        `contacts:
    - {name: gone, channel: webhook, address: "https://supplier.invalid/hook"}
    - {name: hook, channel: webhook, address: "${receiver.url}/ida/hook"}
  rules: {high: [{after: 0s, contact: gone}, {after: 1h, contact: hook}], low: []}
`,
      )}${ownService('of-ida', '[{notify: [{person: ida}], wait: 1h}]')}`,
    );
    const { number } = await stack.declare({ title: 'Her supplier has no name', service: 'of-ida' });
    // Not after the hour of her own rule: the first contact is dead for good.
    const page = await stack.phones.of('ida').expects({ incident: number }, 60_000);
    expect(page.body.data).toMatchObject({ person: 'ida', possibleDuplicate: false });
  }, 90_000);

  it('alertmanager#1718, #2222, #3865, #4108: what may be a duplicate says so, under the same id', async () => {
    stack.phones.script('drop');
    const { number } = await stack.declare({ title: 'The line was cut after it was read' });
    const first = await stack.phones.of('ana').expectsPage(number);
    const second = await stack.phones.of('ana').expectsPage(number);
    expect(first.body.data).toMatchObject({ attempt: 1, possibleDuplicate: false });
    expect(second.body.data).toMatchObject({ attempt: 2, possibleDuplicate: true });
    expect(second.delivery.id).toBe(first.delivery.id);
  });
});

describe('known reports: waits', () => {
  it('oncall#1206, #1187, #3111: an escalation that waits survives a restart, and comes neither early nor twice', async () => {
    await stack.apply(
      ownService('patient', '[{notify: [{person: ana}], wait: 8s}, {notify: [{person: bo}], wait: 1h}]'),
    );
    const { number } = await stack.declare({ title: 'Waits through a restart', service: 'patient' });
    await stack.phones.of('ana').expectsPage(number);
    const { nextAt } = (await stack.until(number, ({ escalation }) => escalation.nextAt !== null)).escalation;
    await stack.tocsin.kill('worker');
    await stack.tocsin.start('worker');
    await stack.phones.of('bo').expects({ incident: number, step: 2 }, 60_000);
    const paged = (await stack.timeline(number)).filter(({ kind }) => kind === 'paged');
    expect(paged).toHaveLength(2);
    expect(Date.parse(paged[1]?.at ?? '')).toBeGreaterThanOrEqual(Date.parse(nextAt ?? ''));
    expect(stack.phones.of('bo').received({ incident: number })).toHaveLength(1);
    expect(stack.phones.of('ana').received({ incident: number })).toHaveLength(1);
  }, 150_000);
});

describe('known reports: the auditor', () => {
  it('oncall#724: it finds what is broken, says so loudly, and is itself watched', async () => {
    const auditor = async () => {
      const { watchdogs } = await stack.tocsin.ask(SystemReply, 'GET', '/api/v1/system');
      return watchdogs.find(({ name }) => name === 'auditor');
    };
    // Damage done by an earlier test is repaired by now, and the auditor runs once a minute.
    await eventually(
      async () => {
        expect(await auditor()).toMatchObject({ ok: true, isStale: false });
        return true;
      },
      { what: 'an auditor that finds nothing', timeoutMs: 75_000 },
    );
    const { number } = await stack.declare({ title: 'Changed behind the record' });
    await stack.tocsin.sql(`UPDATE incident SET seq = seq + 1 WHERE 'INC-' || number = $1`, [number]);
    // The auditor first runs at its start.
    await stack.tocsin.stop('pager');
    await stack.tocsin.start('pager');
    const found = await eventually(
      async () => {
        const said = await auditor();
        return said?.ok === false ? said : undefined;
      },
      { what: 'a breach that is found', timeoutMs: 20_000 },
    );
    expect(found.text).toContain(number);
    await stack.tocsin.sql(`UPDATE incident SET seq = seq - 1 WHERE 'INC-' || number = $1`, [number]);
    // Silent for too long: its last report is no longer trusted.
    await stack.tocsin.stop('pager');
    await stack.tocsin.sql(`UPDATE watchdog SET at = at - interval '6 minutes'`);
    expect(await auditor()).toMatchObject({ isStale: true });
    await stack.tocsin.start('pager');
  }, 180_000);
});
