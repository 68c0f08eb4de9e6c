import { createHmac } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { fromJson, readAction, readCommand, readEvent } from './payloads.js';
import { slackSignatureProblem } from './signature.js';

const SECRET = '8f742231b10e8888abcd99yyyzzz85a5';
const now = 1_531_420_618;
const signed = (timestamp: number | string, body: string) => ({
  'x-slack-request-timestamp': String(timestamp),
  'x-slack-signature': `v0=${createHmac('sha256', SECRET).update(`v0:${timestamp}:${body}`).digest('hex')}`,
});

describe('the signature of Slack', () => {
  it('is the one of its documentation', () => {
    const body =
      'token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J&team_domain=testteamnow&channel_id=G8PSS9T3V&channel_name=foobar&user_id=U2CERLKJA&user_name=roadrunner&command=%2Fwebhook-collect&text=&response_url=https%3A%2F%2Fhooks.slack.com%2Fcommands%2FT1DC2JH3J%2F397700885554%2F96rGlfmibIGlgcZRskXaIFfN&trigger_id=398738663015.47445629121.803a0bc887a14d10d2c447fce8b6703c';
    const headers = {
      'x-slack-request-timestamp': '1531420618',
      'x-slack-signature': 'v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503',
    };
    expect(slackSignatureProblem(SECRET, headers, body, now)).toBeNull();
  });

  it.each<[string, number | string, string, string | null]>([
    ['of now', now, 'body', null],
    ['a little late', now - 300, 'body', null],
    ['replayed', now - 301, 'body', 'the timestamp is not of now'],
    ['of a clock that is a little ahead', now + 5, 'body', null],
    ['of the future', now + 6, 'body', 'the timestamp is not of now'],
    ['of no time', 'NaN', 'body', 'the timestamp is not of now'],
    ['of another body', now, 'other', 'the signature does not belong to this body'],
  ])('%s', (_what, timestamp, body, problem) =>
    expect(slackSignatureProblem(SECRET, signed(timestamp, 'body'), body, now)).toBe(problem),
  );

  it('is reported when it is missing', () =>
    expect(slackSignatureProblem(SECRET, {}, 'body', now)).toBe('no signature'));
});

describe('what Slack posts', () => {
  it.each(['', 'x', '[', 'null'])('is refused when it is none: %j', (body) => {
    expect([readAction(fromJson(body)), readEvent(fromJson(body))]).toEqual([null, null]);
  });

  it('is ignored where it requests nothing of Tocsin', () => {
    expect(readAction({ type: 'view_submission' })).toBe('other');
    const link = { action_id: 'open', action_ts: '1.2' };
    expect(readAction({ type: 'block_actions', user: { id: 'U1' }, actions: [link] })).toBe('other');
    const message = { type: 'message', channel_type: 'im', user: 'U1', text: 'ack', channel: 'D1' };
    const event = (more: object) =>
      readEvent({ type: 'event_callback', event_id: 'Ev1', event: { ...message, ...more } });
    expect(event({})).toMatchObject({ kind: 'message', user: 'U1', text: 'ack', id: 'event/Ev1' });
    expect(event({ bot_id: 'B1' })).toEqual({ kind: 'other' });
    expect(event({ subtype: 'message_changed' })).toEqual({ kind: 'other' });
    expect(event({ channel_type: 'channel' })).toEqual({ kind: 'other' });
    expect(readCommand({ text: 'who' })).toBeNull();
  });
});
