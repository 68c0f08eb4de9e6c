import { describe, expect, it } from '@jest/globals';
import type { DataSource } from 'typeorm';
import { withDatabase } from '../../test/harness/database.js';
import { recordingIncident, type RecordFixture } from '../testing/review-fixture.js';
import { changesSince, getPostmortem } from './postmortem-view.js';

const written = {
  rootCauses: 'vacuum was off',
  wentWell: 'fast',
  wentBadly: 'late',
  lessons: 'watch the lag',
};

const inReview = async (dataSource: DataSource): Promise<RecordFixture> => {
  const fixture = await recordingIncident(dataSource);
  await fixture.resolve();
  await fixture.postmortems.draft(fixture.id);
  await fixture.postmortems.edit({ incidentId: fixture.id, actor: 'ana', sections: written });
  expect(await fixture.postmortems.submit(fixture.id, 'ana')).toMatchObject({ kind: 'accepted' });
  return fixture;
};

describe('the post-mortem of an incident', () => {
  it('is drafted from the record, once', () =>
    withDatabase(async (dataSource) => {
      const fixture = await recordingIncident(dataSource);
      expect(await fixture.postmortems.draft(fixture.id)).toMatchObject({
        kind: 'refused',
        code: 'not_resolved',
      });
      await fixture.resolve();
      expect(await fixture.postmortems.draft(fixture.id)).toMatchObject({
        kind: 'accepted',
        events: [{ kind: 'postmortem_drafted' }],
      });
      expect(await fixture.postmortems.draft(fixture.id)).toMatchObject({ kind: 'unchanged', events: [] });
      expect(await getPostmortem(dataSource, fixture.id)).toMatchObject({
        status: 'draft',
        kind: 'full',
        revision: 1,
        missing: ['rootCauses', 'wentWell', 'wentBadly', 'lessons'],
        sections: { usersAffected: 'unknown', systemsAffected: expect.stringContaining('Checkout database') },
        // The provider accepted it; no receipt came and it was not answered.
        notificationsIssued: [{ person: 'ana', channel: 'email', reached: false }],
        facts: { responseTimes: { acknowledge: { state: 'recorded' } }, alerts: [{ title: 'Replica lag' }] },
        reviews: [],
      });
    }));

  it('is drafted by the first person who writes, when nobody else did', () =>
    withDatabase(async (dataSource) => {
      const fixture = await recordingIncident(dataSource);
      await fixture.resolve();
      const edited = await fixture.postmortems.edit({
        incidentId: fixture.id,
        actor: 'ana',
        sections: written,
        idempotencyKey: 'k1',
      });
      expect(edited).toMatchObject({
        kind: 'accepted',
        state: { postmortem: { status: 'draft', revision: 2 } },
      });
      expect(await fixture.kinds()).toEqual(
        expect.arrayContaining(['postmortem_drafted', 'postmortem_edited']),
      );
      const again = await fixture.postmortems.edit({
        incidentId: fixture.id,
        actor: 'ana',
        sections: { lessons: 'other' },
        idempotencyKey: 'k1',
      });
      expect(again.kind).toBe('unchanged');
    }));

  it('is reviewed by the quorum of each group, which closes the incident', () =>
    withDatabase(async (dataSource) => {
      const fixture = await inReview(dataSource);
      expect((await fixture.review('cleo', 'approve')).kind).toBe('accepted');
      expect(await fixture.review('dana', 'approve')).toMatchObject({
        kind: 'accepted',
        state: { status: 'closed' },
      });
      expect(await getPostmortem(dataSource, fixture.id)).toMatchObject({
        status: 'approved',
        author: 'ana',
        incident: { status: 'closed' },
        reviews: [
          { person: 'bo', group: 'participants', decision: 'pending' },
          { person: 'cleo', group: 'participants', decision: 'approve', revision: 2 },
          { person: 'dana', group: 'stakeholders', decision: 'approve', revision: 2 },
        ],
      });
      const rows: unknown[] = await dataSource.query(
        `SELECT person, decision, revision FROM review WHERE decision <> 'pending' ORDER BY person`,
      );
      expect(rows).toEqual([
        { person: 'cleo', decision: 'approve', revision: 2 },
        { person: 'dana', decision: 'approve', revision: 2 },
      ]);
    }));

  it('is drafted, approved and closed once, however many ask at the same time', () =>
    withDatabase(async (dataSource) => {
      const fixture = await recordingIncident(dataSource);
      await fixture.resolve();
      const drafts = await Promise.all([1, 2, 3].map(() => fixture.postmortems.draft(fixture.id)));
      expect(drafts.map(({ kind }) => kind).toSorted()).toEqual(['accepted', 'unchanged', 'unchanged']);
      await fixture.postmortems.edit({ incidentId: fixture.id, actor: 'ana', sections: written });
      await fixture.postmortems.submit(fixture.id, 'ana');
      await Promise.all(['bo', 'cleo', 'dana', 'bo'].map((person) => fixture.review(person, 'approve')));
      expect(
        (await fixture.kinds()).filter((kind) => kind === 'postmortem_approved' || kind === 'closed'),
      ).toEqual(['postmortem_approved', 'closed']);
    }));

  it('shows a reviewer what changed since the last look, and takes the approval back', () =>
    withDatabase(async (dataSource) => {
      const fixture = await inReview(dataSource);
      await fixture.review('cleo', 'approve');
      await fixture.postmortems.edit({
        incidentId: fixture.id,
        actor: 'bo',
        sections: { lessons: 'alarm on lag' },
      });
      expect(await changesSince(dataSource, fixture.id, 2)).toEqual([
        { section: 'lessons', before: 'watch the lag', after: 'alarm on lag' },
      ]);
      expect(await changesSince(dataSource, fixture.id, 99)).toBeNull();
      expect((await getPostmortem(dataSource, fixture.id))?.reviews[1]).toMatchObject({
        person: 'cleo',
        decision: 'pending',
        revision: 2,
      });
      expect(await dataSource.query(`SELECT 1 FROM review WHERE decision = 'approve'`)).toEqual([]);
    }));

  it('keeps who took a review over, who asked for changes, and asks again', () =>
    withDatabase(async (dataSource) => {
      const fixture = await inReview(dataSource);
      await fixture.review('dana', 'delegate', { to: 'root' });
      await fixture.review('bo', 'request_changes', { comment: 'why late?' });
      const between: unknown[] = await dataSource.query(
        'SELECT person, review_group, decision, comment FROM review ORDER BY person',
      );
      expect(between).toEqual([
        { person: 'bo', review_group: 'participants', decision: 'request_changes', comment: 'why late?' },
        { person: 'cleo', review_group: 'participants', decision: 'pending', comment: null },
        { person: 'dana', review_group: 'stakeholders', decision: 'delegate', comment: null },
        { person: 'root', review_group: 'stakeholders', decision: 'pending', comment: null },
      ]);
      await fixture.postmortems.edit({
        incidentId: fixture.id,
        actor: 'ana',
        sections: { wentBadly: 'paged late: no rule' },
      });
      await fixture.postmortems.submit(fixture.id, 'ana');
      const after: unknown[] = await dataSource.query(
        'SELECT person, decision, comment FROM review ORDER BY person',
      );
      expect(after).toEqual(
        ['bo', 'cleo', 'dana'].map((person) => ({ person, decision: 'pending', comment: null })),
      );
    }));

  it('keeps the texts of people over a reopening, and measures anew', () =>
    withDatabase(async (dataSource) => {
      const fixture = await inReview(dataSource);
      await fixture.record('bo', { type: 'reopen', reason: 'it is back' });
      expect((await getPostmortem(dataSource, fixture.id))?.status).toBe('draft');
      await fixture.record('bo', { type: 'resolve', comment: null, because: 'person' });
      expect((await fixture.postmortems.draft(fixture.id)).kind).toBe('accepted');
      const view = await getPostmortem(dataSource, fixture.id);
      expect(view).toMatchObject({
        status: 'draft',
        sections: written,
        revision: 2,
        due: expect.any(String),
      });
      expect(view?.timeline.map(({ kind }) => kind)).toContain('reopened');
      expect((await fixture.postmortems.submit(fixture.id, 'bo')).kind).toBe('accepted');
    }));

  it('refuses gaps, long texts and edits of an old revision', () =>
    withDatabase(async (dataSource) => {
      const fixture = await recordingIncident(dataSource);
      await fixture.resolve();
      const edit = (sections: Record<string, string>, revision?: number) =>
        fixture.postmortems.edit({ incidentId: fixture.id, actor: 'ana', sections, revision });
      expect(await fixture.postmortems.submit(fixture.id, 'ana')).toMatchObject({
        kind: 'refused',
        code: 'sections_missing',
      });
      expect(await edit({ lessons: 'x'.repeat(65 * 1024) })).toMatchObject({ code: 'section_too_long' });
      expect((await edit({ lessons: 'a\u0000b' }, 1)).kind).toBe('accepted');
      expect(await edit({ lessons: 'mine' }, 1)).toMatchObject({ code: 'edited_meanwhile' });
      expect((await edit({ lessons: 'ab' }, 1)).kind).toBe('unchanged');
      expect(
        await fixture.postmortems.edit({ incidentId: crypto.randomUUID(), actor: 'ana', sections: {} }),
      ).toEqual({ kind: 'not_found' });
    }));

  it('holds action items as one list; the same list again changes nothing', () =>
    withDatabase(async (dataSource) => {
      const fixture = await recordingIncident(dataSource);
      await fixture.resolve();
      const item = { title: 'alarm on lag', owner: 'bo', due: '2026-12-01', url: null };
      const edit = (actionItems: (typeof item & { id: string | null })[]) =>
        fixture.postmortems.edit({ incidentId: fixture.id, actor: 'ana', sections: {}, actionItems });
      await edit([
        { ...item, id: null },
        { ...item, id: null, title: 'drop me' },
      ]);
      const items = (await getPostmortem(dataSource, fixture.id))?.actionItems ?? [];
      expect(items).toMatchObject([{ ...item, state: 'open' }, { title: 'drop me' }]);
      expect(
        (
          await edit(
            items.map(({ id, title, owner, due, url }) => ({
              id,
              title,
              owner: owner ?? '',
              due: due ?? '',
              url: url as null,
            })),
          )
        ).kind,
      ).toBe('unchanged');
      const [first] = items;
      await edit([{ ...item, id: first?.id ?? null, title: 'alarm on 60 s of lag' }]);
      expect((await getPostmortem(dataSource, fixture.id))?.actionItems).toMatchObject([
        { id: first?.id, title: 'alarm on 60 s of lag' },
      ]);
    }));

  it('is waived with a reason, also before any draft', () =>
    withDatabase(async (dataSource) => {
      const fixture = await recordingIncident(dataSource);
      await fixture.resolve();
      const waived = await fixture.record('root', { type: 'waive_postmortem', reason: 'a transient' });
      expect(waived).toMatchObject({
        kind: 'accepted',
        state: { status: 'closed', postmortem: { status: 'waived' } },
      });
      expect(await getPostmortem(dataSource, fixture.id)).toMatchObject({
        status: 'waived',
        timeline: [],
        actionItems: [],
      });
      await fixture.record('root', { type: 'reopen', reason: null });
      expect(
        await fixture.postmortems.edit({ incidentId: fixture.id, actor: 'ana', sections: written }),
      ).toMatchObject({ code: 'no_postmortem' });
    }));
});

describe('the database itself', () => {
  it('refuses to close an incident by hand, also with a forged status', () =>
    withDatabase(async (dataSource) => {
      const fixture = await inReview(dataSource);
      await expect(dataSource.query(`UPDATE incident SET status = 'closed'`)).rejects.toThrow(
        'incident_closed_only_through_review',
      );
      await expect(
        dataSource.query(`UPDATE incident SET status = 'closed', postmortem_status = 'approved'`),
      ).rejects.toThrow('no approved or waived post-mortem on its record');
      expect((await getPostmortem(dataSource, fixture.id))?.incident.status).toBe('resolved');
    }));
});
