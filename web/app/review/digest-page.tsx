/** Page of a digest: the list with its facts, the approval, and pulling out. */
import type { ReactElement } from 'react';
import { mayDo } from '../../../domain/access/permissions.js';
import type { DigestReply } from '../../../services/postmortem/digests.service.js';
import {
  DigestAbout,
  DigestForm,
  DigestList,
  DigestStatus,
  isListed,
  LeftItems,
} from '../../ui/digest-parts.js';
import { Hidden } from '../../ui/fields.js';
import { FlashNotice } from '../../ui/notice.js';
import { appFrame } from '../app-frame.js';
import type { Refusal } from '../attempt.js';
import type { PageContext } from '../page-contexts.js';

export interface DigestView {
  digest: DigestReply;
  refusal: Refusal | null;
  typed: Readonly<Record<string, string>>;
}

export function digestPage(context: PageContext, { digest, refusal, typed }: DigestView): ReactElement {
  const { identity, snapshot, frame } = context;
  const team = snapshot.get('Team', digest.team)?.spec.displayName ?? digest.team;
  const canDecide =
    digest.status === 'open' && identity.person !== null && mayDo(identity.role, 'postmortem.review');
  return appFrame(
    context,
    { title: `Digest ${digest.id}`, section: 'reviews' },
    <>
      <div className="head">
        <h1>
          Digest {digest.id} of {team}
        </h1>
        <div className="row">
          <a className="btn" href="/reviews">
            All reviews
          </a>
        </div>
      </div>
      <FlashNotice flash={refusal?.flash ?? null} />
      <DigestStatus digest={digest} />
      <section className="card" aria-labelledby="about">
        <h2 id="about">Small incidents, reviewed together</h2>
        <DigestAbout digest={digest} team={team} />
      </section>
      {canDecide ? (
        <DigestForm
          digest={digest}
          hidden={<Hidden fields={{ csrf: frame.csrf }} />}
          typed={typed}
          wrong={null}
          action={`/digests/${digest.id}`}
        />
      ) : (
        <DigestList items={digest.items.filter((item) => isListed(item) || item.state === 'approved')} />
      )}
      <LeftItems digest={digest} />
    </>,
  );
}
