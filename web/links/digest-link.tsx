/** Review of a digest by the link in its request: no sign-in, no script. */
import type { ReactElement } from 'react';
import type { DigestReply } from '../../services/reply/link-views.js';
import {
  DigestAbout,
  DigestForm,
  DigestList,
  DigestStatus,
  isListed,
  LeftItems,
} from '../ui/digest-parts.js';
import { Hidden } from '../ui/fields.js';
import { linkFrame, type LinkView, UsedLine, YouAre } from './link-frame.js';

export interface DigestLinkView extends LinkView {
  digest: DigestReply;
  /** Display name. */
  team: string;
}

export function digestLinkPage(view: DigestLinkView, styleNonce: string): ReactElement {
  const { link, digest, team, nonce } = view;
  const shown = digest.items.filter((item) => isListed(item) || item.state === 'approved');
  const body = (
    <>
      <h1>
        Digest {digest.id} of {team}
      </h1>
      <YouAre link={link} about={`the digest ${digest.id}`} />
      <DigestStatus digest={digest} />
      <section className="card" aria-labelledby="about">
        <h2 id="about">Small incidents, reviewed together</h2>
        <DigestAbout digest={digest} team={team} />
      </section>
      {nonce === null ? (
        <DigestList items={shown} />
      ) : (
        <DigestForm
          digest={digest}
          hidden={<Hidden fields={{ nonce }} />}
          typed={view.typed}
          wrong={view.wrong}
        />
      )}
      <LeftItems digest={digest} />
      <UsedLine link={link} />
      <p>
        <a href={`/digests/${digest.id}`}>Open {digest.id}</a>{' '}
        <span className="soft small">(requires sign-in)</span>
      </p>
    </>
  );
  return linkFrame(view, `Digest ${digest.id}`, styleNonce, body);
}
