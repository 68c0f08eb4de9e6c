/** Page of one policy: its escalation path with names, a simulation, and a back-test. */
import type { ComponentProps, ReactElement } from 'react';
import { PRIORITIES } from '../../../domain/config/terms.js';
import type { Backtest } from '../../../services/escalation/policies.service.js';
import { Facts, Hidden, SelectField, TextArea, TextField } from '../../ui/fields.js';
import { Notice, type Flash, FlashNotice } from '../../ui/notice.js';
import { Named, titleOf, titlesOf, Whose } from '../../ui/viewer.js';
import type { PageContext } from '../page-contexts.js';
import { BacktestResult } from './policy-backtest.js';
import { Trace } from './policy-trace.js';
import type { BacktestForm, PolicyView, SimulateForm, StepView } from './policy-loader.js';
import { appFrame } from '../app-frame.js';

export interface PolicyPage {
  policy: PolicyView;
  simulate: { form: SimulateForm; at: string | null; result: ShownSimulation | null; flash: Flash | null };
  backtest: { form: BacktestForm; result: Backtest | null; flash: Flash | null };
}

type ShownSimulation = ComponentProps<typeof Trace>['simulation'];

export function policyPage(context: PageContext, { policy, simulate, backtest }: PolicyPage): ReactElement {
  const { names } = context.viewing;
  const title = titleOf('EscalationPolicy', policy.name, names);
  return appFrame(
    context,
    { title: `Policy ${title}`, section: 'policies' },
    <>
      <div className="head">
        <h1>Policy {title}</h1>
      </div>
      <div className="card">
        <Facts
          wide
          items={[
            ['Team', <Named key="team" kind="Team" name={policy.team} />],
            ['Services', titlesOf('Service', policy.services, names) || 'none'],
            ['Passes', `${policy.repeat + 1}, then the catch-all`],
            ['Revision', policy.revision],
            ['Name in YAML', <code key="name">{policy.name}</code>],
          ]}
        />
      </div>
      {policy.problems.length === 0 ? null : (
        <Notice tone="warn" title="Paging gaps: this policy does not reach everybody it names">
          <ul>
            {policy.problems.map(({ path, message }) => (
              <li key={path}>
                <code>{path}</code> {message}
              </li>
            ))}
          </ul>
        </Notice>
      )}
      <section className="card" aria-labelledby="escalation-path">
        <h2 id="escalation-path">Escalation path, as of now</h2>
        <ol className="log">
          {policy.steps.map((step) => (
            <Step key={step.step ?? 'catch-all'} step={step} />
          ))}
        </ol>
      </section>
      <section className="card" aria-labelledby="simulate">
        <h2 id="simulate">Simulate</h2>
        <FlashNotice flash={simulate.flash} />
        <SimulateFields context={context} policy={policy} form={simulate.form} />
        {simulate.result === null || simulate.at === null ? null : (
          <Trace simulation={simulate.result} from={simulate.at} />
        )}
      </section>
      <section className="card" aria-labelledby="backtest">
        <h2 id="backtest">Back-test</h2>
        <p>
          Replays past incidents with the policy below, with the code that pages. People answer as fast as
          they did then. Nobody is paged and nothing is changed.
        </p>
        <FlashNotice flash={backtest.flash} />
        <BacktestFields context={context} policy={policy} form={backtest.form} />
        {backtest.result === null ? null : <BacktestResult result={backtest.result} />}
      </section>
    </>,
  );
}

function Step({ step }: { step: StepView }) {
  const { people, gaps, targets, wait, everyone, condition } = step;
  return (
    <li className={people.length === 0 ? 'bad-dot' : 'key'}>
      <strong>{step.step === null ? 'Catch-all' : `Step ${step.step}`}</strong>:{' '}
      {people.length === 0 ? (
        <strong className="error">✗ nobody</strong>
      ) : (
        <strong>
          <Whose people={people} />
        </strong>
      )}
      <br />
      <span className="soft small">
        {targets.length === 0 ? 'every admin' : targets.join(', ')}
        {everyone ? ' · each must acknowledge' : ''}
        {wait === null ? '' : ` · waits ${wait}`}
        {condition === null ? null : (
          <>
            {' '}
            · only if <code>{condition}</code>
          </>
        )}
      </span>
      {gaps.length === 0 ? null : (
        <>
          <br />
          <span className="error small">{gaps.join('; ')}</span>
        </>
      )}
    </li>
  );
}

const servicesOf = (context: PageContext, none: string) => [
  { value: '', text: none },
  ...context.snapshot
    .list('Service')
    .map(({ name, spec }) => ({ value: name, text: spec.displayName }))
    .toSorted((a, b) => a.text.localeCompare(b.text)),
];

function SimulateFields({
  context,
  policy,
  form,
}: {
  context: PageContext;
  policy: PolicyView;
  form: SimulateForm;
}) {
  const people = [
    { value: '', text: 'nobody' },
    ...context.snapshot.list('Person').map(({ name, spec }) => ({ value: name, text: spec.displayName })),
  ];
  return (
    <form method="get" action={`/policies/${policy.name}#simulate`}>
      <div className="inline">
        <TextField
          name="at"
          label="Triggered at"
          hint={`Such as 2026-03-01 03:00, in ${context.viewing.zone}`}
          value={form.at}
          required
        />
        <SelectField
          name="priority"
          label="Priority"
          value={form.priority}
          choices={PRIORITIES.map((value) => ({ value, text: value }))}
        />
        <SelectField
          name="service"
          label="Service"
          value={form.service}
          choices={servicesOf(context, 'any')}
        />
      </div>
      {form.answers.map(({ person, after }, index) => (
        <div className="inline" key={index}>
          <SelectField
            name={`person${index + 1}`}
            label={index === 0 ? 'Who answers' : `Who else answers (${index + 1})`}
            value={person}
            choices={people}
          />
          <TextField
            name={`after${index + 1}`}
            label={index === 0 ? 'After their first message' : `After (${index + 1})`}
            value={after}
            pattern="\d{1,6}(s|m|h|d)"
          />
        </div>
      ))}
      <p>
        <button type="submit" className="main" name="show" value="simulation">
          Simulate
        </button>
      </p>
    </form>
  );
}

function BacktestFields({
  context,
  policy,
  form,
}: {
  context: PageContext;
  policy: PolicyView;
  form: BacktestForm;
}) {
  return (
    <form method="post" action={`/policies/${policy.name}#backtest`}>
      <Hidden fields={{ csrf: context.frame.csrf }} />
      <div className="inline">
        <TextField name="days" label="Days back" value={form.days} pattern="\d{1,4}" required />
        <SelectField
          name="service"
          id="backtest-service"
          label="Incidents of"
          value={form.service}
          choices={servicesOf(context, `the team ${titleOf('Team', policy.team, context.viewing.names)}`)}
        />
      </div>
      <TextArea
        name="proposal"
        label="Proposed policy"
        hint="The spec as in the document; it is the one in force until you change it."
        value={form.proposal}
        rows={Math.min(24, form.proposal.split('\n').length + 1)}
      />
      <p>
        <button type="submit" className="main" name="show" value="backtest">
          Run back-test
        </button>
      </p>
    </form>
  );
}
