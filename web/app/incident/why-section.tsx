/** "Why was I, or was I not, paged?": the record as sentences, one fold for each person; the reader's own is open. */
import type { Why } from '../../../services/incident/incident-queries.service.js';
import { Sentence, Time } from '../../ui/time.js';
import { nameOf, useViewer } from '../../ui/viewer.js';

const marks: Readonly<Record<Why['verdict'], string>> = {
  paged: '✓ paged',
  pending: '… pending',
  not_reached: '✗ not reached',
  not_paged: '– not paged',
};

export function WhySection({ explanations }: { explanations: readonly Why[] }) {
  const { names, you } = useViewer();
  return (
    <section className="card" aria-labelledby="why">
      <h2 id="why">Why was I, or was I not, paged?</h2>
      {explanations.length === 0 ? <p className="soft">Nobody was paged yet.</p> : null}
      {explanations.map((why) => (
        <details key={why.person} open={why.person === you}>
          <summary>
            <strong>{nameOf(why.person, names)}</strong>
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
            <a href={`/people/${why.person}/deliveries`}>Everything sent to {nameOf(why.person, names)}</a>
          </p>
        </details>
      ))}
    </section>
  );
}
