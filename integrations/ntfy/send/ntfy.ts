/** Channel `ntfy`: a JSON publish to ntfy.sh or a self-hosted server. The address is a topic, or a topic's full URL. */
import type { Channel } from '../../../ports/channel.js';
import type { EgressPort } from '../../../ports/egress.js';
import type { OutgoingMessage } from '../../../domain/delivery/message.js';
import { answerJson, failure, readProviderAnswer } from '../../shared/send/provider-answer.js';
import { cutBytes, linkHook, pushText } from '../../shared/send/push-text.js';

export interface NtfyOptions {
  /** For the server of `NTFY_URL`. */
  egress: EgressPort;
  /** For any other server. */
  contactEgress: EgressPort;
  /** `NTFY_URL`: the server of topics that are not URLs. */
  url: string;
  /** `NTFY_TOKEN`: sent to that server only. */
  token: string | null;
}

/** ntfy turns a longer text into an attachment that no lock screen shows. */
const MESSAGE_BYTES = 4_096;
const TITLE_BYTES = 250;
const TOPIC = /^[-_A-Za-z0-9]{1,64}$/;
const LOUDNESS = { loud: 5, normal: 4, quiet: 3 } as const;

export function createNtfyChannel({ egress, contactEgress, url, token }: NtfyOptions): Channel {
  const own = new URL(url);
  return {
    name: 'ntfy',
    // ntfy.sh allows each sender 60 at once and then one every five seconds.
    limits: { perSecond: 5, perAddressPerMinute: 12 },
    async send({ destination, message, idempotencyKey, timeoutMs }) {
      const place = placeOf(destination.address, own);
      if (place === null)
        return failure('ntfy', 'the address is neither a topic nor the address of one', true);
      const answer = await (place.isOwn ? egress : contactEgress).request({
        method: 'POST',
        url: place.server,
        headers: {
          'content-type': 'application/json',
          ...(token !== null && place.isOwn ? { authorization: `Bearer ${token}` } : {}),
        },
        body: JSON.stringify(ntfyBody(message, place.topic, idempotencyKey)),
        timeoutMs,
      });
      return readProviderAnswer('ntfy', answer, (given) => {
        if (given.status < 200 || given.status >= 300) return null;
        const { id } = answerJson(given);
        // A proxy's sign-in page also responds with 200; only ntfy returns an id.
        return typeof id === 'string'
          ? { kind: 'accepted', provider: 'ntfy', providerId: id }
          : failure('ntfy', 'this server does not answer like ntfy: 200 without an id', false);
      });
    },
  };
}

function placeOf(address: string, own: URL): { server: string; topic: string; isOwn: boolean } | null {
  if (TOPIC.test(address)) return { server: `${own.href.replace(/\/$/, '')}/`, topic: address, isOwn: true };
  if (!URL.canParse(address)) return null;
  const { origin, pathname } = new URL(address);
  const [topic = '', ...path] = pathname
    .split('/')
    .filter((part) => part !== '')
    .toReversed();
  if (!TOPIC.test(topic)) return null;
  const server = [origin, ...path.toReversed(), ''].join('/');
  return { server, topic, isOwn: origin === own.origin };
}

function ntfyBody(message: OutgoingMessage, topic: string, key: string) {
  const { title, body, loudness, action } = pushText(message);
  const hook = linkHook(message);
  const tap = (label: string, decision: string) => ({
    action: 'http',
    label,
    url: hook,
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ decision }),
    clear: true,
  });
  return {
    topic,
    // From 2.16 on a repeat of the same message replaces the first one.
    sequence_id: /^[-_A-Za-z0-9]{1,64}$/.test(key) ? key : undefined,
    title: cutBytes(title, TITLE_BYTES),
    message: cutBytes(body, MESSAGE_BYTES),
    priority: LOUDNESS[loudness],
    tags: [
      loudness === 'loud' ? 'rotating_light' : 'bell',
      message.incident.priority,
      ...(message.incident.drill ? ['drill'] : []),
    ],
    click: message.links.respond,
    actions: [
      ...(hook === null ? [] : [tap('Acknowledge', 'acknowledge'), tap("Can't take it", 'decline')]),
      { action: 'view', label: action, url: message.links.respond },
    ],
  };
}
