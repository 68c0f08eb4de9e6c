/** A post-mortem for scripts, the form and the review page (docs/api.md, Replies that scripts read). */
import type { IncidentState, PostmortemStatus, ReviewState } from '../../domain/incident/state.js';
import { draftPostmortem, type PostmortemFacts } from '../../domain/postmortem/draft.js';
import type { ReviewKind } from '../../domain/postmortem/review-kind.js';
import { missingSections } from '../../domain/postmortem/required-sections.js';
import { noSections, type SectionName, type Sections, SECTIONS } from '../../domain/postmortem/sections.js';
import { type ActionItem, readActionItems, readRevision, readSections } from './postmortem-rows.js';
import type { Querying } from '../connection/querying.js';

export interface PostmortemReply {
  incident: { id: string; number: string; title: string; status: string };
  status: PostmortemStatus;
  kind: ReviewKind;
  revision: number;
  author: string | null;
  sections: Sections;
  /** Required sections that are still empty. */
  missing: SectionName[];
  timeline: PostmortemFacts['timeline'];
  notificationsIssued: PostmortemFacts['notificationsIssued'];
  facts: Omit<PostmortemFacts, 'timeline' | 'notificationsIssued'>;
  /** `revision`: the text revision that the decision was about; 0 before the first decision. */
  reviews: ReviewState[];
  quorum: { participants: number; stakeholders: number };
  due: string | null;
  actionItems: ActionItem[];
  updatedAt: string | null;
}

/** Null when there is no such incident. Before the draft the texts are empty and the facts are those known so far. */
export async function getPostmortem(db: Querying, incidentId: string): Promise<PostmortemReply | null> {
  const rows: {
    state: IncidentState;
    sections: Sections | null;
    facts: PostmortemFacts | null;
    updatedAt: Date | null;
  }[] = await db.query(
    `SELECT i.state, p.sections, p.facts, p.updated_at AS "updatedAt"
         FROM incident i LEFT JOIN postmortem p ON p.incident_id = i.id WHERE i.id = $1`,
    [incidentId],
  );
  const row = rows[0];
  if (row === undefined) return null;
  const { state } = row;
  const { status, kind, revision, author, reviews, quorum, due } = state.postmortem;
  const sections = { ...noSections, ...row.sections };
  const { timeline, notificationsIssued, ...facts } = row.facts ?? nothingMeasured(state);
  return {
    incident: { id: state.id, number: state.number, title: state.title, status: state.status },
    status,
    kind,
    revision,
    author,
    sections,
    missing: missingSections(kind, sections),
    timeline,
    notificationsIssued,
    facts,
    reviews,
    quorum,
    due,
    actionItems: await readActionItems(db, incidentId),
    updatedAt: row.updatedAt?.toISOString() ?? null,
  };
}

const nothingMeasured = (state: IncidentState): PostmortemFacts =>
  draftPostmortem({ state, events: [], service: null, notifications: [], alerts: [], usersAffected: null })
    .facts;

export interface SectionChange {
  section: SectionName;
  before: string;
  after: string;
}

/**
 * Changes since a reviewer's last look; revision 0 (never looked) compares with empty texts. Null: no such revision.
 */
export async function changesSince(
  db: Querying,
  incidentId: string,
  revision: number,
): Promise<SectionChange[] | null> {
  const before = revision === 0 ? noSections : await readRevision(db, incidentId, revision);
  if (before === null) return null;
  const after = await readSections(db, incidentId);
  return SECTIONS.filter((section) => before[section] !== after[section]).map((section) => ({
    section,
    before: before[section],
    after: after[section],
  }));
}
