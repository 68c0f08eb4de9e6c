import { expect, it } from '@jest/globals';
import { auditRecord } from './invariants/audit-record.js';
import type { IncidentCommand } from '../domain/incident/commands.js';
import { withDatabase } from '../test/harness/database.js';
import { incidentsOwingUpdates } from './page-updates.js';
import { listPersonDeliveries } from './views/delivery-view.js';
import { type PagedIncident, type PagedStory, pagedStory } from './testing/paged-story.js';

const inStory = (work: (story: PagedStory) => Promise<void>) =>
  withDatabase(async (db) => work(await pagedStory(db)));

/** A page to Ana by Slack: one that Slack has taken, or her second one, which is being sent. */
async function slackPage(story: PagedStory, isUnderWay = false): Promise<PagedIncident> {
  const incident = await story.page();
  const rows = await story.deliveries(incident);
  await story.query(
    isUnderWay
      ? `UPDATE delivery SET channel = 'slack', address = 'UANA', state = 'sending', attempts = 1, due_at = NULL,
           lease = gen_random_uuid(), lease_until = tocsin_now() + interval '1 minute' WHERE id = $1`
      : `UPDATE delivery SET channel = 'slack', address = 'UANA', provider = 'slack', provider_id = 'DANA:1.1' WHERE id = $1`,
    [rows[isUnderWay ? 1 : 0]?.id],
  );
  return incident;
}
const tell = ({ store }: PagedStory, { id }: PagedIncident, command: IncidentCommand, actor = 'bo') =>
  store.recorder.record({ incidentId: id, actor, command });
const acknowledge: IncidentCommand = { type: 'acknowledge', person: 'bo' };
const resolve: IncidentCommand = { type: 'resolve', comment: null, because: 'person' };
const updates = (story: PagedStory, { id }: PagedIncident): Promise<{ state: string; text: string }[]> =>
  story.query(
    `SELECT state, subject->>'text' AS text FROM delivery WHERE incident_id = $1 AND type = 'page.updated' ORDER BY created_at`,
    [id],
  );
const take = ({ store }: PagedStory, { id }: PagedIncident) =>
  store.ledger.takeDue({ incidentId: id, sender: 'test', lateMs: 0, limit: 10 });

it('what becomes of an incident is planned for each page that can be changed, with the link of the page', () =>
  inStory(async (story) => {
    const incident = await slackPage(story);
    const links = await story.query('SELECT count(*)::int AS n FROM link_token');
    await tell(story, incident, acknowledge);
    expect(await updates(story, incident)).toEqual([
      { state: 'planned', text: expect.stringMatching(/^Acknowledged by Bo Lind, \d\d:\d\d UTC\.$/) },
    ]);
    const [page] = await story.deliveries(incident);
    const due = await take(story, incident);
    expect(due).toMatchObject([
      {
        type: 'page.updated',
        person: 'ana',
        channel: 'slack',
        link: incident.link,
        updates: { key: page?.key, providerId: 'DANA:1.1', isUnderWay: false },
      },
    ]);
    expect(await story.query('SELECT count(*)::int AS n FROM link_token')).toEqual(links);
  }));

it('tells of each page whether its own person has answered since', () =>
  inStory(async (story) => {
    const isAnswered = async (command: IncidentCommand) => {
      const incident = await slackPage(story);
      await tell(story, incident, command, 'ana');
      return (await take(story, incident)).map(({ person, subject }) => [person, subject['isAnswered']]);
    };
    const escalate: IncidentCommand = { type: 'escalate', track: null, step: null, reason: 'test' };
    expect(await isAnswered(escalate)).toEqual([['ana', false]]);
    expect(await isAnswered({ type: 'decline', person: 'ana', comment: null })).toEqual([['ana', true]]);
  }));

it('only the newest change is sent', () =>
  inStory(async (story) => {
    const incident = await slackPage(story);
    await tell(story, incident, acknowledge);
    await tell(story, incident, resolve);
    expect(await updates(story, incident)).toMatchObject([
      { state: 'suppressed' },
      { state: 'planned', text: expect.stringContaining('Resolved by Bo Lind') },
    ]);
    expect(await take(story, incident)).toHaveLength(1);
  }));

it('a change waits for the one before it, so that the newest stands', () =>
  inStory(async (story) => {
    const incident = await slackPage(story);
    await tell(story, incident, acknowledge);
    const [before] = await take(story, incident);
    if (before === undefined) throw new Error('nothing was due');
    await tell(story, incident, resolve);
    expect(await take(story, incident)).toEqual([]);
    await story.store.ledger.settle(before, { kind: 'accepted', provider: 'slack', providerId: 'DANA:1.1' });
    expect(await incidentsOwingUpdates(story.store.dataSource, 10)).toEqual([incident.id]);
    expect(await take(story, incident)).toMatchObject([
      { subject: { text: expect.stringContaining('Resolved by Bo Lind') } },
    ]);
  }));

