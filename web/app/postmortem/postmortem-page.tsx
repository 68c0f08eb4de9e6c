/** Page of the post-mortem: the text in a form, the measured facts beside it, and the reviews. */
import type { ReactElement } from 'react';
import type { PostmortemReply } from '../../../db/postmortem/postmortem-view.js';
import { mayDo } from '../../../domain/access/permissions.js';
import { isRequested } from '../../../domain/postmortem/quorum.js';
import { REQUIRED_SECTIONS } from '../../../domain/postmortem/required-sections.js';
import { type SectionName, type Sections, SECTIONS } from '../../../domain/postmortem/sections.js';
import { PostmortemBadge } from '../../ui/badges.js';
import { Facts, Hidden, SelectField, TextArea, TextField } from '../../ui/fields.js';
import { Notice, type Flash, FlashNotice } from '../../ui/notice.js';
import {
  ActionItems,
  KeyEvents,
  MeasuredFacts,
  Notifications,
  ReviewList,
  sectionTitles,
} from '../../ui/postmortem-parts.js';
import { Sentence, Time } from '../../ui/time.js';
import { Who } from '../../ui/viewer.js';
import type { PageContext } from '../page-contexts.js';
import { appFrame } from '../app-frame.js';

/** One row of the action items in the form. */
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
  /** Position of the incident, sent back with decisions about it. */
  position: string;
  flash: Flash | null;
  /** Values of a refused form; null: the stored text. */
  typed: { sections: Partial<Sections>; items: readonly ItemFields[] } | null;
}

const EMPTY_ROWS = 2;
const KEY_EVENTS_SHOWN = 60;

export function postmortemPage(context: PageContext, view: PostmortemView): ReactElement {
  const { postmortem } = view;
  const { incident, status } = postmortem;
  const canWrite =
    mayDo(context.identity.role, 'postmortem.write') &&
    ['draft', 'in_review', 'changes_requested'].includes(status);
  return appFrame(
    context,
    { title: `Post-mortem of ${incident.number}`, section: 'incidents', drill: view.drill },
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
      <FlashNotice flash={view.flash} />
      <Next context={context} postmortem={postmortem} />
      <div className="cols">
        <div>{canWrite ? <Editor context={context} view={view} /> : <Text postmortem={postmortem} />}</div>
        <div>
          <section className="card" aria-labelledby="about">
            <h2 id="about">
              <bdi>{incident.title}</bdi>
            </h2>
            <Facts
              items={[
                ['Kind', postmortem.kind],
                [
                  'Author',
                  postmortem.author === null ? (
                    'the person who submits it'
                  ) : (
                    <Who key="author" actor={postmortem.author} />
                  ),
                ],
                ['Due', postmortem.due === null ? 'no date' : <Time key="due" at={postmortem.due} />],
                ['Revision', String(postmortem.revision)],
                [
                  'Approvals needed',
                  `${postmortem.quorum.participants} of the participants, ${postmortem.quorum.stakeholders} of the stakeholders`,
                ],
              ]}
            />
          </section>
          <section className="card" aria-labelledby="reviews">
            <h2 id="reviews">Reviews</h2>
            <ReviewList reviews={postmortem.reviews} revision={postmortem.revision} />
            <ReviewForm context={context} postmortem={postmortem} />
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
          <Waiver context={context} postmortem={postmortem} position={view.position} />
        </div>
      </div>
    </>,
  );
}

/** The next thing to do, as a notice. */
function Next({ context, postmortem }: { context: PageContext; postmortem: PostmortemReply }) {
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
          {incident.status === 'resolved' && mayDo(context.identity.role, 'postmortem.write') ? (
            <form method="post" action={`/incidents/${incident.number}/postmortem`}>
              <Hidden fields={{ csrf: context.frame.csrf }} />
              <button type="submit" name="decision" value="save">
                Draft now
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
        <Notice tone="warn" title="A reviewer requested changes">
          <p>Change the text and submit it again. The reviewers are asked again and see what changed.</p>
        </Notice>
      );
    case 'in_review': {
      const waiting = postmortem.reviews.filter(
        (review) => isRequested(review) && review.decision === 'pending',
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
);

function Editor({ context, view }: { context: PageContext; view: PostmortemView }) {
  const { postmortem, typed } = view;
  const required: readonly SectionName[] = REQUIRED_SECTIONS[postmortem.kind];
  const rows = (name: SectionName): number =>
    Math.min(14, Math.max(3, (typed?.sections[name] ?? postmortem.sections[name]).split('\n').length + 1));
  return (
    <form method="post" action={`/incidents/${postmortem.incident.number}/postmortem`}>
      <Hidden fields={{ csrf: context.frame.csrf, revision: String(postmortem.revision) }} />
      <section className="card" aria-labelledby="sections">
        <h2 id="sections">Text</h2>
        <p className="soft small">
          Markdown. {postmortem.status === 'in_review' ? 'Saving a change voids the approvals so far.' : null}
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
      <Items context={context} view={view} />
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

function Items({ context, view: { postmortem, typed } }: { context: PageContext; view: PostmortemView }) {
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
    ...context.snapshot.list('Person').map(({ name, spec }) => ({ value: name, text: spec.displayName })),
  ];
  return (
    <section className="card" aria-labelledby="items">
      <h2 id="items">Action items</h2>
      <p className="soft small">
        What will be done so that this does not happen again. To remove an item, clear its title.
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

function ReviewForm({ context, postmortem }: { context: PageContext; postmortem: PostmortemReply }) {
  const { person } = context.identity;
  const mine = postmortem.reviews.find((review) => review.person === person);
  if (mine === undefined || mine.decision === 'delegate' || postmortem.status !== 'in_review') return null;
  return (
    <form method="post" action={`/incidents/${postmortem.incident.number}/postmortem/reviews`}>
      <Hidden fields={{ csrf: context.frame.csrf, revision: String(postmortem.revision) }} />
      <TextArea
        name="comment"
        label="Your review"
        hint="Required to request changes: what has to change?"
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
  context,
  postmortem,
  position,
}: {
  context: PageContext;
  postmortem: PostmortemReply;
  position: string;
}) {
  const { status, incident } = postmortem;
  if (
    !mayDo(context.identity.role, 'postmortem.waive') ||
    incident.status !== 'resolved' ||
    status === 'approved' ||
    status === 'waived'
  )
    return null;
  return (
    <details className="card">
      <summary>Waive the post-mortem</summary>
      <form method="post" action={`/incidents/${incident.number}/postmortem/waive`}>
        <Hidden fields={{ csrf: context.frame.csrf, position }} />
        <TextArea
          name="reason"
          label="Reason for waiving"
          hint="Why is no post-mortem needed? Recorded with your name."
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
