/**
 * Slack's Web API through its official client over the egress client. The client is loaded by the first call and created for each
 * call with the call's timeout. Outcomes are read from the HTTP exchange, not from the client's result.
 */
import type { Logger, WebClient, WebClientOptions } from '@slack/web-api';
import type { EgressOutcome, EgressPort } from '../../../ports/egress.js';

export interface SlackAccount {
  egress: EgressPort;
  botToken: string;
  /** `SLACK_API_URL`. */
  apiUrl: string;
}

type FetchResponse = Awaited<ReturnType<NonNullable<WebClientOptions['fetch']>>>;

/** Size of a page of messages with their metadata. */
const MAX_BYTES = 1_048_576;

export async function callSlack(
  { egress, botToken, apiUrl }: SlackAccount,
  timeoutMs: number,
  call: (client: WebClient) => Promise<unknown>,
): Promise<EgressOutcome> {
  const { WebClient, LogLevel } = await import('@slack/web-api');
  let heard: EgressOutcome | null = null;
  const client = new WebClient(botToken, {
    slackApiUrl: `${apiUrl.replace(/\/+$/, '')}/`,
    logger: silent(LogLevel.ERROR),
    // The ledger retries.
    retryConfig: { retries: 0 },
    rejectRateLimitedCalls: true,
    allowAbsoluteUrls: false,
    async fetch(url, { method = 'POST', headers = {}, body } = {}) {
      heard = await egress.request({
        method,
        url: String(url),
        headers: withoutOwn(headers),
        ...(typeof body === 'string' ? { body } : {}),
        timeoutMs,
        maxBytes: MAX_BYTES,
      });
      if (heard.kind !== 'answered') throw new Error(heard.reason);
      return responseOf(heard, String(url));
    },
  });
  try {
    await call(client);
  } catch (error) {
    // The caller reads every HTTP response; only a call without an exchange is reported here.
    if (heard === null)
      return { kind: 'refused', reason: error instanceof Error ? error.message : String(error) };
  }
  return heard ?? { kind: 'refused', reason: 'the client sent no request' };
}

/** The egress client sets the content length. */
const withoutOwn = (headers: Record<string, string>): Record<string, string> =>
  Object.fromEntries(Object.entries(headers).filter(([name]) => name.toLowerCase() !== 'content-length'));

function responseOf(
  { status, headers, body }: Extract<EgressOutcome, { kind: 'answered' }>,
  url: string,
): FetchResponse {
  return {
    ok: status >= 200 && status < 300,
    status,
    statusText: '',
    url,
    headers: {
      get: (name: string) => headers[name.toLowerCase()] ?? null,
      entries: () => Object.entries(headers).values(),
    },
    arrayBuffer: async () => new TextEncoder().encode(body).buffer,
    json: async () => JSON.parse(body) as unknown,
    text: async () => body,
  };
}

const silent = (level: ReturnType<Logger['getLevel']>): Logger => ({
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
  setLevel: () => undefined,
  getLevel: () => level,
  setName: () => undefined,
});
