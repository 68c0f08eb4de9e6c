/** Result of a back-test: totals, load of each person, and each incident with the assumed reactions. */
import type { Totals } from '../../../domain/escalation/measure.js';
import type { Backtest } from '../../../services/escalation/policies.service.js';
import { Empty } from '../../ui/layout.js';
import { lengthText } from '../../ui/time-text.js';
import { Time } from '../../ui/time.js';
import { Who } from '../../ui/viewer.js';

type Item = Backtest['items'][number];

const seconds = (value: number | null | undefined): string =>
  value === null || value === undefined ? 'never' : value < 1 ? 'at once' : lengthText(value * 1000);

export function BacktestResult({ result }: { result: Backtest }) {
  const { items, totals, from, to, next } = result;
  if (items.length === 0)
    return (
      <Empty title="No incident to compare">
        <p>
          Nothing happened between <Time at={from} only="absolute" /> and <Time at={to} only="absolute" />.
        </p>
      </Empty>
    );
  return (
    <>
      <p>
        {items.length} incidents between <Time at={from} only="absolute" /> and{' '}
        <Time at={to} only="absolute" />
        {next === null ? '.' : '; older ones are left out here (the API pages through all).'}
      </p>
      <TotalsTable {...totals} />
      <People {...totals} />
      <h3>Incident by incident</h3>
      <table className="fold">
        <thead>
          <tr>
            <th scope="col">Incident</th>
            <th scope="col">Answered</th>
            <th scope="col" className="nowrap">
              Messages
            </th>
            <th scope="col">Broken nights</th>
            <th scope="col">Assumed</th>
          </tr>
        </thead>
        <tbody>
          {items.map((item) => (
            <Incident key={item.id} item={item} />
          ))}
        </tbody>
      </table>
    </>
  );
}

function TotalsTable({ before, after }: { before: Totals; after: Totals }) {
  const rows: [string, (one: Totals) => number | null, (value: number | null) => string][] = [
    ['Acknowledged', ({ acknowledged }) => -acknowledged, (value) => String(-(value ?? 0))],
    ['Time to acknowledge, median', ({ secondsToAck }) => secondsToAck?.median ?? null, seconds],
    ['Time to acknowledge, 90 % within', ({ secondsToAck }) => secondsToAck?.p90 ?? null, seconds],
    ['Messages', ({ pages }) => pages, String],
    ['Broken nights (22:00 to 07:00 where the person is)', ({ nightWakes }) => nightWakes, String],
    ['People with a broken night', ({ peopleWoken }) => peopleWoken, String],
    ['Escalation exhausted', ({ exhausted }) => exhausted, String],
  ];
  return (
    <table>
      <caption className="soft small">
        Before: the record. After: the same incidents with the policy above.
      </caption>
      <thead>
        <tr>
          <th scope="col">Total</th>
          <th scope="col">Before</th>
          <th scope="col">After</th>
          <th scope="col">Change</th>
        </tr>
      </thead>
      <tbody>
        {rows.map(([name, of, text]) => (
          <tr key={name}>
            <th scope="row">{name}</th>
            <td>{text(of(before))}</td>
            <td>
              <strong>{text(of(after))}</strong>
            </td>
            <td>
              <Change before={of(before)} after={of(after)} />
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

/** Less is better in every row; null counts as infinite. */
function Change({ before, after }: { before: number | null; after: number | null }) {
  const [was, is] = [before ?? Infinity, after ?? Infinity];
  if (was === is) return <span className="soft">same</span>;
  return is < was ? <span className="tag good">▼ better</span> : <span className="tag bad">▲ worse</span>;
}

const BAR = 240;

function People({ before, after }: { before: Totals; after: Totals }) {
  const names = [...new Set([...before.people, ...after.people].map(({ person }) => person))];
  const of = (totals: Totals, name: string) =>
    totals.people.find(({ person }) => person === name) ?? { pages: 0, nightWakes: 0 };
  const most = Math.max(1, ...[...before.people, ...after.people].map(({ pages }) => pages));
  return (
    <table className="fold">
      <caption className="soft small">On-call load: messages and broken nights of each person</caption>
      <thead>
        <tr>
          <th scope="col">Person</th>
          <th scope="col">Messages before and after</th>
          <th scope="col">Broken nights</th>
        </tr>
      </thead>
      <tbody>
        {names.map((name) => {
          const [was, is] = [of(before, name), of(after, name)];
          return (
            <tr key={name}>
              <td>
                <Who actor={name} />
              </td>
              <td data-th="Messages">
                {was.pages} → <strong>{is.pages}</strong>
                <svg className="bars" viewBox={`0 0 ${BAR} 22`} aria-hidden="true">
                  <rect className="was" x="0" y="1" height="9" width={(was.pages / most) * BAR} />
                  <rect className="is" x="0" y="12" height="9" width={(is.pages / most) * BAR} />
                </svg>
              </td>
              <td data-th="Broken nights">
                {was.nightWakes} → <strong>{is.nightWakes}</strong>
              </td>
            </tr>
          );
        })}
      </tbody>
    </table>
  );
}

const because: Readonly<Record<Item['assumptions'][number]['because'], string>> = {
  assumed: 'as assumed',
  observed: 'as in this incident',
  silent: 'did not answer then',
  'own-median': 'their median',
  'team-median': 'median of all people',
  unknown: 'no data',
};

const reaction = (value: number | null): string =>
  value === null || value < 1 ? seconds(value) : `after ${seconds(value)}`;

function Incident({ item }: { item: Item }) {
  const { number, title, priority, at, before, after, assumptions, byHand } = item;
  return (
    <tr>
      <td>
        <a href={`/incidents/${number}`}>{number}</a> {priority} <bdi>{title}</bdi>
        <br />
        <span className="soft small">
          <Time at={at} only="absolute" />
        </span>
        {byHand.length === 0 ? null : (
          <>
            <br />
            <span className="small">Done by hand: {byHand.join('; ')}</span>
          </>
        )}
      </td>
      <td data-th="Answered">
        {seconds(before.secondsToAck)} → <strong>{seconds(after.secondsToAck)}</strong>{' '}
        <Change before={before.secondsToAck} after={after.secondsToAck} />
        {after.exhausted ? <span className="error"> escalation exhausted</span> : null}
      </td>
      <td data-th="Messages">
        {before.pages} → <strong>{after.pages}</strong>
      </td>
      <td data-th="Broken nights">
        {before.nightWakes} → <strong>{after.nightWakes}</strong>
      </td>
      <td data-th="Assumed">
        <span className="small">
          {assumptions.map((one, index) => (
            <span key={one.person}>
              {index > 0 ? '; ' : ''}
              <Who actor={one.person} /> {reaction(one.seconds)} ({because[one.because]})
            </span>
          ))}
        </span>
      </td>
    </tr>
  );
}
