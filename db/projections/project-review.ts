/**
 * Projects the post-mortem tables: texts and facts too large for an event, every revision of the text, its reviewers.
 */
import type { EntityManager } from 'typeorm';
import type { FactData } from '../../domain/incident/events.js';
import type { PostmortemFacts } from '../../domain/postmortem/draft.js';
import type { ReviewEvent } from '../../domain/postmortem/fold-review.js';
import type { Sections } from '../../domain/postmortem/sections.js';

/** Passed to `record` with `draft_postmortem`, `edit_postmortem` and `submit_postmortem`. */
export class PostmortemAttachment {
  constructor(
    readonly content: {
      /** Whole texts, after the edit. */
      sections: Sections;
      /** Newly measured facts; left out when the command does not measure. */
      facts?: PostmortemFacts;
      /** The whole list; left out when it is unchanged. */
      actionItems?: ActionItemEdit[];
    },
  ) {}
}

/** `id` null: a new item. `due` is a date, `2026-11-30`. */
export interface ActionItemEdit {
  id: string | null;
  title: string;
  owner: string | null;
  due: string | null;
  url: string | null;
}

export async function projectReview(
  tx: EntityManager,
  incidentId: string,
  event: ReviewEvent,
  attachment: unknown,
): Promise<void> {
  switch (event.kind) {
    case 'postmortem_drafted':
      return drafted(tx, incidentId, event, contentOf(event, attachment));
    case 'postmortem_edited':
      return edited(tx, incidentId, event, contentOf(event, attachment));
    case 'postmortem_submitted':
      return submitted(tx, incidentId, event, contentOf(event, attachment));
    case 'review_decided':
      return decided(tx, incidentId, event.at, event.data);
    case 'review_overdue':
    case 'pulled_out':
    case 'postmortem_approved':
    case 'postmortem_waived':
      // Stored in the incident row; these tables do not depend on it.
      return;
  }
}

type Content = PostmortemAttachment['content'];
type Of<K extends ReviewEvent['kind']> = Extract<ReviewEvent, { kind: K }>;

function contentOf(event: ReviewEvent, attachment: unknown): Content {
  if (attachment instanceof PostmortemAttachment) return attachment.content;
  throw new Error(
    `${event.kind} needs a PostmortemAttachment with the text; record it through PostmortemStore`,
  );
}

/** After a reopening the facts are measured again; texts written by people stay. */
async function drafted(
  tx: EntityManager,
  id: string,
  { at, actor, data }: Of<'postmortem_drafted'>,
  content: Content,
): Promise<void> {
  await tx.query(
    `INSERT INTO postmortem AS p (incident_id, kind, revision, sections, facts, quorum, due, created_at, updated_at)
     VALUES ($1, $2, 1, $3, $4, $5, $6, $7, $7)
     ON CONFLICT (incident_id) DO UPDATE SET kind = EXCLUDED.kind, facts = EXCLUDED.facts, quorum = EXCLUDED.quorum,
       due = EXCLUDED.due, updated_at = EXCLUDED.updated_at,
       sections = CASE WHEN p.revision = 1 THEN EXCLUDED.sections ELSE p.sections END`,
    [
      id,
      data.kind,
      JSON.stringify(content.sections),
      JSON.stringify(content.facts ?? {}),
      JSON.stringify(data.quorum),
      data.due,
      at,
    ],
  );
  // Reviews from before a reopening are void: reviewers get a new request when the text is submitted again.
  await tx.query('DELETE FROM review WHERE incident_id = $1', [id]);
  await tx.query(
    `INSERT INTO postmortem_revision (incident_id, revision, sections, author, at)
     SELECT incident_id, revision, sections, $2, $3 FROM postmortem WHERE incident_id = $1 AND revision = 1
     ON CONFLICT (incident_id, revision) DO UPDATE SET sections = EXCLUDED.sections, author = EXCLUDED.author, at = EXCLUDED.at`,
    [id, actor, at],
  );
}

