/** Request to the API of Telnyx. */
import type { ChannelSettings } from '../../../config/channel-settings.js';
import type { EgressOutcome, EgressPort } from '../../../ports/egress.js';

export type TelnyxSettings = NonNullable<ChannelSettings['telnyx']>;

export const postToTelnyx = (
  egress: EgressPort,
  settings: Pick<TelnyxSettings, 'apiUrl' | 'apiKey'>,
  { path, body, timeoutMs }: { path: string; body: object; timeoutMs: number },
): Promise<EgressOutcome> =>
  egress.request({
    method: 'POST',
    url: `${settings.apiUrl}${path}`,
    headers: {
      accept: 'application/json',
      authorization: `Bearer ${settings.apiKey}`,
      'content-type': 'application/json',
    },
    body: JSON.stringify(body),
    timeoutMs,
  });
