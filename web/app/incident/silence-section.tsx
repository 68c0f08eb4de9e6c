/** Silences in force that touch the incident, and "Silence what fires here". */
import type { IncidentDetail } from '../../../services/incident/incident-queries.service.js';
import type { SilenceView } from '../../../services/alert/silences.service.js';
import type { MaintenanceWindow } from '../../../services/alert/maintenance.service.js';
import { mayDo } from '../../../domain/access/permissions.js';
import { Hidden, SelectField, TextField } from '../../ui/fields.js';
import { SilenceList } from '../../ui/silence-list.js';
import { WindowList } from '../../ui/window-list.js';
import type { PageContext } from '../page-contexts.js';

interface Props {
  context: PageContext;
  incident: IncidentDetail;
  silences: readonly SilenceView[];
  /** Maintenance windows in force that mute the service. */
  windows: readonly MaintenanceWindow[];
}

const LASTS = [
  { value: '1h', text: '1 hour' },
  { value: '4h', text: '4 hours' },
  { value: 'clear', text: 'until they clear (7 days at the most)' },
];

export function SilenceSection({ context, incident, silences, windows }: Props) {
  const fires = incident.alertsOpen > 0 || incident.stillFiring > 0;
  const mayMake = fires && incident.drill === false && mayDo(context.identity.role, 'alerts.silence');
  if (silences.length === 0 && windows.length === 0 && !mayMake) return null;
  return (
    <section className="card" aria-labelledby="silences">
      <h2 id="silences">Silences</h2>
      {silences.length === 0 ? null : (
        <>
          <p>
            In force: alerts that match open no incident and join none. What fired before goes on here until
            somebody answers or it clears.
          </p>
          <SilenceList silences={silences} />
        </>
      )}
      {windows.length === 0 ? null : (
        <>
          <p>Maintenance in force: new alerts for this service page nobody until its end.</p>
          <WindowList windows={windows} />
        </>
      )}
      {mayMake ? (
        <details className="more">
          <summary>Silence what fires here</summary>
          <form method="post" action={`/silences/incidents/${incident.number}`}>
            <Hidden fields={{ csrf: context.frame.csrf, idempotencyKey: context.idempotencyKey }} />
            <SelectField name="lasts" id="silence-lasts" label="For" value="1h" choices={LASTS} />
            <TextField
              name="reason"
              id="silence-reason"
              label="Reason"
              hint="New messages of these alerts page nobody until then. The incident itself stays as it is."
              value={`known, see ${incident.number}`}
            />
            <p>
              <button type="submit">Silence</button>
            </p>
          </form>
        </details>
      ) : null}
    </section>
  );
}
