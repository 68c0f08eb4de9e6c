/** Silences in force and past ones, and the form that makes one. */
import type { ReactElement } from 'react';
import { mayDo } from '../../../domain/access/permissions.js';
import type { LikeIncident, SilencePreview, SilenceView } from '../../../services/alert/silences.service.js';
import { Hidden, SelectField, TextArea, TextField } from '../../ui/fields.js';
import { Empty } from '../../ui/layout.js';
import { type Flash, FlashNotice, Notice } from '../../ui/notice.js';
import { SilenceList } from '../../ui/silence-list.js';
import { Time } from '../../ui/time.js';
import { appFrame } from '../app-frame.js';
import type { PageContext } from '../page-contexts.js';
import { Named } from '../../ui/viewer.js';

export interface SilencesView {
  inForce: readonly SilenceView[];
  /** Newest first. */
  over: readonly SilenceView[];
  /** Cursor of older ones. */
  older: string | null;
  flash: Flash | null;
  typed: Readonly<Record<string, string>>;
  /** The incident that should have been quieter. */
  like: LikeIncident | null;
  /** What the typed matchers would have muted. */
  preview: SilencePreview | null;
}

export const LASTS = [
  { value: '30m', text: '30 minutes' },
  { value: '1h', text: '1 hour' },
  { value: '4h', text: '4 hours' },
  { value: '12h', text: '12 hours' },
  { value: '1d', text: '1 day' },
  { value: '7d', text: '7 days' },
  { value: '30d', text: '30 days, the most' },
];

export function silencesPage(context: PageContext, view: SilencesView): ReactElement {
  const maySilence = mayDo(context.identity.role, 'alerts.silence');
  return appFrame(
    context,
    { title: 'Silences', section: 'silences' },
    <>
      <div className="head">
        <h1>Silences</h1>
        <a className="btn" href="/maintenance">
          Maintenance windows
        </a>
      </div>
      <FlashNotice flash={view.flash} />
      <div className="cols">
        <div>
          <section aria-labelledby="in-force">
            <h2 id="in-force">In force ({view.inForce.length})</h2>
            {view.inForce.length === 0 ? (
              <Empty title="No silence is in force">
                <p>
                  Every alert takes its way. A silence mutes known alerts until an end that you choose: they
                  are stored and shown, page nobody and open no incident, and what still fires at the end
                  pages as one group.
                </p>
                {maySilence ? (
                  <p>Make one with the form, or press “Silence what fires here” on an incident.</p>
                ) : null}
              </Empty>
            ) : (
              <SilenceList silences={view.inForce} />
            )}
          </section>
          <section aria-labelledby="over">
            <h2 id="over">Past</h2>
            {view.over.length === 0 ? <p className="soft">None.</p> : <SilenceList silences={view.over} />}
            {view.older === null ? null : (
              <p>
                <a className="btn" href={`/silences?cursor=${encodeURIComponent(view.older)}#over`}>
                  Older
                </a>
              </p>
            )}
          </section>
        </div>
        {maySilence ? <NewSilence context={context} view={view} /> : null}
      </div>
    </>,
  );
}

function NewSilence({
  context,
  view: { typed, preview, like },
}: {
  context: PageContext;
  view: SilencesView;
}) {
  const isManager = mayDo(context.identity.role, 'alerts.manage');
  return (
    <section className="card" aria-labelledby="new">
      <h2 id="new">Silence alerts</h2>
      {like === null ? null : <ForGood like={like} />}
      <form method="post" action="/silences">
        <Hidden fields={{ csrf: context.frame.csrf, idempotencyKey: context.idempotencyKey }} />
        <TextArea
          name="matchers"
          label="Matchers, one a line; all have to hold"
          hint="For example: service = shop, labels.env =~ stag.* or severity != critical. Fields: source, service, severity, title, dedupKey, labels.<name>. Operators: = != =~ !~"
          rows={4}
          value={typed['matchers'] ?? ''}
        />
        <div className="inline">
          <SelectField name="lasts" label="Lasts" choices={LASTS} value={typed['lasts'] ?? '1h'} />
          <TextField
            name="until"
            label="Or until"
            hint={`Time in ${context.viewing.zone}`}
            type="datetime-local"
            value={typed['until'] ?? ''}
          />
        </div>
        <TextField name="reason" label="Reason" required value={typed['reason'] ?? ''} />
        <label className="check">
          <input
            type="checkbox"
            name="everything"
            value="yes"
            defaultChecked={typed['everything'] === 'yes'}
          />
          <span>
            Mute every alert{isManager ? '' : ' of my teams'}: for matchers that narrow nothing, 24 hours at
            the most
          </span>
        </label>
        {isManager ? null : <p className="soft small">It silences alerts for the services of your teams.</p>}
        <p className="row">
          <button type="submit" className="main">
            Silence
          </button>
          <button type="submit" name="decision" value="preview" formNoValidate>
            What would it have muted?
          </button>
        </p>
      </form>
      {preview === null ? null : <Preview preview={preview} />}
    </section>
  );
}

function Preview({
  preview: { matched, of, isPartial, pages, firing, alerts },
}: {
  preview: SilencePreview;
}) {
  const week = isPartial ? `the newest ${of} alerts` : `${of} alerts of the last week`;
  if (matched === 0)
    return (
      <Notice tone="warn" title="These matchers match nothing">
        <p>They match none of {week}. Check the spelling of fields and values.</p>
      </Notice>
    );
  return (
    <Notice
      tone="info"
      title={`It would have muted ${matched} of ${week}, and ${pages} ${pages === 1 ? 'page' : 'pages'}`}
    >
      {firing === 0 ? null : (
        <p>
          {firing === 1 ? 'One of them fires' : `${firing} of them fire`} in an incident now, which goes on
          paging until somebody answers.
        </p>
      )}
      <ul>
        {alerts.map((alert) => (
          <li key={alert.id}>
            <bdi>{alert.title}</bdi>{' '}
            <span className="soft small">
              {alert.severity},{' '}
              {alert.service === null ? 'no service' : <Named kind="Service" name={alert.service} />},{' '}
              <Time at={alert.firstAt} only="relative" />
            </span>
          </li>
        ))}
      </ul>
    </Notice>
  );
}

/** A silence ends; what goes on needs a change of what is applied. */
function ForGood({ like: { incident, matchers, service, watch } }: { like: LikeIncident }) {
  return (
    <Notice tone="info" title={`Quieter than ${incident}`}>
      <p>
        {matchers === ''
          ? 'Its alerts have nothing in common that a silence could name: write the matchers yourself.'
          : 'The form names what its alerts share. See what it would have muted before you silence it.'}
      </p>
      <p>
        A silence ends. For good,{' '}
        {watch === null ? (
          <>
            change the service{service === null ? '' : ` ${service}`} and apply it:{' '}
            <code>{'after: {count: 3, within: 10m}'}</code> opens an incident only for what repeats,{' '}
            <code>{'group: {by: [source], window: 1h}'}</code> joins more into one.
          </>
        ) : (
          <>
            change the watch {watch} and apply it: a larger <code>acceptable</code>, or a longer{' '}
            <code>for</code> of its bands.
          </>
        )}
      </p>
    </Notice>
  );
}
