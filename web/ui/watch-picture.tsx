/** The metric of a watch with its expected value and bands: a picture, what it says in words, and a table of the same. */
import { spanWords, valueWords } from '../../domain/watch/words.js';
import type { ValuePoint, WatchPictureData } from '../../services/watch/watches.service.js';
import { absoluteTime } from './time-text.js';
import { useViewer } from './viewer.js';
import { PLOT, watchChart } from './watch-chart.js';

/** Rows of the table at the most. */
const ROWS = 24;
const MARKS = [0, 0.5, 1];

export function WatchPicture({ data, id }: { data: WatchPictureData; id: string }) {
  const { zone, now } = useViewer();
  const { points, from, to, unit, title } = data;
  if (points.length < 2) return <p className="soft">Too few values are known for a picture.</p>;
  const chart = watchChart(data);
  const words = (value: number): string => valueWords(value, unit ?? '');
  const time = (at: string): string => absoluteTime(at, zone, now);
  const start = Date.parse(from);
  const marks = MARKS.map((share) => new Date(start + share * (Date.parse(to) - start)).toISOString());
  return (
    <figure className="watch">
      <figcaption className="small">
        <span className="key value" aria-hidden="true" /> {title}
        {chart.expected === '' ? null : (
          <>
            {' '}
            <span className="key expected" aria-hidden="true" /> expected
          </>
        )}
        {chart.bands.map(({ priority, area }) =>
          area === '' ? null : (
            <span key={priority + area.length}>
              {' '}
              <span className={`key ${priority.toLowerCase()}`} aria-hidden="true" /> {priority}
            </span>
          ),
        )}
      </figcaption>
      <div className="plot">
        <div className="scale small soft" aria-hidden="true">
          <span>{words(chart.top)}</span>
          <span>{words((chart.top + chart.bottom) / 2)}</span>
          <span>{words(chart.bottom)}</span>
        </div>
        <svg
          role="img"
          aria-labelledby={`${id}-words`}
          viewBox={`0 0 ${PLOT} ${PLOT}`}
          preserveAspectRatio="none"
        >
          <title id={`${id}-words`}>{pictureWords(data, time)}</title>
          {chart.bands.map(({ priority, area }, index) => (
            <path key={index} className={`band ${priority.toLowerCase()}`} d={area} />
          ))}
          <path className="expected" d={chart.expected} />
          <path className="value" d={chart.value} />
        </svg>
        <div className="marks small soft" aria-hidden="true">
          {marks.map((at) => (
            <span key={at}>{time(at).replace(/:\d\d /, ' ')}</span>
          ))}
        </div>
      </div>
      <details>
        <summary>Values as a table</summary>
        <table className="fold">
          <thead>
            <tr>
              <th scope="col">From</th>
              <th scope="col">{title}</th>
              <th scope="col">Lowest to highest</th>
              <th scope="col">Expected</th>
              <th scope="col">Acceptable deviations</th>
            </tr>
          </thead>
          <tbody>
            {rowsOf(points)
              .toReversed()
              .map((row) => (
                <tr key={row.at}>
                  <td>{time(row.at)}</td>
                  <td data-th={title}>{words(row.value)}</td>
                  <td data-th="Lowest to highest">
                    {words(row.low)} to {words(row.high)}
                  </td>
                  <td data-th="Expected">{row.expected === null ? '–' : words(row.expected)}</td>
                  <td data-th="Acceptable deviations">{deviationsText(row)}</td>
                </tr>
              ))}
          </tbody>
        </table>
      </details>
    </figure>
  );
}

/** `p99 from … to …: between 0.2 s and 1.9 s, last 0.4 s; expected 0.4 s`. */
function pictureWords({ title, points, unit }: WatchPictureData, time: (at: string) => string): string {
  const [first] = points;
  const last = points.at(-1);
  if (first === undefined || last === undefined) return `${title}: no values`;
  const words = (value: number): string => valueWords(value, unit ?? '');
  const values = points.map(({ value }) => value);
  const length = spanWords(Date.parse(last.at) - Date.parse(first.at));
  const range = `between ${words(Math.min(...values))} and ${words(Math.max(...values))}, last ${words(last.value)}`;
  const expected = last.expected === null ? '' : `; expected ${words(last.expected)}`;
  return `${title} from ${time(first.at)} to ${time(last.at)} (${length}): ${range}${expected}`;
}

/** At most 24 rows of equal length, each with the mean, lowest and highest of its values. */
function rowsOf(points: readonly ValuePoint[]): ValuePoint[] {
  const size = Math.ceil(points.length / ROWS);
  const rows: ValuePoint[] = [];
  for (let from = 0; from < points.length; from += size) {
    const part = points.slice(from, from + size);
    const [first] = part;
    if (first === undefined) continue;
    rows.push({
      ...first,
      value: part.reduce((sum, { value }) => sum + value, 0) / part.length,
      low: Math.min(...part.map(({ low }) => low)),
      high: Math.max(...part.map(({ high }) => high)),
    });
  }
  return rows;
}

function deviationsText({ value, expected, acceptable }: ValuePoint): string {
  if (expected === null || acceptable === null || acceptable === 0) return '–';
  const count = (value - expected) / acceptable;
  return `${valueWords(Math.abs(count))} ${count < 0 ? 'below' : 'above'}`;
}
