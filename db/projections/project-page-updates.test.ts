import { expect, it } from '@jest/globals';
import { auditRecord } from '../invariants/audit-record.js';
import type { IncidentCommand } from '../../domain/incident/commands.js';
import { withDatabase } from '../../test/harness/database.js';
import { incidentsWithDueUpdates } from './project-page-updates.js';
import { listPersonDeliveries } from '../delivery/delivery-view.js';
import { type PagedIncident, type PagedFixture, pagedFixture } from '../testing/paged-fixture.js';

const withStack = (work: (fixture: PagedFixture) => Promise<void>) =>
  withDatabase(async (db) => work(await pagedFixture(db)));

/** A Slack page to Ana: one that Slack has accepted, or a second one that is being sent. */
async function slackPage(fixture: PagedFixture, isUnderWay = false): Promise<PagedIncident> {
  const incident = await fixture.page();
  const rows = await fixture.deliveries(incident);
  await fixture.query(
    isUnderWay
      ? `UPDATE delivery SET channel = 'slack', address = 'UANA', state = 'sending', attempts = 1, due_at = NULL,
           lease = gen_random_uuid(), lease_until = tocsin_now() + interval '1 minute' WHERE id = $1`
      : `UPDATE delivery SET channel = 'slack', address = 'UANA', provider = 'slack', provider_id = 'DANA:1.1' WHERE id = $1`,
    [rows[isUnderWay ? 1 : 0]?.id],
  );
  return incident;
}
const tell = ({ store }: PagedFixture, { id }: PagedIncident, command: IncidentCommand, actor = 'bo') =>
  store.recorder.record({ incidentId: id, actor, command });
const acknowledge: IncidentCommand = { type: 'acknowledge', person: 'bo' };
const resolve: IncidentCommand = { type: 'resolve', comment: null, because: 'person' };
const updates = (fixture: PagedFixture, { id }: PagedIncident): Promise<{ state: string; text: string }[]> =>
  fixture.query(
    `SELECT state, subject->>'text' AS text FROM delivery WHERE incident_id = $1 AND type = 'page.updated' ORDER BY created_at`,
    [id],
  );
const take = ({ store }: PagedFixture, { id }: PagedIncident) =>
  store.ledger.takeDue({ incidentId: id, sender: 'test', lateMs: 0, limit: 10 });

it('what becomes of an incident is planned for each page that can be changed, with the link of the page', () =>
  withStack(async (fixture) => {
    const incident = await slackPage(fixture);
    const links = await fixture.query('SELECT count(*)::int AS n FROM link_token');
    await tell(fixture, incident, acknowledge);
    expect(await updates(fixture, incident)).toEqual([
      { state: 'planned', text: expect.stringMatching(/^Acknowledged by Bo Lind, \d\d:\d\d UTC\.$/) },
    ]);
    const [page] = await fixture.deliveries(incident);
    const due = await take(fixture, incident);
    expect(due).toMatchObject([
      {
        type: 'page.updated',
        person: 'ana',
        channel: 'slack',
        link: incident.link,
        updates: { key: page?.key, providerId: 'DANA:1.1', isUnderWay: false },
      },
    ]);
    expect(await fixture.query('SELECT count(*)::int AS n FROM link_token')).toEqual(links);
  }));

it('tells of each page whether its own person has answered since', () =>
  withStack(async (fixture) => {
    const isAnswered = async (command: IncidentCommand) => {
      const incident = await slackPage(fixture);
      await tell(fixture, incident, command, 'ana');
      return (await take(fixture, incident)).map(({ person, subject }) => [person, subject['isAnswered']]);
    };
    const escalate: IncidentCommand = { type: 'escalate', escalation: null, step: null, reason: 'test' };
    expect(await isAnswered(escalate)).toEqual([['ana', false]]);
    expect(await isAnswered({ type: 'decline', person: 'ana', comment: null })).toEqual([['ana', true]]);
  }));

it('only the newest change is sent', () =>
  withStack(async (fixture) => {
    const incident = await slackPage(fixture);
    await tell(fixture, incident, acknowledge);
    await tell(fixture, incident, resolve);
    expect(await updates(fixture, incident)).toMatchObject([
      { state: 'suppressed' },
      { state: 'planned', text: expect.stringContaining('Resolved by Bo Lind') },
    ]);
    expect(await take(fixture, incident)).toHaveLength(1);
  }));

it('a change waits for the one before it, so that the newest stands', () =>
  withStack(async (fixture) => {
    const incident = await slackPage(fixture);
    await tell(fixture, incident, acknowledge);
    const [before] = await take(fixture, incident);
    if (before === undefined) throw new Error('nothing was due');
    await tell(fixture, incident, resolve);
    expect(await take(fixture, incident)).toEqual([]);
    await fixture.store.ledger.settle(before, {
      kind: 'accepted',
      provider: 'slack',
      providerId: 'DANA:1.1',
    });
    expect(await incidentsWithDueUpdates(fixture.store.dataSource, 10)).toEqual([incident.id]);
    expect(await take(fixture, incident)).toMatchObject([
      { subject: { text: expect.stringContaining('Resolved by Bo Lind') } },
    ]);
  }));

