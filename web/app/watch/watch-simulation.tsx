/** What a watch would have told over the past of its metric. */
import type { WatchSimulation } from '../../../services/watch/watches.service.js';
import { PriorityBadge } from '../../ui/badges.js';
import { Time } from '../../ui/time.js';

const WHAT: Record<string, string> = {
  begins: 'alert opens',
  rises: 'rises',
  eases: 'eases',
  ends: 'alert ends',
};

export function SimulationResult({ simulation }: { simulation: WatchSimulation }) {
  const { told, from, to, judged, learning, empty, isCut } = simulation;
  const opened = told.filter(({ what }) => what === 'begins').length;
  return (
    <div role="status">
      <p>
        <strong>
          {opened === 1 ? '1 alert' : `${opened} alerts`}
          {isCut ? ' or more' : ''}
        </strong>{' '}
        from <Time at={from} only="absolute" /> to <Time at={to} only="absolute" />: {judged} values of five
        minutes judged
        {learning === 0 ? '' : `, ${learning} while it would still have been learning`}
        {empty === 0 ? '' : `, ${empty} spans without a value`}.
      </p>
      {told.length === 0 ? null : (
        <table className="fold">
          <thead>
            <tr>
              <th scope="col">When</th>
              <th scope="col">What</th>
              <th scope="col">Priority</th>
              <th scope="col">Sentence</th>
            </tr>
          </thead>
          <tbody>
            {told.map((one) => (
              <tr key={`${one.at} ${one.condition} ${one.what}`}>
                <td>
                  <Time at={one.at} only="absolute" />
                </td>
                <td data-th="What">{WHAT[one.what] ?? one.what}</td>
                <td data-th="Priority">
                  <PriorityBadge priority={one.priority} />
                </td>
                <td data-th="Sentence">
                  <bdi>{one.sentence}</bdi>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </div>
  );
}
