/** Page of a test page's link: confirms that the test page arrived. */
import type { ReactElement } from 'react';
import type { OpenedTest } from '../../services/people/test-pages.js';
import { linkCss } from '../styles/styles.js';
import { LinkDocument, SheetTop } from '../ui/layout.js';
import { Notice } from '../ui/notice.js';
import { Time } from '../ui/time.js';
import { ViewerProvider } from '../ui/viewer.js';

export function reachPage(test: OpenedTest, token: string): (styleNonce: string) => ReactElement {
  const viewing = { now: test.now, zone: test.timezone, names: new Map<string, string>(), you: test.person };
  const isOpen = test.confirmedAt === null && !test.isOver;
  return (styleNonce) => (
    <ViewerProvider value={viewing}>
      <LinkDocument title="Test page" css={linkCss} nonce={styleNonce}>
        <SheetTop />
        <main id="main">
          <h1>TEST: nothing is broken</h1>
          <div className="card">
            <p>
              {test.displayName}, this was sent to your contact “{test.contact}” (<Time at={test.createdAt} />
              ) to see whether pages reach you there.
            </p>
            {isOpen ? (
              <form method="post" action={`/reach/${token}`}>
                <p>
                  <button type="submit" className="primary">
                    I have it
                  </button>
                </p>
              </form>
            ) : null}
          </div>
          {test.confirmedAt === null ? (
            test.isOver ? (
              <Notice tone="warn" title="This test page has expired.">
                <p>Send yourself a new one from your profile.</p>
              </Notice>
            ) : null
          ) : (
            <Notice tone="good" title="Thank you: you can be reached here.">
              <p>
                Confirmed <Time at={test.confirmedAt} />.
              </p>
            </Notice>
          )}
          <p>
            <a href="/profile">How you are reached</a> <span className="soft small">(requires sign-in)</span>
          </p>
        </main>
      </LinkDocument>
    </ViewerProvider>
  );
}
