/** The alerts of an incident: the first of them; all of them are a list of their own. */
import type { IncidentDetail } from '../../../services/incident/incident-queries.service.js';
import { AlertTable } from '../../ui/alert-table.js';

const SHOWN = 10;

export function AlertsSection({ incident }: { incident: IncidentDetail }) {
  const { id, alerts, alertsOpen, alertsTotal, number } = incident;
  return (
    <section className="card" aria-labelledby="alerts">
      <h2 id="alerts">
        Alerts ({alertsOpen} open of {alertsTotal})
      </h2>
      {alerts.length === 0 ? (
        <p className="soft">No alert: a person declared this incident.</p>
      ) : (
        <>
          <AlertTable alerts={alerts.slice(0, SHOWN)} withDetails withService={false} />
          {alertsTotal > SHOWN || alerts.length > SHOWN ? (
            <p>
              <a className="btn" href={`/alerts?incident=${id}`}>
                All {alertsTotal} alerts of {number}
              </a>
            </p>
          ) : null}
          {alertsOpen > 1 && incident.status !== 'closed' ? (
            <p className="soft small">
              An alert of another cause is split off, or moved to another incident, on its own page.
            </p>
          ) : null}
        </>
      )}
    </section>
  );
}
