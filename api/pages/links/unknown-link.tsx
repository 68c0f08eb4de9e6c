/** The one answer to every link that is not known: it tells nothing about which links there are. */
import { linkCss } from '../styles.js';
import { LinkDocument } from '../ui/layout.js';

export const unknownLinkPage = (styleNonce: string) => (
  <LinkDocument title="Link not found" css={linkCss} nonce={styleNonce}>
    <header className="brand">
      <b>Tocsin</b>
    </header>
    <main id="main">
      <h1>There is nothing behind this link</h1>
      <div className="card">
        <p>It may have been cut off on its way, or it belongs to another Tocsin. Nothing was changed.</p>
        <p>
          Open it again from the message, all of it. If you were paged and this does not work, sign in and
          acknowledge there:
        </p>
        <p>
          <a className="btn" href="/incidents">
            Open incidents
          </a>
        </p>
      </div>
    </main>
  </LinkDocument>
);