it('one whose sender vanished is found by looking, and is done again unless there is a newer one', () =>
  inStory(async (story) => {
    const incident = await slackPage(story);
    const vanish = () =>
      story.query(
        `UPDATE delivery SET lease_until = tocsin_now() - interval '1 second' WHERE incident_id = $1 AND state = 'sending'`,
        [incident.id],
      );
    await tell(story, incident, acknowledge);
    expect(await take(story, incident)).toHaveLength(1);
    await vanish();
    expect(await incidentsOwingUpdates(story.store.dataSource, 10)).toEqual([incident.id]);
    expect(await take(story, incident)).toMatchObject([{ attempt: 2 }]);
    await vanish();
    await tell(story, incident, resolve);
    expect(await take(story, incident)).toMatchObject([
      { attempt: 1, subject: { text: expect.stringContaining('Resolved') } },
    ]);
  }));

it('nobody owes a change: not the pager, not for the auditor, and what the person was sent has no line of it', () =>
  inStory(async (story) => {
    const incident = await slackPage(story);
    await tell(story, incident, acknowledge);
    await story.query(
      `UPDATE delivery SET due_at = tocsin_now() - interval '10 minutes' WHERE incident_id = $1 AND type = 'page.updated'`,
      [incident.id],
    );
    const { ledger, dataSource } = story.store;
    expect(await ledger.takeDue({ incidentId: null, sender: 'pager', lateMs: 60_000, limit: 10 })).toEqual(
      [],
    );
    expect(await auditRecord(dataSource)).toEqual([]);
    const { items } = await listPersonDeliveries(dataSource, 'ana');
    expect(items.map(({ type }) => type)).toEqual(['page.requested', 'page.requested']);
  }));

it('a message that named other incidents goes on naming them', () =>
  inStory(async (story) => {
    const [incident, other] = [await slackPage(story), await story.page()];
    const [carrier] = await story.deliveries(incident);
    await story.query(
      `UPDATE delivery SET state = 'suppressed', carrier = $2, reason = $3, due_at = NULL
        WHERE id = (SELECT id FROM delivery WHERE incident_id = $1 AND state = 'planned' LIMIT 1)`,
      [other.id, carrier?.id, `bundled into ${incident.number}'s page`],
    );
    await tell(story, incident, acknowledge);
    expect(await take(story, incident)).toMatchObject([
      { type: 'page.updated', alsoPaged: [{ number: other.number, link: expect.any(String) }] },
    ]);
  }));

it('a page whose answer was lost is changed as well: the provider may know it', () =>
  inStory(async (story) => {
    const incident = await slackPage(story);
    await story.query(
      `WITH lost AS (UPDATE delivery SET state = 'failed', provider_id = NULL, due_at = tocsin_now() + interval '1 minute'
         WHERE incident_id = $1 AND channel = 'slack' RETURNING id)
       UPDATE delivery_attempt a SET outcome = 'ambiguous' FROM lost WHERE a.delivery_id = lost.id`,
      [incident.id],
    );
    await tell(story, incident, acknowledge);
    expect(await take(story, incident)).toMatchObject([
      { type: 'page.updated', updates: { providerId: null, isUnderWay: false } },
    ]);
  }));

it('a page that is being sent at that moment is changed once it is known', () =>
  inStory(async (story) => {
    const incident = await slackPage(story, true);
    await tell(story, incident, acknowledge);
    expect(await take(story, incident)).toMatchObject([{ updates: { providerId: null, isUnderWay: true } }]);
  }));

it('no workflow waits for a change, and one that is late is found by looking', () =>
  inStory(async (story) => {
    const incident = await slackPage(story);
    await tell(story, incident, acknowledge);
    expect(await story.store.ledger.nextDueMs(incident.id)).toBeNull();
    expect(await incidentsOwingUpdates(story.store.dataSource, 10)).toEqual([incident.id]);
    const [delivery] = await take(story, incident);
    if (delivery === undefined) throw new Error('nothing was due');
    await story.store.ledger.settle(delivery, {
      kind: 'failed',
      provider: 'slack',
      error: 'Slack says message_not_found',
      permanent: true,
    });
    expect(await updates(story, incident)).toMatchObject([{ state: 'exhausted' }]);
    expect(await incidentsOwingUpdates(story.store.dataSource, 10)).toEqual([]);
    expect(await story.status(incident)).toBe('acknowledged');
  }));

it('what cannot be changed is left as it is', () =>
  inStory(async (story) => {
    const incident = await story.page();
    await tell(story, incident, acknowledge);
    expect(await updates(story, incident)).toEqual([]);
  }));
