/** Escalation section of an incident's page: the steps of each team and who is paged next. */
import type { EscalationPreview, StepPreview } from '../../../services/escalation/escalation-preview.js';
import { Time } from '../../ui/time.js';
import { Named, Whose } from '../../ui/viewer.js';

const stepLabel = ({ catchAll, step }: StepPreview): string => {
  if (catchAll) return 'Catch-all';
  return step === 0 ? 'Reassigned' : `Step ${step}`;
};

/** The escalation path of each team with the people of each step as of now, and the next step. */
export function EscalationSection({ previews }: { previews: readonly EscalationPreview[] }) {
  return (
    <section className="card" aria-labelledby="escalation">
      <h2 id="escalation">Escalation</h2>
      {previews.map(({ escalation, previews, next }) => (
        <div key={escalation.name}>
          <h3>
            <Named kind="Team" name={escalation.team} />
            {escalation.required ? ' (must acknowledge)' : ''}
          </h3>
          <p className="small">
            {escalation.phase === 'answered' ? '✓ answered' : null}
            {escalation.phase === 'stopped' ? 'not paged while no alert fires' : null}
            {escalation.phase === 'exhausted' ? 'escalation exhausted' : null}
            {next === null ? null : (
              <>
                {escalation.phase === 'to_page' && next.at === null ? 'Paging now' : 'Next'}:{' '}
                <Whose people={next.preview.people} />
                {next.at === null ? null : (
                  <>
                    , <Time at={next.at} />
                  </>
                )}
              </>
            )}
          </p>
          <ol className="log">
            {previews.map((stepRef) => {
              const isCurrent =
                escalation.phase !== 'answered' &&
                stepRef.step === Math.min(escalation.step, previews.length);
              return (
                <li key={stepRef.step} className={isCurrent ? 'key' : undefined}>
                  {stepLabel(stepRef)}: <Whose people={stepRef.people} />
                  {isCurrent ? <strong> ← now</strong> : null}
                  {stepRef.wait === null ? null : (
                    <span className="soft small nowrap"> waits {stepRef.wait}</span>
                  )}
                  {stepRef.gaps.map((gap) => (
                    <span key={gap} className="small soft">
                      <br />
                      {gap}
                    </span>
                  ))}
                </li>
              );
            })}
          </ol>
        </div>
      ))}
    </section>
  );
}
