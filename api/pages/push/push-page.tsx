/** Makes this browser a contact: the one page with a script, because nothing else can ask a browser for a subscription. */
import type { ReactElement } from 'react';
import { TextArea } from '../ui/fields.js';
import type { Room } from '../rooms/desk.js';
import { roomFrame } from '../rooms/room-frame.js';

/** `vapidKey`: the public key that alone may send to the subscription. */
export function pushPage(room: Room, vapidKey: string): ReactElement {
  return roomFrame(
    room,
    { title: 'Push to this browser', place: null },
    <>
      <div className="head">
        <h1>Push to this browser</h1>
      </div>
      <p className="wide">
        A page can ring in this browser, also when it is closed to a background. Make a subscription, then add
        it to your contacts as channel <code>webpush</code>: the first value is its address, the second its
        secret.
      </p>
      <p>
        <button type="button" id="subscribe" className="primary" data-key={vapidKey} disabled>
          Make a subscription
        </button>
      </p>
      <p id="status" role="status" className="soft">
        Without script a browser cannot make a subscription.
      </p>
      <TextArea name="address" label="Address" value="" />
      <TextArea name="secret" label="Secret" value="" />
      <script src="/push-page.js" defer />
    </>,
  );
}
