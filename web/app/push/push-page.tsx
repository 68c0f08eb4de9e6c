/** Makes this browser a contact: the only page with a script, because only a script can create a subscription. */
import type { ReactElement } from 'react';
import { TextArea } from '../../ui/fields.js';
import type { PageContext } from '../page-contexts.js';
import { appFrame } from '../app-frame.js';

/** `vapidKey`: public key of the only sender that the subscription accepts. */
export function pushPage(context: PageContext, vapidKey: string): ReactElement {
  return appFrame(
    context,
    { title: 'Push to this browser', section: null },
    <>
      <div className="head">
        <h1>Push to this browser</h1>
      </div>
      <p className="wide">
        This browser can show pages as notifications, also while it runs in the background. Create a
        subscription, then add it to your contacts as channel <code>webpush</code>: the first value is its
        address, the second its secret.
      </p>
      <p>
        <button type="button" id="subscribe" className="primary" data-key={vapidKey} disabled>
          Create subscription
        </button>
      </p>
      <p id="status" role="status" className="soft">
        This page needs JavaScript to create a subscription.
      </p>
      <TextArea name="address" label="Address" value="" />
      <TextArea name="secret" label="Secret" value="" />
      <script src="/push-page.js" defer />
    </>,
  );
}
