/** Watches and where each stands. */
import type { ReactElement } from 'react';
import { valueWords } from '../../../domain/watch/words.js';
import type { WatchItem } from '../../../services/watch/watches.service.js';
import { PriorityBadge } from '../../ui/badges.js';
import { Empty } from '../../ui/layout.js';
import { Time } from '../../ui/time.js';
import { appFrame } from '../app-frame.js';
import type { PageContext } from '../page-contexts.js';

export const CONDITIONS: Record<WatchItem['condition'], string> = {
  new: '○ not asked for yet',
  learning: '○ learning',
  expected: '✓ as expected',
  beyond: '✕ beyond its bands',
  no_data: '✕ no data',
  not_judged: '✕ cannot be judged',
};

const EXAMPLE = `apiVersion: tocsin/v1
kind: Watch
metadata: {name: orders-per-minute}
spec:
  service: checkout-db
  displayName: Orders a minute
  source: {push: {}}
  expected: {baseline: {kind: same-hour, weeks: 4}}
  acceptable: {percent: 25}
  direction: below
  bands:
    - {beyond: 1, for: 5m, priority: P3}
    - {beyond: 2, for: 5m, priority: P1}`;

export function watchesPage(context: PageContext, items: readonly WatchItem[]): ReactElement {
  return appFrame(
    context,
    { title: 'Watches', section: 'watches' },
    <>
      <div className="head">
        <h1>Watches</h1>
      </div>
      <p className="soft">
        Metrics that are compared with what is expected of them. How far one deviates decides the priority of
        its alert.
      </p>
      <div className="card">
        {items.length === 0 ? (
          <Empty title="No metric is watched">
            <p>
              A watch is a document of kind <code>Watch</code>. It asks a Prometheus, or takes values that are
              posted to <code>/in/&lt;key&gt;/values</code>. Apply one with{' '}
              <code>POST /api/v1/config/apply</code>:
            </p>
            <pre>{EXAMPLE}</pre>
          </Empty>
        ) : (
          <table className="fold">
            <thead>
              <tr>
                <th scope="col">Watch</th>
                <th scope="col">State</th>
                <th scope="col">Value</th>
                <th scope="col">Expected</th>
                <th scope="col">Service</th>
                <th scope="col">Judged</th>
              </tr>
            </thead>
            <tbody>
              {items.map((item) => (
                <Row key={item.name} item={item} service={serviceName(context, item.service)} />
              ))}
            </tbody>
          </table>
        )}
      </div>
    </>,
  );
}

export const serviceName = ({ snapshot }: PageContext, service: string): string =>
  snapshot.get('Service', service)?.spec.displayName ?? service;

const Row = ({ item, service }: { item: WatchItem; service: string }) => (
  <tr>
    <td>
      <a href={`/watches/${item.name}`}>
        <bdi>{item.title}</bdi>
      </a>
    </td>
    <td data-th="State" className="state">
      {CONDITIONS[item.condition]}
      {item.priority === null ? null : (
        <>
          {' '}
          <PriorityBadge priority={item.priority} />
        </>
      )}
    </td>
    <td data-th="Value">{item.value === null ? '–' : valueWords(item.value, item.unit ?? '')}</td>
    <td data-th="Expected">{item.expected === null ? '–' : valueWords(item.expected, item.unit ?? '')}</td>
    <td data-th="Service">{service}</td>
    <td data-th="Judged">
      {item.judgedAt === null ? '–' : <Time at={item.judgedAt} only="relative" />}
      {item.lateMs > LATE_MS ? ', late' : ''}
    </td>
  </tr>
);

/** Less is the ordinary wait for the next look. */
export const LATE_MS = 10_000;
