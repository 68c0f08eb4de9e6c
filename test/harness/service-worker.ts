/**
 * A browser's service worker for push: runs the script that the api serves, shows notifications, presses their
 * buttons.
 */
import { createContext, runInContext } from 'node:vm';

export interface Notification {
  title: string;
  body: string;
  actions: { action: string; title: string }[];
  data: unknown;
}

export interface ServiceWorker {
  readonly shown: readonly Notification[];
  /** Delivers a payload, like the push service. */
  push(payload: unknown): Promise<void>;
  /** Resolves when the worker has handled the press. */
  press(notification: Notification, label: string): Promise<void>;
}

export async function startServiceWorker(url: string): Promise<ServiceWorker> {
  const script = await fetch(`${url}/push-worker.js`);
  const listeners = new Map<string, (event: object) => void>();
  const shown: Notification[] = [];
  const self = {
    addEventListener: (type: string, listener: (event: object) => void) => void listeners.set(type, listener),
    location: { origin: url },
    registration: {
      showNotification: async (title: string, options: Omit<Notification, 'title'>) =>
        void shown.push({ ...options, title }),
    },
  };
  runInContext(await script.text(), createContext({ self, URL, fetch }));
  const dispatch = async (type: string, event: object): Promise<void> => {
    const done: Promise<unknown>[] = [];
    listeners.get(type)?.({ ...event, waitUntil: (promise: Promise<unknown>) => void done.push(promise) });
    await Promise.all(done);
  };
  return {
    shown,
    push: (payload) => dispatch('push', { data: { json: () => payload } }),
    async press(notification, label) {
      const button = notification.actions.find(({ title }) => title === label);
      if (button === undefined) throw new Error(`the notification has no button ${label}`);
      const open = { ...notification, close: () => undefined };
      await dispatch('notificationclick', { action: button.action, notification: open });
    },
  };
}
