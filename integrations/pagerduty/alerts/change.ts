/**
 * `POST /v2/change/enqueue`: a change such as a deployment. Changes are not implemented, so they are refused explicitly: a sender
 * that receives a 2xx believes that people will see the change.
 */
import { ErrorList } from '../../shared/alerts/fields.js';
import { isObject } from '../../../domain/shared/is-object.js';
import type { SourceFormat } from '../../shared/alerts/format.js';
import { readJson } from '../../../shared/json/json.js';
import { readRoutingKey } from './event-fields.js';
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
