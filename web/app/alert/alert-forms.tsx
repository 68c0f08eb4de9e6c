/** What people do with an alert: split it off, move it, silence it. */
import { mayDo } from '../../../domain/access/permissions.js';
import type { AlertDetail } from '../../../services/alert/alert-queries.service.js';
import { Hidden, SelectField, TextField } from '../../ui/fields.js';
import type { PageContext } from '../page-contexts.js';
import { LASTS } from '../silence/silences-page.js';
import type { AlertView } from './alert-seen.js';

export function AlertForms({ context, view }: { context: PageContext; view: AlertView }) {
  const { alert } = view;
  if (alert.status === 'closed' || alert.drill) return null;
  const { role } = context.identity;
  return (
    <>
      {alert.incidentNumber !== null && mayDo(role, 'incidents.respond') ? (
        <Move context={context} view={view} number={alert.incidentNumber} />
      ) : null}
      {mayDo(role, 'alerts.silence') && isOneLine(alert.dedupKey) ? (
        <Silence context={context} alert={alert} />
      ) : null}
    </>
  );
}

function Move({ context, view, number }: { context: PageContext; view: AlertView; number: string }) {
  const { alert, targets, typed } = view;
  const csrf = <Hidden fields={{ csrf: context.frame.csrf }} />;
  return (
    <section className="card" aria-labelledby="move">
      <h2 id="move">Another cause?</h2>
      <form method="post" action={`/alerts/${alert.id}/split`}>
        {csrf}
        <p>
          Split off, it becomes an incident of its own, which pages. The last open alert of {number} stays.
        </p>
        <p>
          <button type="submit">Split off</button>
        </p>
      </form>
      <form method="post" action={`/alerts/${alert.id}/move`}>
        {csrf}
        <TextField
          name="into"
          label="Move to the open incident"
          hint="Its number, such as INC-42. A higher priority comes with the alert."
          list="targets"
          required
          value={typed['into'] ?? ''}
        />
        <datalist id="targets">
          {targets.map((target) => (
            <option key={target.number} value={target.number}>
              {target.title}
            </option>
          ))}
        </datalist>
        <p>
          <button type="submit">Move</button>
        </p>
      </form>
    </section>
  );
}

/** A matcher is one line. */
const isOneLine = (key: string): boolean => !/[\p{Cc}"]/u.test(key);

function Silence({ context, alert }: { context: PageContext; alert: AlertDetail }) {
  const { incidentNumber } = alert;
  return (
    <section className="card" aria-labelledby="silence">
      <h2 id="silence">Silence</h2>
      <form method="post" action="/silences">
        <Hidden
          fields={{
            csrf: context.frame.csrf,
            idempotencyKey: context.idempotencyKey,
            matchers: `source = "${alert.source}"\ndedupKey = "${alert.dedupKey}"`,
          }}
        />
        <SelectField name="lasts" label="This alert, for" choices={LASTS} value="1h" />
        <TextField
          name="reason"
          label="Reason"
          required
          value={incidentNumber === null ? '' : `known, see ${incidentNumber}`}
        />
        <p>
          <button type="submit">Silence</button>
        </p>
      </form>
      {incidentNumber === null ? null : (
        <p>
          <a href={`/incidents/${incidentNumber}#silences`}>Silence all that fires in {incidentNumber}</a>
        </p>
      )}
    </section>
  );
}
