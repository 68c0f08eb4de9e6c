/** One watch: its sentence, its picture, its bands, its alerts, and what another document would have told. */
import type { ReactElement } from 'react';
import { valueWords } from '../../../domain/watch/words.js';
import type { WatchShown, WatchSimulation } from '../../../services/watch/watches.service.js';
import { PriorityBadge } from '../../ui/badges.js';
import { Facts, Hidden, TextArea } from '../../ui/fields.js';
import { type Flash, FlashNotice } from '../../ui/notice.js';
import { lengthText } from '../../ui/time-text.js';
import { Time } from '../../ui/time.js';
import { WatchPicture } from '../../ui/watch-picture.js';
import { appFrame } from '../app-frame.js';
import type { PageContext } from '../page-contexts.js';
import { CONDITIONS, LATE_MS, serviceName } from './watches-page.js';
import { SimulationResult } from './watch-simulation.js';

export interface WatchPageView {
  watch: WatchShown;
  proposal: string;
  simulation: WatchSimulation | null;
  flash: Flash | null;
}

export function watchPage(context: PageContext, view: WatchPageView): ReactElement {
  const { watch } = view;
  return appFrame(
    context,
    { title: watch.title, section: 'watches' },
    <>
      <div className="head">
        <h1>
          <bdi>{watch.title}</bdi>
        </h1>
        <a className="btn" href="/watches">
          All watches
        </a>
      </div>
      <section className="card" aria-labelledby="state">
        <h2 id="state">
          {CONDITIONS[watch.condition]}{' '}
          {watch.priority === null ? null : <PriorityBadge priority={watch.priority} />}
        </h2>
        <p>
          <bdi>{watch.sentence}</bdi>
        </p>
        {watch.why === null || watch.sentence.includes(watch.why) ? null : (
          <p>
            <bdi>{watch.why}</bdi>
          </p>
        )}
        <WatchPicture data={watch.picture} id="day" />
      </section>
      <div className="cols">
        <State watch={watch} service={serviceName(context, watch.service)} />
        <Alerts watch={watch} />
      </div>
      <section className="card" aria-labelledby="simulate">
        <h2 id="simulate">What would it have told?</h2>
        <FlashNotice flash={view.flash} />
        {view.simulation === null ? null : <SimulationResult simulation={view.simulation} />}
        <form method="post" action={`/watches/${watch.name}#simulate`}>
          <Hidden fields={{ csrf: context.frame.csrf }} />
          <TextArea
            name="proposal"
            label="Bands and expectation, as in force or as proposed"
            hint="They are tried on the last week of the metric. Nothing is changed and nobody is paged."
            rows={12}
            value={view.proposal}
          />
          <p className="row">
            <button type="submit" className="main">
              Simulate
            </button>
          </p>
        </form>
      </section>
    </>,
  );
}

function State({ watch, service }: { watch: WatchShown; service: string }) {
  const words = (value: number | null): string =>
    value === null ? '–' : valueWords(value, watch.unit ?? '');
  return (
    <section className="card" aria-labelledby="bands">
      <h2 id="bands">Bands</h2>
      <table className="fold">
        <thead>
          <tr>
            <th scope="col">Beyond</th>
            <th scope="col">For</th>
            <th scope="col">Priority</th>
            <th scope="col">Now</th>
          </tr>
        </thead>
        <tbody>
          {watch.bands.map((band) => (
            <tr key={band.beyond}>
              <td data-th="Beyond">
                {valueWords(band.beyond)} × the acceptable deviation{edgeText(watch, band.beyond)}
              </td>
              <td data-th="For">{band.for ?? 'at once'}</td>
              <td data-th="Priority">
                <PriorityBadge priority={band.priority} />
              </td>
              <td data-th="Now">{band.isIn ? 'entered' : '–'}</td>
            </tr>
          ))}
        </tbody>
      </table>
      <Facts
        items={[
          ['Last value', words(watch.value)],
          ['Expected', watch.expectedText ?? '–'],
          ['Expected value', words(watch.expected)],
          ['Acceptable deviation', words(watch.acceptable)],
          ['Judged', watch.judgedAt === null ? '–' : <Time key="judged" at={watch.judgedAt} />],
          [
            'Evaluated',
            `every ${watch.every}${watch.lateMs > LATE_MS ? `, now late by ${lengthText(watch.lateMs)}` : ''}`,
          ],
          ['Values', watch.source === 'push' ? 'are pushed' : 'from Prometheus'],
          ['Service', service],
          ...(watch.usersAffected === null
            ? []
            : ([['Users affected', String(watch.usersAffected)]] as [string, string][])),
        ]}
      />
    </section>
  );
}

/** `: above 1.4 s`. */
function edgeText({ expected, acceptable, picture, unit }: WatchShown, beyond: number): string {
  if (expected === null || acceptable === null) return '';
  const edge = (side: number): string => valueWords(expected + side * beyond * acceptable, unit ?? '');
  switch (picture.direction) {
    case 'above':
      return `: above ${edge(1)}`;
    case 'below':
      return `: below ${edge(-1)}`;
    case 'both':
      return `: above ${edge(1)} or below ${edge(-1)}`;
  }
}

const Alerts = ({ watch: { alerts } }: { watch: WatchShown }) => (
  <section className="card" aria-labelledby="alerts">
    <h2 id="alerts">Alerts that it opened</h2>
    {alerts.length === 0 ? (
      <p className="soft">None yet.</p>
    ) : (
      <ul className="plain">
        {alerts.map((alert) => (
          <li key={`${alert.condition} ${alert.firstAt}`}>
            <bdi>{alert.title}</bdi>
            <br />
            <span className="soft small">
              {alert.status === 'open' ? 'open' : 'over'}, <Time at={alert.firstAt} />
              {alert.closedAt === null ? null : (
                <>
                  {' '}
                  to <Time at={alert.closedAt} only="absolute" />
                </>
              )}
            </span>
            {alert.incident === null ? null : (
              <p>
                <a className="btn" href={`/incidents/${alert.incident}`}>
                  {alert.incident}
                </a>
              </p>
            )}
          </li>
        ))}
      </ul>
    )}
  </section>
);