async function edited(
  tx: EntityManager,
  id: string,
  { at, actor, data }: Of<'postmortem_edited'>,
  content: Content,
): Promise<void> {
  const sections = JSON.stringify(content.sections);
  await tx.query(
    `WITH text AS (
       UPDATE postmortem SET revision = $2, sections = $3, updated_at = $4 WHERE incident_id = $1),
     voided AS (
       UPDATE review SET decision = 'pending' WHERE incident_id = $1 AND decision = 'approve')
     INSERT INTO postmortem_revision (incident_id, revision, sections, author, at) VALUES ($1, $2, $3, $5, $4)`,
    [id, data.revision, sections, at, actor],
  );
  if (content.actionItems !== undefined) await replaceActionItems(tx, id, at, content.actionItems);
}

/** The given list replaces the open items; closed items stay as evidence. */
async function replaceActionItems(
  tx: EntityManager,
  id: string,
  at: string,
  items: ActionItemEdit[],
): Promise<void> {
  await tx.query(
    `WITH wanted AS (
       SELECT * FROM jsonb_to_recordset($2::jsonb) AS w (id uuid, title text, owner text, due date, url text)),
     gone AS (
       DELETE FROM action_item a WHERE a.incident_id = $1 AND a.state = 'open'
          AND NOT EXISTS (SELECT 1 FROM wanted w WHERE w.id = a.id)),
     changed AS (
       UPDATE action_item a SET title = w.title, owner = w.owner, due = w.due, url = w.url
         FROM wanted w WHERE a.id = w.id AND a.incident_id = $1 AND a.state = 'open')
     INSERT INTO action_item (id, incident_id, title, owner, due, url, state, created_at)
     SELECT gen_random_uuid(), $1, w.title, w.owner, w.due, w.url, 'open',
       -- Keeps the order of the given list.
       $3::timestamptz + row_number() OVER () * interval '1 microsecond' FROM wanted w WHERE w.id IS NULL`,
    [id, JSON.stringify(items), at],
  );
}

async function submitted(
  tx: EntityManager,
  id: string,
  { at, data }: Of<'postmortem_submitted'>,
  content: Content,
): Promise<void> {
  await tx.query(
    `UPDATE postmortem SET author = $2, due = $3, updated_at = $4, facts = coalesce($5, facts) WHERE incident_id = $1`,
    [id, data.author, data.due, at, content.facts === undefined ? null : JSON.stringify(content.facts)],
  );
  const people = data.reviewers.map(({ person }) => person);
  await tx.query('DELETE FROM review WHERE incident_id = $1 AND person <> ALL ($2)', [id, people]);
  await tx.query(
    `INSERT INTO review (incident_id, person, review_group, decision, revision, requested_at)
     SELECT $1, r.person, r."group", 'pending', 0, $3 FROM jsonb_to_recordset($2::jsonb) AS r (person text, "group" text)
     ON CONFLICT (incident_id, person) DO UPDATE SET review_group = EXCLUDED.review_group, decision = 'pending',
       comment = NULL, at = NULL, requested_at = EXCLUDED.requested_at`,
    [id, JSON.stringify(data.reviewers), at],
  );
}

async function decided(
  tx: EntityManager,
  id: string,
  at: string,
  data: FactData<'review_decided'>,
): Promise<void> {
  await tx.query(
    `UPDATE review SET decision = $3, comment = $4, revision = $5, at = $6 WHERE incident_id = $1 AND person = $2`,
    [id, data.person, data.decision, data.comment, data.revision, at],
  );
  if (data.to === null) return;
  await tx.query(
    `INSERT INTO review (incident_id, person, review_group, decision, revision, requested_at) VALUES ($1, $2, $3, 'pending', 0, $4)
     ON CONFLICT (incident_id, person) DO UPDATE SET review_group = EXCLUDED.review_group, decision = 'pending',
       comment = NULL, revision = 0, at = NULL, requested_at = EXCLUDED.requested_at`,
    [id, data.to, data.group, at],
  );
}
