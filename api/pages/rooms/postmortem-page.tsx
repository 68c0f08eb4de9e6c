/** The post-mortem: people's words in a form, the record's facts beside it, and who has to agree. */
import type { ReactElement } from 'react';
import type { PostmortemReply } from '../../../db/views/postmortem-view.js';
import { mayDo } from '../../../domain/access/permissions.js';
import { isAsked } from '../../../domain/postmortem/quorum.js';
import { REQUIRED_SECTIONS } from '../../../domain/postmortem/required-sections.js';
import { type SectionName, type Sections, SECTIONS } from '../../../domain/postmortem/sections.js';
import { PostmortemBadge } from '../ui/badges.js';
import { Facts, Hidden, SelectField, TextArea, TextField } from '../ui/fields.js';
import { Notice, type Said, SaidNotice } from '../ui/notice.js';
import {
  ActionItems,
  KeyEvents,
  MeasuredFacts,
  Notifications,
  ReviewList,
  sectionTitles,
} from '../ui/postmortem-bits.js';
import { Sentence, Time } from '../ui/time.js';
import { Who } from '../ui/viewer.js';
import type { Room } from './desk.js';
import { roomFrame } from './room-frame.js';

/** One row of the action items, as the form holds it. */
export interface ItemFields {
  id: string;
  title: string;
  owner: string;
  due: string;
  url: string;
}

export interface PostmortemView {
  postmortem: PostmortemReply;
  drill: boolean;
  /** Where the incident stands, for what is decided about it here. */
  position: string;
  said: Said | null;
  /** What was typed into a form that was refused; null: what is kept. */
  typed: { sections: Partial<Sections>; items: readonly ItemFields[] } | null;
}

const EMPTY_ROWS = 2;
const KEY_EVENTS_SHOWN = 60;

export function postmortemPage(room: Room, view: PostmortemView): ReactElement {
  const { postmortem } = view;
  const { incident, status } = postmortem;
  const canWrite =
    mayDo(room.identity.role, 'postmortem.write') &&
    ['draft', 'in_review', 'changes_requested'].includes(status);
  return roomFrame(
    room,
    { title: `Post-mortem of ${incident.number}`, place: 'incidents', drill: view.drill },
    <>
      <div className="head">
        <h1>Post-mortem of {incident.number}</h1>
        <div className="row">
          <PostmortemBadge status={status} />
          <a className="btn" href={`/incidents/${incident.number}`}>
            Back to {incident.number}
          </a>
        </div>
      </div>
      <SaidNotice said={view.said} />
      <Next room={room} postmortem={postmortem} />
      <div className="cols">
        <div>{canWrite ? <Editor room={room} view={view} /> : <Text postmortem={postmortem} />}</div>
        <div>
          <section className="card" aria-labelledby="about">
            <h2 id="about">{incident.title}</h2>
            <Facts
              items={[
                ['Kind', postmortem.kind],
                [
                  'Author',
                  postmortem.author === null ? (
                    'whoever submits it'
                  ) : (
                    <Who key="author" actor={postmortem.author} />
                  ),
                ],
                ['Due', postmortem.due === null ? 'no date' : <Time key="due" at={postmortem.due} />],
                ['Revision', String(postmortem.revision)],
                [
                  'Needed',
                  `${postmortem.quorum.participants} of the participants, ${postmortem.quorum.stakeholders} of the stakeholders`,
                ],
              ]}
            />
          </section>
          <section className="card" aria-labelledby="reviews">
            <h2 id="reviews">Reviews</h2>
            <ReviewList reviews={postmortem.reviews} revision={postmortem.revision} />
            <ReviewForm room={room} postmortem={postmortem} />
          </section>
          <section className="card" aria-labelledby="facts">
            <h2 id="facts">From the record</h2>
            <MeasuredFacts facts={postmortem.facts} />
            <h3>Notifications issued</h3>
            <Notifications issued={postmortem.notificationsIssued} />
            <details>
              <summary>Timeline, key events</summary>
              <KeyEvents timeline={postmortem.timeline} most={KEY_EVENTS_SHOWN} />
            </details>
          </section>
          <Waiver room={room} postmortem={postmortem} position={view.position} />
        </div>
      </div>
    </>,
  );
}

/** What has to happen now, in one sentence. */
function Next({ room, postmortem }: { room: Room; postmortem: PostmortemReply }) {
  const { status, missing, incident } = postmortem;
  switch (status) {
    case 'none':
      return (
        <Notice tone="info" title="Not drafted yet">
          <p>
            {incident.status === 'resolved'
              ? 'The draft is being made from the record; reload in a moment.'
              : `It is drafted from the record when ${incident.number} is resolved.`}
          </p>
          {incident.status === 'resolved' && mayDo(room.identity.role, 'postmortem.write') ? (
            <form method="post" action={`/incidents/${incident.number}/postmortem`}>
              <Hidden fields={{ csrf: room.frame.csrf }} />
              <button type="submit" name="decision" value="save">
                Draft it now
              </button>
            </form>
          ) : null}
        </Notice>
      );
    case 'draft':
      return missing.length === 0 ? (
        <Notice tone="info" title="Everything required is written: submit it for review." />
      ) : (
        <Notice tone="warn" title="Still to be written">
          <p>{missing.map((name) => sectionTitles[name].title).join(', ')}</p>
        </Notice>
      );
    case 'changes_requested':
      return (
        <Notice tone="warn" title="A reviewer asked for changes">
          <p>Change the text and submit it again; the reviewers are asked anew and see what changed.</p>
        </Notice>
      );
    case 'in_review': {
      const waiting = postmortem.reviews.filter(
        (review) => isAsked(review) && review.decision === 'pending',
      ).length;
      return (
        <Notice
          tone="info"
          title={`In review: ${waiting} of ${postmortem.reviews.length} have not answered`}
        />
      );
    }
    case 'approved':
      return <Notice tone="good" title="Approved: the incident is closed." />;
    case 'waived':
      return <Notice tone="info" title="Waived: the incident was closed without one." />;
  }
}

