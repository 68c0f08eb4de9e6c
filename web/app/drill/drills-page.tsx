/** Drills: start one, abort one, and the results of the last runs. */
import type { ReactElement } from 'react';
import type { DrillRun } from '../../../services/drill/drills.service.js';
import { mayDo } from '../../../domain/access/permissions.js';
import type { ConfigDocument } from '../../../domain/config/specs.js';
import { DrillBadge, StateBadge } from '../../ui/badges.js';
import { Facts, Hidden } from '../../ui/fields.js';
import { Empty } from '../../ui/layout.js';
import { type Flash, FlashNotice } from '../../ui/notice.js';
import { Sentence, Time } from '../../ui/time.js';
import { Named, Who } from '../../ui/viewer.js';
import type { PageContext } from '../page-contexts.js';
import { appFrame } from '../app-frame.js';

export interface DrillsView {
  /** Newest first. */
  runs: readonly DrillRun[];
  flash: Flash | null;
}

export function drillsPage(context: PageContext, { runs, flash }: DrillsView): ReactElement {
  const drills = context.snapshot.list('Drill');
  return appFrame(
    context,
    { title: 'Drills', section: 'drills', drill: 'everything on this page is a drill' },
    <>
      <div className="head">
        <h1>Drills</h1>
      </div>
      <FlashNotice flash={flash} />
      <div className="cols">
        <section aria-labelledby="scenarios">
          <h2 id="scenarios">Scenarios</h2>
          {drills.length === 0 ? (
            <Empty title="No drill is configured">
              <p>
                A drill is a document of kind <code>Drill</code>: what to inject, and what is expected. Apply
                one with <code>POST /api/v1/config/apply</code>.
              </p>
            </Empty>
          ) : null}
          {drills.map((drill) => (
            <Scenario key={drill.name} context={context} drill={drill} />
          ))}
        </section>
        <section aria-labelledby="runs">
          <h2 id="runs">Last runs</h2>
          {runs.length === 0 ? <p className="soft">None yet.</p> : null}
          {runs.map((run) => (
            <Run key={run.id} context={context} run={run} />
          ))}
        </section>
      </div>
    </>,
  );
}

function Scenario({
  context,
  drill: { name, spec },
}: {
  context: PageContext;
  drill: ConfigDocument<'Drill'>;
}) {
  return (
    <div className="card">
      <h3>
        <Named kind="Drill" name={name} />
      </h3>
      <Facts
        items={[
          ['Service', <Named key="service" kind="Service" name={spec.service} />],
          ['When', spec.schedule === null ? 'by hand' : `${spec.schedule.cron} (${spec.schedule.timezone})`],
          [
            'Injects',
            <ul key="inject">
              {spec.inject.map((one, index) => (
                <li key={`${index}`}>
                  {one.after === undefined ? 'at once' : `after ${one.after}`}:{' '}
                  {'alert' in one ? (
                    <>
                      <bdi>{one.alert.title}</bdi> ({one.alert.severity})
                    </>
                  ) : (
                    <>
                      <Who actor={one.silence.person} /> does not answer
                    </>
                  )}
                </li>
              ))}
            </ul>,
          ],
          ['Lasts', `at most ${spec.maxDuration}`],
          spec.abortOn.realIncident.length === 0
            ? null
            : ['Aborts on', `a real ${spec.abortOn.realIncident.join(' or ')}`],
        ]}
      />
      {mayDo(context.identity.role, 'drills.run') ? (
        <form method="post" action={`/drills/${name}/start`}>
          <Hidden fields={{ csrf: context.frame.csrf, idempotencyKey: context.idempotencyKey }} />
          <p>
            <button className="main" type="submit">
              Start <Named kind="Drill" name={name} /> now
            </button>
          </p>
        </form>
      ) : null}
    </div>
  );
}

function Run({ context, run }: { context: PageContext; run: DrillsView['runs'][number] }) {
  return (
    <div className="card">
      <p className="tags">
        <DrillBadge />
        <StateBadge state={run.state} />
        {run.score === null ? null : (
          <strong>
            {run.score.earned} of {run.score.possible} points
          </strong>
        )}
      </p>
      <h3>
        <Named kind="Drill" name={run.drill} />
      </h3>
      <p className="soft small">
        Started by <Who actor={run.startedBy} />, <Time at={run.startedAt} />
        {run.abortedBy === null ? null : (
          <>
            ; aborted by <Who actor={run.abortedBy} />
          </>
        )}
      </p>
      <ul className="plain">
        {run.expectations.map((one) => (
          <li key={one.text} className="small">
            <strong>{one.met === true ? '✓ met' : one.met === false ? '✗ not met' : '○ open'}</strong>{' '}
            {one.text}
            {one.evidence === '' ? null : (
              <>
                : <Sentence text={one.evidence} />
              </>
            )}
          </li>
        ))}
      </ul>
      <div className="row">
        {run.number === null ? null : (
          <a className="btn" href={`/incidents/${run.number}`}>
            {run.number}
          </a>
        )}
        {run.state === 'running' && mayDo(context.identity.role, 'drills.run') ? (
          <form method="post" action={`/drills/runs/${run.id}/abort`}>
            <Hidden fields={{ csrf: context.frame.csrf }} />
            <button className="danger" type="submit">
              Abort
            </button>
          </form>
        ) : null}
      </div>
    </div>
  );
}
