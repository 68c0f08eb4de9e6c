/** "Why was I, or was I not, paged?": the record in words, one fold for each person; the reader's own is open. */
import type { Why } from '../../../db/views/why-view.js';
import { Sentence, Time } from '../ui/time.js';
import { useViewer } from '../ui/viewer.js';

const marks: Readonly<Record<Why['verdict'], string>> = {
  paged: '✓ paged',
  owed: '… owed',
  not_reached: '✗ not reached',
  not_paged: '– not paged',
};

export function WhySection({ whys }: { whys: readonly Why[] }) {
  const { names, you } = useViewer();
  return (
    <section className="card" aria-labelledby="why">
      <h2 id="why">Why was I, or was I not, paged?</h2>
      {whys.length === 0 ? <p className="soft">Nobody was paged yet.</p> : null}
      {whys.map((why) => (
        <details key={why.person} open={why.person === you}>
          <summary>
            <strong>{names.get(why.person) ?? why.person}</strong>
            {why.person === you ? ' (you)' : ''} <span className="nowrap">{marks[why.verdict]}</span>
          </summary>
          <p>
            <Sentence text={why.summary} />
          </p>
          <ol className="log small">
            {why.sentences.map(({ at, text }, index) => (
              <li key={`${index}`}>
                {at === null ? null : (
                  <>
                    <span className="soft">
                      <Time at={at} only="absolute" />
                    </span>{' '}
                  </>
                )}
                <Sentence text={text} />
              </li>
            ))}
          </ol>
          <p className="small">
            <a href={`/people/${why.person}/deliveries`}>
              Everything sent to {names.get(why.person) ?? why.person}
            </a>
          </p>
        </details>
      ))}
    </section>
  );
}