const Text = ({ postmortem }: { postmortem: PostmortemReply }) => (
  <section className="card" aria-labelledby="text">
    <h2 id="text">The text</h2>
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
);

function Editor({ room, view }: { room: Room; view: PostmortemView }) {
  const { postmortem, typed } = view;
  const required: readonly SectionName[] = REQUIRED_SECTIONS[postmortem.kind];
  const rows = (name: SectionName): number =>
    Math.min(14, Math.max(3, (typed?.sections[name] ?? postmortem.sections[name]).split('\n').length + 1));
  return (
    <form method="post" action={`/incidents/${postmortem.incident.number}/postmortem`}>
      <Hidden fields={{ csrf: room.frame.csrf, revision: String(postmortem.revision) }} />
      <section className="card" aria-labelledby="sections">
        <h2 id="sections">The text</h2>
        <p className="soft small">
          Markdown.{' '}
          {postmortem.status === 'in_review' ? 'A change now makes the approvals so far void.' : null}
        </p>
        {SECTIONS.map((name) => (
          <TextArea
            key={name}
            name={name}
            label={`${sectionTitles[name].title}${required.includes(name) ? '' : ' (optional)'}`}
            hint={sectionTitles[name].hint}
            error={
              postmortem.missing.includes(name) &&
              typed !== null &&
              (typed.sections[name] ?? '').trim() === ''
                ? 'Still missing.'
                : undefined
            }
            value={typed?.sections[name] ?? postmortem.sections[name]}
            rows={rows(name)}
          />
        ))}
      </section>
      <Items room={room} view={view} />
      <p className="row">
        <button className="main" type="submit" name="decision" value="save">
          Save
        </button>
        {postmortem.status === 'in_review' ? null : (
          <button type="submit" name="decision" value="submit">
            Save and submit for review
          </button>
        )}
      </p>
    </form>
  );
}

function keptItems(postmortem: PostmortemReply): ItemFields[] {
  return postmortem.actionItems
    .filter(({ state }) => state === 'open')
    .map(({ id, title, owner, due, url }) => ({
      id,
      title,
      owner: owner ?? '',
      due: due ?? '',
      url: url ?? '',
    }));
}

function Items({ room, view: { postmortem, typed } }: { room: Room; view: PostmortemView }) {
  const empty = Array.from({ length: EMPTY_ROWS }, (): ItemFields => ({
    id: '',
    title: '',
    owner: '',
    due: '',
    url: '',
  }));
  const items = [...(typed?.items ?? keptItems(postmortem)), ...empty];
  const people = [
    { value: '', text: 'Nobody yet' },
    ...room.snapshot.list('Person').map(({ name, spec }) => ({ value: name, text: spec.displayName })),
  ];
  return (
    <section className="card" aria-labelledby="items">
      <h2 id="items">Action items</h2>
      <p className="soft small">
        What will be done so that this does not come back. An emptied title removes the item.
      </p>
      {items.map((item, index) => (
        <fieldset key={item.id === '' ? `new-${index}` : item.id}>
          <legend>{item.id === '' ? 'New item' : `Item ${index + 1}`}</legend>
          <input type="hidden" name="itemId" value={item.id} />
          <TextField name="itemTitle" id={`item-${index}-title`} label="What" value={item.title} />
          <div className="inline">
            <SelectField
              name="itemOwner"
              id={`item-${index}-owner`}
              label="Owner"
              value={item.owner}
              choices={people}
            />
            <TextField name="itemDue" id={`item-${index}-due`} label="By" value={item.due} type="date" />
            <TextField name="itemUrl" id={`item-${index}-url`} label="Tracker link" value={item.url} />
          </div>
        </fieldset>
      ))}
    </section>
  );
}

function ReviewForm({ room, postmortem }: { room: Room; postmortem: PostmortemReply }) {
  const { person } = room.identity;
  const mine = postmortem.reviews.find((review) => review.person === person);
  if (mine === undefined || mine.decision === 'delegate' || postmortem.status !== 'in_review') return null;
  return (
    <form method="post" action={`/incidents/${postmortem.incident.number}/postmortem/reviews`}>
      <Hidden fields={{ csrf: room.frame.csrf, revision: String(postmortem.revision) }} />
      <TextArea
        name="comment"
        label="Your review"
        hint="Needed to request changes: what has to change?"
        rows={3}
      />
      <p className="row">
        {person === postmortem.author ? null : (
          <button className="main" type="submit" name="decision" value="approve">
            Approve
          </button>
        )}
        <button type="submit" name="decision" value="request_changes">
          Request changes
        </button>
      </p>
    </form>
  );
}

function Waiver({
  room,
  postmortem,
  position,
}: {
  room: Room;
  postmortem: PostmortemReply;
  position: string;
}) {
  const { status, incident } = postmortem;
  if (
    !mayDo(room.identity.role, 'postmortem.waive') ||
    incident.status !== 'resolved' ||
    status === 'approved' ||
    status === 'waived'
  )
    return null;
  return (
    <details className="card">
      <summary>Close without a post-mortem</summary>
      <form method="post" action={`/incidents/${incident.number}/postmortem/waive`}>
        <Hidden fields={{ csrf: room.frame.csrf, position }} />
        <TextArea
          name="reason"
          label="Why does nobody need to learn from this?"
          hint="The reason is signed with your name and stays on the record."
          rows={3}
        />
        <p>
          <button className="danger" type="submit">
            Waive and close
          </button>
        </p>
      </form>
    </details>
  );
}
