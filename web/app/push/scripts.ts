/**
 * The only scripts sent to browsers: without them a browser can neither subscribe to push nor show a message. Both are static;
 * values of the deployment are in the page.
 */

/** `/push-worker.js`: shows the messages of `integrations/webpush`, and sends the answer of a pressed button. */
export const workerScript = `'use strict';
self.addEventListener('push', (event) => {
  let message = {};
  try { message = event.data.json(); } catch { message = {}; }
  const title = typeof message.title === 'string' ? message.title : 'Tocsin';
  event.waitUntil(self.registration.showNotification(title, {
    body: message.body,
    tag: message.tag,
    renotify: typeof message.tag === 'string',
    requireInteraction: message.urgent === true,
    actions: Array.isArray(message.actions) ? message.actions : [],
    data: { url: message.url, hook: message.hook },
  }));
});
self.addEventListener('notificationclick', (event) => {
  const { url, hook } = event.notification.data || {};
  const open = () => isOurs(url) ? self.clients.openWindow(url) : undefined;
  event.notification.close();
  if (event.action === '' || !isOurs(hook)) { event.waitUntil(Promise.resolve(open())); return; }
  event.waitUntil(answer(hook, event.action, event.notification.title, { url }));
});
async function answer(hook, decision, title, data) {
  let said = 'The answer was not sent. Open the link to respond.';
  try {
    const reply = await fetch(hook, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ decision }),
      credentials: 'omit',
    });
    const told = await reply.json();
    said = told.message || told.detail || said;
  } catch { /* said already */ }
  await self.registration.showNotification(title, { body: said, data, silent: true });
}
function isOurs(address) {
  try { return new URL(address).origin === self.location.origin; } catch { return false; }
}
`;

/** `/push-page.js`: creates the subscription and writes it into the page's two fields. */
export const pageScript = `'use strict';
const button = document.getElementById('subscribe');
const status = document.getElementById('status');
const say = (text) => { status.textContent = text; };
const bytes = (text) => Uint8Array.from(atob(text.replace(/-/g, '+').replace(/_/g, '/')), (c) => c.charCodeAt(0));
async function subscribe() {
  const permission = await Notification.requestPermission();
  if (permission !== 'granted') return say('The browser does not allow notifications from here: change that in its settings.');
  await navigator.serviceWorker.register('/push-worker.js');
  const registration = await navigator.serviceWorker.ready;
  const before = await registration.pushManager.getSubscription();
  if (before !== null) await before.unsubscribe();
  const made = await registration.pushManager.subscribe({
    userVisibleOnly: true,
    applicationServerKey: bytes(button.dataset.key),
  });
  const { endpoint, keys } = made.toJSON();
  document.getElementById('address').value = endpoint;
  document.getElementById('secret').value = JSON.stringify({ p256dh: keys.p256dh, auth: keys.auth });
  say('This browser has a subscription now. Add both values to your contacts.');
}
if ('serviceWorker' in navigator && 'PushManager' in window && 'Notification' in window) {
  button.disabled = false;
  say('Ready.');
  button.addEventListener('click', () => {
    say('Asking the browser…');
    subscribe().catch((error) => say('The subscription was not created: ' + error.message));
  });
} else {
  say('This browser cannot receive push messages here. The address has to be https.');
}
`;
