/** People with phones: the messages they receive, and their answers through the links in them. */
import type { Behaviour, ReceivedDelivery, WebhookReceiver } from '../../integrations/webhook/fake.js';
import { startWebhookReceiver } from '../../integrations/webhook/fake.js';
import { webhookSecret } from '../../shared/keys.js';
import { WebhookBody } from '../../contracts/webhook.js';
import { openForm, type Form } from './form.js';
import { secretKey } from './tocsin.js';

export interface Wanted {
  type?: WebhookBody['type'];
  /** `INC-42`. */
  incident?: string;
  step?: number;
  cycle?: number;
}

export interface Received {
  body: WebhookBody;
  delivery: ReceivedDelivery;
  /** Opens the link of the message, like a tap. */
  open(): Promise<Form>;
  /** Opens the link and presses the button. */
  reply(decision: string, fields?: Record<string, string>): Promise<Form>;
}

export interface Phone {
  /** URL of this person's webhook. */
  readonly url: string;
  /** The next matching message; fails after `timeoutMs` with what came instead. */
  expects(wanted?: Wanted, timeoutMs?: number): Promise<Received>;
  expectsPage(incident: string, timeoutMs?: number): Promise<Received>;
  /** All messages so far, of one incident or of all. */
  received(wanted?: Wanted): ReceivedDelivery[];
}

export interface Phones {
  readonly receiver: WebhookReceiver;
  of(person: string): Phone;
  /** Behaviour of the receiver for the next requests, for any recipient. */
  script(...behaviours: Behaviour[]): void;
  close(): Promise<void>;
}

/** One receiver for everybody: the path `/<person>/<contact>` identifies the phone. Every signature is verified. */
export async function startPhones(rootKey = secretKey): Promise<Phones> {
  const receiver = await startWebhookReceiver({
    secret: (path) => {
      const [, person = '', contact = ''] = path.split('/');
      return webhookSecret(Buffer.from(rootKey), person, contact);
    },
  });
  const phoneOf = (person: string): Phone => {
    const isFor = (delivery: ReceivedDelivery, wanted: Wanted): boolean =>
      delivery.path.startsWith(`/${person}/`) && fits(delivery, wanted);
    const phone: Phone = {
      url: `${receiver.url}/${person}/hook`,
      async expects(wanted = {}, timeoutMs = 30_000) {
        return read(await receiver.nextDelivery((delivery) => isFor(delivery, wanted), timeoutMs));
      },
      expectsPage: (incident, timeoutMs) => phone.expects({ type: 'page.requested', incident }, timeoutMs),
      received: (wanted = {}) => receiver.deliveries.filter((delivery) => isFor(delivery, wanted)),
    };
    return phone;
  };
  return {
    receiver,
    of: phoneOf,
    script: (...behaviours) => receiver.script(...behaviours),
    close: () => receiver.close(),
  };
}

function fits({ body }: ReceivedDelivery, { type, incident, step, cycle }: Wanted): boolean {
  return (
    (type === undefined || body?.type === type) &&
    (incident === undefined || body?.data.incident?.number === incident) &&
    (step === undefined || body?.data.step === step) &&
    (cycle === undefined || body?.data.cycle === cycle)
  );
}

function read(delivery: ReceivedDelivery): Received {
  if (delivery.signature !== 'valid')
    throw new Error(`the signature of ${delivery.path} is ${delivery.signature}`);
  const body = WebhookBody.parse(delivery.body);
  const open = (): Promise<Form> => openForm(body.data.links.respond);
  return { body, delivery, open, reply: async (decision, fields) => (await open()).press(decision, fields) };
}
