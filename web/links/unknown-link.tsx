/** The reply for every unknown link: it reveals nothing about which links exist. */
import { linkCss } from '../styles/styles.js';
import { LinkDocument } from '../ui/layout.js';

export const unknownLinkPage = (styleNonce: string) => (
  <LinkDocument title="Link not found" css={linkCss} nonce={styleNonce}>
    <header className="brand">
      <b>Tocsin</b>
    </header>
    <main id="main">
      <h1>Link not found</h1>
      <div className="card">
        <p>The link may be cut off, or it belongs to another installation. Nothing was changed.</p>
        <p>
          Open the whole link from the message again. If you were paged and that does not work, sign in and
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
