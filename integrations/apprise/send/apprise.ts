/** Channel `apprise`: sends through the operator's Apprise API. The address is an Apprise URL or a configuration's key. */
import type { Channel } from '../../../ports/channel.js';
import type { EgressPort } from '../../../ports/egress.js';
import { readAppriseUrl } from '../../../domain/delivery/apprise-url.js';
import { isAppriseKey } from '../../../domain/delivery/channel-traits.js';
import { failure, readProviderAnswer, shownAnswer } from '../../shared/send/provider-answer.js';
import { cutCharacters, pushText } from '../../shared/send/push-text.js';
import { escapeLinks } from '../../shared/send/escape-links.js';

/** The shortest limit among the services behind it is unknown; this many characters fit into all chat services. */
const BODY = 1_900;
const TITLE = 250;
const TYPE = { loud: 'failure', normal: 'warning', quiet: 'info' } as const;

/**
 * Apprise looks up the name itself later, so this check only stops mistakes and simple attempts; Apprise's network must restrict
 * the rest.
 */
async function refusedUrl(egress: EgressPort, address: string): Promise<string | null> {
  const read = readAppriseUrl(address);
  if (read.kind === 'refused') return read.reason;
  if (read.host === null) return null;
  const resolved = await egress.resolve(read.host);
  return resolved.kind === 'refused' ? resolved.reason : null;
}

/** `url`: `APPRISE_URL`, reached by `egress`; the host of an address is judged by `contactEgress`. */
export function createAppriseChannel({
  egress,
  contactEgress,
  url,
}: {
  egress: EgressPort;
  contactEgress: EgressPort;
  url: string;
}): Channel {
  return {
    name: 'apprise',
    async send({ destination: { address }, message, timeoutMs }) {
      const { title, body, loudness } = pushText(message);
      const isUrl = !isAppriseKey(address);
      const refused = isUrl ? await refusedUrl(contactEgress, address) : null;
      if (refused !== null) return failure('apprise', refused, true);
      const answer = await egress.request({
        method: 'POST',
        url: isUrl ? `${url}/notify` : `${url}/notify/${encodeURIComponent(address)}`,
        headers: { 'content-type': 'application/json', accept: 'application/json' },
        body: JSON.stringify({
          ...(isUrl ? { urls: address } : {}),
          // Some of the services behind it render Markdown whatever `format` says.
          title: escapeLinks(cutCharacters(title, TITLE)),
          body: `${escapeLinks(cutCharacters(body, BODY))}\n\n${message.links.respond}`,
          type: TYPE[loudness],
          format: 'text',
        }),
        timeoutMs,
      });
      return readProviderAnswer('apprise', answer, (given) => {
        switch (given.status) {
          case 204:
            return failure('apprise', 'the Apprise API has no configuration under this key', true);
          // At least one service behind it was not reached; the others received it, and the response does not say which.
          case 424:
            return { kind: 'ambiguous', provider: 'apprise', error: shownAnswer(given) };
          default:
            return null;
        }
      });
    },
  };
}
