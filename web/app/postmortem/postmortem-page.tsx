/** Page of the post-mortem: the text in a form, the measured facts beside it, and the reviews. */
import type { ReactElement } from 'react';
import { mayDo } from '../../../domain/access/permissions.js';
import { SECTIONS } from '../../../domain/postmortem/sections.js';
import type { PostmortemReply } from '../../../services/postmortem/postmortems.service.js';
import { PostmortemBadge } from '../../ui/badges.js';
import { Facts } from '../../ui/fields.js';
import { type Flash, FlashNotice } from '../../ui/notice.js';
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
import { appFrame } from '../app-frame.js';
import type { PageContext } from '../page-contexts.js';
import { ReviewForm, Waiver } from './postmortem-decisions.js';
import { PostmortemEditor } from './postmortem-editor.js';
import type { TypedPostmortem } from './postmortem-form.js';
import { PostmortemNext } from './postmortem-next.js';

export interface PostmortemView {
  postmortem: PostmortemReply;
  drill: boolean;
  /** Position of the incident, sent back with decisions about it. */
  position: string;
  flash: Flash | null;
  /** Values of a refused form; null: the stored text. */
  typed: TypedPostmortem | null;
}

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
      <PostmortemNext context={context} postmortem={postmortem} />
      <div className="cols">
        <div>
          {canWrite ? (
            <PostmortemEditor context={context} postmortem={postmortem} typed={view.typed} />
          ) : (
            <Text postmortem={postmortem} />
          )}
        </div>
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
