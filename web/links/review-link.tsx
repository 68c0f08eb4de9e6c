/** Review of a post-mortem: its text, the changes since the person's last review, the other reviews, and the decision. */
import type { ReactElement } from 'react';
import type { PostmortemReply, SectionChange } from '../../services/reply/link-views.js';
import { SECTIONS } from '../../domain/postmortem/sections.js';
import { PostmortemBadge } from '../ui/badges.js';
import { Changes } from '../ui/changes.js';
import { type Choice, Facts, Hidden, SelectField, TextArea } from '../ui/fields.js';
import { IncidentTags } from '../ui/incident-parts.js';
import { Notice } from '../ui/notice.js';
import {
  ActionItems,
  KeyEvents,
  MeasuredFacts,
  Notifications,
  ReviewList,
  sectionTitles,
} from '../ui/postmortem-parts.js';
import { Sentence, Time } from '../ui/time.js';
import { Who } from '../ui/viewer.js';
import { linkFrame, type LinkView, IncidentLink, UsedLine, YouAre } from './link-frame.js';

export interface ReviewLinkView extends LinkView {
  postmortem: PostmortemReply;
  /** Changes since the revision that this person last reviewed; null without an earlier review. */
  changes: readonly SectionChange[] | null;
  /** Revision of that review. */
  lastLook: number;
  delegates: readonly Choice[];
}

const KEY_EVENTS_SHOWN = 15;

export function reviewLinkPage(view: ReviewLinkView, styleNonce: string): ReactElement {
  const { link, postmortem } = view;
  const { incident } = link;
  const body = (
    <>
      <IncidentTags incident={incident} />
      <h1>
        Review: <bdi>{incident.title}</bdi>
      </h1>
      <YouAre link={link} />
      <YourPart view={view} />
      <section className="card" aria-labelledby="about">
        <h2 id="about">Post-mortem</h2>
        <Facts
          items={[
            ['Status', <PostmortemBadge key="status" status={postmortem.status} />],
            [
              'Author',
              postmortem.author === null ? 'nobody yet' : <Who key="author" actor={postmortem.author} />,
            ],
            postmortem.status === 'approved' || postmortem.status === 'waived'
              ? null
              : ['Due', postmortem.due === null ? 'no date' : <Time key="due" at={postmortem.due} />],
            ['Revision', String(postmortem.revision)],
            [
              'Approvals needed',
              `${postmortem.quorum.participants} of the participants, ${postmortem.quorum.stakeholders} of the stakeholders`,
            ],
          ]}
        />
      </section>
      <WhatChanged view={view} />
      <section className="card" aria-labelledby="text">
        <h2 id="text">Text</h2>
        {SECTIONS.map((name) => (
          <div key={name}>
            <h3>{sectionTitles[name].title}</h3>
            {postmortem.sections[name].trim() === '' ? (
              <p className="soft">Not written.</p>
            ) : (
              <p className="prose">
                <Sentence text={postmortem.sections[name]} />
              </p>
            )}
          </div>
        ))}
        <h3>Action items</h3>
        <ActionItems items={postmortem.actionItems} />
      </section>
      <section className="card" aria-labelledby="facts">
        <h2 id="facts">From the record</h2>
        <MeasuredFacts facts={postmortem.facts} />
        <details>
          <summary>Timeline, key events</summary>
          <KeyEvents timeline={postmortem.timeline} most={KEY_EVENTS_SHOWN} />
        </details>
        <details>
          <summary>Notifications issued</summary>
          <Notifications issued={postmortem.notificationsIssued} />
        </details>
      </section>
      <section className="card" aria-labelledby="others">
        <h2 id="others">Decisions</h2>
        <ReviewList reviews={postmortem.reviews} revision={postmortem.revision} />
      </section>
      <DecisionForm view={view} />
      <UsedLine link={link} />
      <IncidentLink link={link} path="/postmortem" />
    </>
  );
  return linkFrame(view, `Review of ${incident.number}`, styleNonce, body);
}

function YourPart({ view: { link, postmortem } }: { view: ReviewLinkView }) {
  const mine = postmortem.reviews.find(({ person }) => person === link.person.name);
  switch (postmortem.status) {
    case 'approved':
      return <Notice tone="good" title="This post-mortem is approved; the incident is closed." />;
    case 'waived':
      return <Notice tone="info" title="This post-mortem was waived." />;
    case 'none':
    case 'draft':
      return <Notice tone="info" title="It is a draft again; you are asked again when it is submitted." />;
    case 'in_review':
    case 'changes_requested':
      break;
  }
  if (mine === undefined) return <Notice tone="warn" title="Your review is no longer requested." />;
  if (mine.decision === 'pending') return null;
  const flash = {
    approve: 'approved it',
    request_changes: 'requested changes',
    delegate: 'delegated it',
    decline: 'declined',
  }[mine.decision];
  return (
    <Notice tone="good" title={`You ${flash}`}>
      {mine.at === null ? null : (
        <p>
          <Time at={mine.at} />
          {mine.decision === 'approve' ? '. It is approved once enough people of each group agree.' : '.'}
        </p>
      )}
    </Notice>
  );
}

function WhatChanged({ view: { changes, lastLook } }: { view: ReviewLinkView }) {
  if (changes === null) return null;
  return (
    <section className="card" aria-labelledby="changes">
      <h2 id="changes">Changed since you looked at revision {lastLook}</h2>
      {changes.length === 0 ? <p className="soft">No section changed.</p> : null}
      {changes.map(({ section, before, after }) => (
        <div key={section}>
          <h3>{sectionTitles[section].title}</h3>
          <Changes before={before} after={after} />
        </div>
      ))}
    </section>
  );
}

/** True while this person may review the current text. */
export function canReview({ postmortem, link }: Pick<ReviewLinkView, 'postmortem' | 'link'>): boolean {
  const mine = postmortem.reviews.find(({ person }) => person === link.person.name);
  if (mine === undefined || mine.decision === 'delegate') return false;
  return postmortem.status === 'in_review' || postmortem.status === 'changes_requested';
}

function DecisionForm({ view }: { view: ReviewLinkView }) {
  const { nonce, postmortem, typed, wrong, delegates } = view;
  if (nonce === null) return null;
  const open = postmortem.status === 'in_review';
  return (
    <form method="post">
      <Hidden fields={{ nonce, revision: String(postmortem.revision) }} />
      <section className="card" aria-labelledby="decide">
        <h2 id="decide">Your decision</h2>
        <TextArea
          name="comment"
          label="Comment"
          hint="Required to request changes: what has to change?"
          error={wrong?.field === 'comment' ? wrong.message : undefined}
          value={typed['comment'] ?? ''}
          rows={4}
        />
        {open ? (
          <div className="inline">
            <SelectField
              name="to"
              label="Delegate the review to"
              error={wrong?.field === 'to' ? wrong.message : undefined}
              value={typed['to'] ?? ''}
              choices={[{ value: '', text: 'Choose a person' }, ...delegates]}
            />
            <button type="submit" name="decision" value="delegate">
              Delegate
            </button>
          </div>
        ) : null}
      </section>
      <div className="act">
        {open ? (
          <button className="main" type="submit" name="decision" value="approve">
            Approve
          </button>
        ) : null}
        <button type="submit" name="decision" value="request_changes">
          Request changes
        </button>
      </div>
    </form>
  );
}
