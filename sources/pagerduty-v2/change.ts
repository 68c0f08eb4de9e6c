/**
 * `POST /v2/change/enqueue`: something was changed, a deploy. Nothing is made of it yet, so it is refused and says so: a sender
 * that gets a 2xx believes that people will see it.
 */
import { ErrorList, isObject } from '../fields.js';
import type { SourceFormat } from '../format.js';
import { readJson } from '../json.js';
import { readRoutingKey } from './fields.js';
import { replies } from './replies.js';

export const CHANGES_ARE_REFUSED =
  'Change events are not supported yet: nothing was stored. Send alerts to /v2/enqueue; take the change integration out';

export const pagerdutyV2Change: SourceFormat = {
  name: 'pagerduty-v2-change',
  ...replies,
  parse(raw, headers, context) {
    const json = readJson(raw, headers);
    const errors = new ErrorList();
    const credential =
      json.kind === 'json' && isObject(json.value) ? readRoutingKey(json.value, errors, context) : undefined;
    return {
      kind: 'rejected',
      errors: [{ path: 'body', message: CHANGES_ARE_REFUSED }],
      ...(credential === undefined ? {} : { credential }),
    };
  },
};
