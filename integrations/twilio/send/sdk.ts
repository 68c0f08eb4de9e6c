/**
 * Twilio's SDK over the single egress client. The SDK writes the requests; outcomes are read from the exchange itself, so that a
 * disconnect, a broken body and a refusal remain distinct. Loaded on first use only, because it is large.
 */
import twilio from 'twilio';
import RequestClient from 'twilio/lib/base/RequestClient.js';
import response from 'twilio/lib/http/response.js';
import type { EgressOutcome, EgressPort } from '../../../ports/egress.js';

export interface TwilioAccount {
  accountSid: string;
  authToken: string;
  apiUrl: string;
}

export type TwilioSdk = ReturnType<typeof twilio>;

/** Null when the SDK wrote no request at all. */
export async function exchangeWithTwilio(
  egress: EgressPort,
  account: TwilioAccount,
  timeoutMs: number,
  use: (sdk: TwilioSdk) => Promise<unknown>,
): Promise<EgressOutcome | null> {
  const client = new EgressClient(egress, account.apiUrl, timeoutMs);
  const sdk = twilio(account.accountSid, account.authToken, {
    httpClient: client,
    accountSid: account.accountSid,
  });
  try {
    await use(sdk);
  } catch {
    // The SDK's own interpretation of the response is ignored.
  }
  return client.outcome;
}

class EgressClient extends RequestClient {
  outcome: EgressOutcome | null = null;

  constructor(
    private readonly egress: EgressPort,
    private readonly apiUrl: string,
    private readonly timeoutMs: number,
  ) {
    super();
  }

  override async request<TData>(
    options: RequestClient.RequestOptions<TData>,
  ): Promise<InstanceType<typeof response.default<TData>>> {
    const { pathname, search } = new URL(options.uri);
    const query = formOf(options.params ?? {});
    const isPost = options.method === 'post';
    this.outcome = await this.egress.request({
      method: options.method.toUpperCase(),
      url: `${this.apiUrl}${pathname}${search}${query === '' ? '' : `?${query}`}`,
      headers: {
        accept: 'application/json',
        authorization: `Basic ${Buffer.from(`${options.username ?? ''}:${options.password ?? ''}`).toString('base64')}`,
        ...(isPost ? { 'content-type': 'application/x-www-form-urlencoded' } : {}),
      },
      ...(isPost ? { body: formOf(options.data ?? {}) } : {}),
      timeoutMs: this.timeoutMs,
    });
    if (this.outcome.kind !== 'answered') throw new Error(this.outcome.reason);
    const { status, body, headers } = this.outcome;
    return new response.default<TData>(status, JSON.parse(body) as TData, headers);
  }
}

/** A list becomes repeated fields. */
function formOf(fields: object): string {
  const form = new URLSearchParams();
  for (const [name, value] of Object.entries(fields)) {
    for (const one of Array.isArray(value) ? value : [value])
      if (one !== undefined && one !== null) form.append(name, String(one));
  }
  return form.toString();
}