it('one whose sender vanished is found by looking, and is done again unless there is a newer one', () =>
  withStack(async (fixture) => {
    const incident = await slackPage(fixture);
    const vanish = () =>
      fixture.query(
        `UPDATE delivery SET lease_until = tocsin_now() - interval '1 second' WHERE incident_id = $1 AND state = 'sending'`,
        [incident.id],
      );
    await tell(fixture, incident, acknowledge);
    expect(await take(fixture, incident)).toHaveLength(1);
    await vanish();
    expect(await incidentsWithDueUpdates(fixture.store.dataSource, 10)).toEqual([incident.id]);
    expect(await take(fixture, incident)).toMatchObject([{ attempt: 2 }]);
    await vanish();
    await tell(fixture, incident, resolve);
    expect(await take(fixture, incident)).toMatchObject([
      { attempt: 1, subject: { text: expect.stringContaining('Resolved') } },
    ]);
  }));

it('nobody owes a change: not the pager, not for the auditor, and what the person was sent has no line of it', () =>
  withStack(async (fixture) => {
    const incident = await slackPage(fixture);
    await tell(fixture, incident, acknowledge);
    await fixture.query(
      `UPDATE delivery SET due_at = tocsin_now() - interval '10 minutes' WHERE incident_id = $1 AND type = 'page.updated'`,
      [incident.id],
    );
    const { ledger, dataSource } = fixture.store;
    expect(await ledger.takeDue({ incidentId: null, sender: 'pager', lateMs: 60_000, limit: 10 })).toEqual(
      [],
    );
    expect(await auditRecord(dataSource)).toEqual([]);
    const { items } = await listPersonDeliveries(dataSource, 'ana');
    expect(items.map(({ type }) => type)).toEqual(['page.requested', 'page.requested']);
  }));

it('a message that named other incidents goes on naming them', () =>
  withStack(async (fixture) => {
    const [incident, other] = [await slackPage(fixture), await fixture.page()];
    const [bundle] = await fixture.deliveries(incident);
    await fixture.query(
      `UPDATE delivery SET state = 'suppressed', bundle = $2, reason = $3, sent_in_bundle = true, due_at = NULL
        WHERE id = (SELECT id FROM delivery WHERE incident_id = $1 AND state = 'planned' LIMIT 1)`,
      [other.id, bundle?.id, `bundled into ${incident.number}'s page`],
    );
    await tell(fixture, incident, acknowledge);
    expect(await take(fixture, incident)).toMatchObject([
      { type: 'page.updated', alsoPaged: [{ number: other.number, link: expect.any(String) }] },
    ]);
  }));

it('a page whose answer was lost is changed as well: the provider may know it', () =>
  withStack(async (fixture) => {
    const incident = await slackPage(fixture);
    await fixture.query(
      `WITH lost AS (UPDATE delivery SET state = 'failed', provider_id = NULL, due_at = tocsin_now() + interval '1 minute'
         WHERE incident_id = $1 AND channel = 'slack' RETURNING id)
       UPDATE delivery_attempt a SET outcome = 'ambiguous' FROM lost WHERE a.delivery_id = lost.id`,
      [incident.id],
    );
    await tell(fixture, incident, acknowledge);
    expect(await take(fixture, incident)).toMatchObject([
      { type: 'page.updated', updates: { providerId: null, isUnderWay: false } },
    ]);
  }));

it('a page that is being sent at that moment is changed once it is known', () =>
  withStack(async (fixture) => {
    const incident = await slackPage(fixture, true);
    await tell(fixture, incident, acknowledge);
    expect(await take(fixture, incident)).toMatchObject([
      { updates: { providerId: null, isUnderWay: true } },
    ]);
  }));

it('no workflow waits for a change, and one that is late is found by looking', () =>
  withStack(async (fixture) => {
    const incident = await slackPage(fixture);
    await tell(fixture, incident, acknowledge);
    expect(await fixture.store.ledger.nextDueMs(incident.id)).toBeNull();
    expect(await incidentsWithDueUpdates(fixture.store.dataSource, 10)).toEqual([incident.id]);
    const [delivery] = await take(fixture, incident);
    if (delivery === undefined) throw new Error('nothing was due');
    await fixture.store.ledger.settle(delivery, {
      kind: 'failed',
      provider: 'slack',
      error: 'Slack says message_not_found',
      permanent: true,
    });
    expect(await updates(fixture, incident)).toMatchObject([{ state: 'exhausted' }]);
    expect(await incidentsWithDueUpdates(fixture.store.dataSource, 10)).toEqual([]);
    expect(await fixture.status(incident)).toBe('acknowledged');
  }));

it('what cannot be changed is left as it is', () =>
  withStack(async (fixture) => {
    const incident = await fixture.page();
    await tell(fixture, incident, acknowledge);
    expect(await updates(fixture, incident)).toEqual([]);
  }));
