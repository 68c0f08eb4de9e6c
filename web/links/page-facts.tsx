/** Facts of an incident for whoever is being paged: priority and its reasons, service, alerts, runbooks, diagnostics. */
import type { RunSummary } from '../../domain/incident/state.js';
import { endedBy } from '../../steps/registry.js';
import { AlertList } from '../ui/alert-list.js';
import { DiagnosticList } from '../ui/diagnostic-list.js';
import { Facts } from '../ui/fields.js';
import { SafeLink } from '../ui/safe-link.js';
import { Time } from '../ui/time.js';
import type { WaitingStep } from './page-steps.js';
import type { PageLinkView } from './page-view.js';
import { Named } from '../ui/viewer.js';

export function PageFacts({ view }: { view: PageLinkView }) {
  const { link, alerts, diagnostics, dashboards } = view;
  const { incident } = link;
  const runs = Object.values(incident.runs);
  return (
    <section className="card" aria-labelledby="what">
      <h2 id="what">What is wrong</h2>
      <Facts
        items={[
          ['Priority', <Why key="why" reasons={incident.priorityReasons} priority={incident.priority} />],
          [
            'Service',
            incident.service === null ? (
              'unknown'
            ) : (
              <Named key="service" kind="Service" name={incident.service} />
            ),
          ],
          ['Team', <Named key="team" kind="Team" name={incident.team} />],
          ['Since', <Time key="since" at={incident.createdAt} />],
          dashboards.length === 0
            ? null
            : [
                'Links',
                <span key="links" className="row">
                  {dashboards.map(({ title, url }) => (
                    <SafeLink key={url} url={url}>
                      {title}
                    </SafeLink>
                  ))}
                </span>,
              ],
          runs.length === 0 ? null : ['Runbook', <Runs key="runs" runs={runs} steps={view.steps} />],
        ]}
      />
      <h3>
        Alerts ({incident.alertsOpen} open of {incident.alertsTotal})
      </h3>
      <AlertList alerts={alerts} total={incident.alertsTotal} labels={8} />
      {diagnostics.length === 0 ? null : (
        <>
          <h3>Diagnostics</h3>
          <DiagnosticList diagnostics={diagnostics} output={false} />
        </>
      )}
    </section>
  );
}

const Why = ({ priority, reasons }: { priority: string; reasons: readonly string[] }) => (
  <>
    {priority}
    {reasons.length === 0 ? null : (
      <ul>
        {reasons.map((reason) => (
          <li key={reason}>{reason}</li>
        ))}
      </ul>
    )}
  </>
);

const Runs = ({ runs, steps }: { runs: readonly RunSummary[]; steps: readonly WaitingStep[] }) => (
  <>
    {runs.map((run) => {
      const waiting = Object.entries(run.steps).find(([, step]) => step.state === 'waiting');
      const known = steps.find((one) => one.run === run.id && one.step === waiting?.[0]);
      return (
        <span key={run.id}>
          <Named kind="Runbook" name={run.runbook} />: {run.state}
          {waiting === undefined
            ? ''
            : `, waiting for ${endedBy(waiting[1].kind) === 'approval' ? 'an approval' : 'a person'}: ${known?.sentence ?? waiting[0]}`}
          <br />
        </span>
      );
    })}
  </>
);
