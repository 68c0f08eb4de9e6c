import { describe, expect, it } from '@jest/globals';
import type { DataSource } from 'typeorm';
import { withDatabase } from '../test/harness/database.js';
import { recordingStory, type Story } from './testing/review-story.js';
import { changesSince, getPostmortem } from './views/postmortem-view.js';

const written = {
  rootCauses: 'vacuum was off',
  wentWell: 'fast',
  wentBadly: 'late',
  lessons: 'watch the lag',
};

const inReview = async (dataSource: DataSource): Promise<Story> => {
  const story = await recordingStory(dataSource);
  await story.resolve();
  await story.postmortems.draft(story.id);
  await story.postmortems.edit({ incidentId: story.id, actor: 'ana', sections: written });
  expect(await story.postmortems.submit(story.id, 'ana')).toMatchObject({ kind: 'accepted' });
  return story;
};

describe('the post-mortem of an incident', () => {
  it('is drafted from the record, once', () =>
    withDatabase(async (dataSource) => {
      const story = await recordingStory(dataSource);
      expect(await story.postmortems.draft(story.id)).toMatchObject({
        kind: 'refused',
        code: 'not_resolved',
      });
      await story.resolve();
      expect(await story.postmortems.draft(story.id)).toMatchObject({
        kind: 'accepted',
        events: [{ kind: 'postmortem_drafted' }],
      });
      expect(await story.postmortems.draft(story.id)).toMatchObject({ kind: 'unchanged', events: [] });
      expect(await getPostmortem(dataSource, story.id)).toMatchObject({
        status: 'draft',
        kind: 'full',
        revision: 1,
        missing: ['rootCauses', 'wentWell', 'wentBadly', 'lessons'],
        sections: { usersAffected: 'unknown', systemsAffected: expect.stringContaining('Checkout database') },
        // A provider took it; no receipt came and nobody answered by it.
        notificationsIssued: [{ person: 'ana', channel: 'email', reached: false }],
        facts: { responseTimes: { acknowledge: { state: 'recorded' } }, alerts: [{ title: 'Replica lag' }] },
        reviews: [],
      });
    }));

  it('is drafted by the first person who writes, when nobody else did', () =>
    withDatabase(async (dataSource) => {
      const story = await recordingStory(dataSource);
      await story.resolve();
      const edited = await story.postmortems.edit({
        incidentId: story.id,
        actor: 'ana',
        sections: written,
        idempotencyKey: 'k1',
      });
      expect(edited).toMatchObject({
        kind: 'accepted',
        state: { postmortem: { status: 'draft', revision: 2 } },
      });
      expect(await story.kinds()).toEqual(
        expect.arrayContaining(['postmortem_drafted', 'postmortem_edited']),
      );
      const again = await story.postmortems.edit({
        incidentId: story.id,
        actor: 'ana',
        sections: { lessons: 'other' },
        idempotencyKey: 'k1',
      });
      expect(again.kind).toBe('unchanged');
    }));

  it('is reviewed by the quorum of each group, which closes the incident', () =>
    withDatabase(async (dataSource) => {
      const story = await inReview(dataSource);
      expect((await story.review('cleo', 'approve')).kind).toBe('accepted');
      expect(await story.review('dana', 'approve')).toMatchObject({
        kind: 'accepted',
        state: { status: 'closed' },
      });
      expect(await getPostmortem(dataSource, story.id)).toMatchObject({
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
      const story = await recordingStory(dataSource);
      await story.resolve();
      const drafts = await Promise.all([1, 2, 3].map(() => story.postmortems.draft(story.id)));
      expect(drafts.map(({ kind }) => kind).toSorted()).toEqual(['accepted', 'unchanged', 'unchanged']);
      await story.postmortems.edit({ incidentId: story.id, actor: 'ana', sections: written });
      await story.postmortems.submit(story.id, 'ana');
      await Promise.all(['bo', 'cleo', 'dana', 'bo'].map((person) => story.review(person, 'approve')));
      expect(
        (await story.kinds()).filter((kind) => kind === 'postmortem_approved' || kind === 'closed'),
      ).toEqual(['postmortem_approved', 'closed']);
    }));

  it('shows a reviewer what changed since the last look, and takes the approval back', () =>
    withDatabase(async (dataSource) => {
      const story = await inReview(dataSource);
      await story.review('cleo', 'approve');
      await story.postmortems.edit({
        incidentId: story.id,
        actor: 'bo',
        sections: { lessons: 'alarm on lag' },
      });
      expect(await changesSince(dataSource, story.id, 2)).toEqual([
        { section: 'lessons', before: 'watch the lag', after: 'alarm on lag' },
      ]);
      expect(await changesSince(dataSource, story.id, 99)).toBeNull();
      expect((await getPostmortem(dataSource, story.id))?.reviews[1]).toMatchObject({
        person: 'cleo',
        decision: 'pending',
        revision: 2,
      });
      expect(await dataSource.query(`SELECT 1 FROM review WHERE decision = 'approve'`)).toEqual([]);
    }));

  it('keeps who took a review over, who asked for changes, and asks again', () =>
    withDatabase(async (dataSource) => {
      const story = await inReview(dataSource);
      await story.review('dana', 'delegate', { to: 'root' });
      await story.review('bo', 'request_changes', { comment: 'why late?' });
      const between: unknown[] = await dataSource.query(
        'SELECT person, review_group, decision, comment FROM review ORDER BY person',
      );
      expect(between).toEqual([
        { person: 'bo', review_group: 'participants', decision: 'request_changes', comment: 'why late?' },
        { person: 'cleo', review_group: 'participants', decision: 'pending', comment: null },
        { person: 'dana', review_group: 'stakeholders', decision: 'delegate', comment: null },
        { person: 'root', review_group: 'stakeholders', decision: 'pending', comment: null },
      ]);
      await story.postmortems.edit({
        incidentId: story.id,
        actor: 'ana',
        sections: { wentBadly: 'paged late: no rule' },
      });
      await story.postmortems.submit(story.id, 'ana');
      const after: unknown[] = await dataSource.query(
        'SELECT person, decision, comment FROM review ORDER BY person',
      );
      expect(after).toEqual(
        ['bo', 'cleo', 'dana'].map((person) => ({ person, decision: 'pending', comment: null })),
      );
    }));

  it('keeps the texts of people over a reopening, and measures anew', () =>
    withDatabase(async (dataSource) => {
      const story = await inReview(dataSource);
      await story.record('bo', { type: 'reopen', reason: 'it is back' });
      expect((await getPostmortem(dataSource, story.id))?.status).toBe('draft');
      await story.record('bo', { type: 'resolve', comment: null, because: 'person' });
      expect((await story.postmortems.draft(story.id)).kind).toBe('accepted');
      const view = await getPostmortem(dataSource, story.id);
      expect(view).toMatchObject({
        status: 'draft',
        sections: written,
        revision: 2,
        due: expect.any(String),
      });
      expect(view?.timeline.map(({ kind }) => kind)).toContain('reopened');
      expect((await story.postmortems.submit(story.id, 'bo')).kind).toBe('accepted');
    }));

  it('refuses gaps, long texts and edits of an old revision', () =>
    withDatabase(async (dataSource) => {
      const story = await recordingStory(dataSource);
      await story.resolve();
      const edit = (sections: Record<string, string>, revision?: number) =>
        story.postmortems.edit({ incidentId: story.id, actor: 'ana', sections, revision });
      expect(await story.postmortems.submit(story.id, 'ana')).toMatchObject({
        kind: 'refused',
        code: 'sections_missing',
      });
      expect(await edit({ lessons: 'x'.repeat(65 * 1024) })).toMatchObject({ code: 'section_too_long' });
      expect((await edit({ lessons: 'a\u0000b' }, 1)).kind).toBe('accepted');
      expect(await edit({ lessons: 'mine' }, 1)).toMatchObject({ code: 'edited_meanwhile' });
      expect((await edit({ lessons: 'ab' }, 1)).kind).toBe('unchanged');
      expect(
        await story.postmortems.edit({ incidentId: crypto.randomUUID(), actor: 'ana', sections: {} }),
      ).toEqual({ kind: 'not_found' });
    }));

  it('holds action items as one list; the same list again changes nothing', () =>
    withDatabase(async (dataSource) => {
      const story = await recordingStory(dataSource);
      await story.resolve();
      const item = { title: 'alarm on lag', owner: 'bo', due: '2026-12-01', url: null };
      const edit = (actionItems: (typeof item & { id: string | null })[]) =>
        story.postmortems.edit({ incidentId: story.id, actor: 'ana', sections: {}, actionItems });
      await edit([
        { ...item, id: null },
        { ...item, id: null, title: 'drop me' },
      ]);
      const items = (await getPostmortem(dataSource, story.id))?.actionItems ?? [];
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
      expect((await getPostmortem(dataSource, story.id))?.actionItems).toMatchObject([
        { id: first?.id, title: 'alarm on 60 s of lag' },
      ]);
    }));

  it('is waived with a reason, also before any draft', () =>
    withDatabase(async (dataSource) => {
      const story = await recordingStory(dataSource);
      await story.resolve();
      const waived = await story.record('root', { type: 'waive_postmortem', reason: 'a transient' });
      expect(waived).toMatchObject({
        kind: 'accepted',
        state: { status: 'closed', postmortem: { status: 'waived' } },
      });
      expect(await getPostmortem(dataSource, story.id)).toMatchObject({
        status: 'waived',
        timeline: [],
        actionItems: [],
      });
      await story.record('root', { type: 'reopen', reason: null });
      expect(
        await story.postmortems.edit({ incidentId: story.id, actor: 'ana', sections: written }),
      ).toMatchObject({ code: 'no_postmortem' });
    }));
});

describe('the database itself', () => {
  it('refuses to close an incident by hand, also with a forged status', () =>
    withDatabase(async (dataSource) => {
      const story = await inReview(dataSource);
      await expect(dataSource.query(`UPDATE incident SET status = 'closed'`)).rejects.toThrow(
        'incident_closed_only_through_review',
      );
      await expect(
        dataSource.query(`UPDATE incident SET status = 'closed', postmortem_status = 'approved'`),
      ).rejects.toThrow('no approved or waived post-mortem on its record');
      expect((await getPostmortem(dataSource, story.id))?.incident.status).toBe('resolved');
    }));
});
