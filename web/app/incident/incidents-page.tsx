/** List of open incidents, unacknowledged ones first, and the form that declares one (a title is enough). */
import type { ReactElement } from 'react';
import { isOpenIncident } from '../../../domain/incident/is-open.js';
import type { IncidentReply } from '../../../services/incident/incident-queries.service.js';
import { PRIORITIES } from '../../../domain/config/terms.js';
import { mayDo } from '../../../domain/access/permissions.js';
import { DrillBadge, PostmortemBadge, PriorityBadge, StatusBadge } from '../../ui/badges.js';
import { Hidden, SelectField, TextField } from '../../ui/fields.js';
import { exhaustedText } from '../../ui/incident-parts.js';
import { Empty } from '../../ui/layout.js';
import { type Flash, FlashNotice } from '../../ui/notice.js';
import { Time } from '../../ui/time.js';
import { Named, Who } from '../../ui/viewer.js';
import type { PageContext } from '../page-contexts.js';
import { appFrame } from '../app-frame.js';

export interface IncidentsView {
  /** The incidents of this page of the list; open ones first when only they are shown. */
  incidents: readonly IncidentReply[];
  /** Cursor of the next page. */
  next: string | null;
  /** Open incidents on all pages; drills are not counted. */
  open: number;
  showAll: boolean;
  flash: Flash | null;
  typed: Readonly<Record<string, string>>;
}

export function incidentsPage(context: PageContext, view: IncidentsView): ReactElement {
  const { incidents, showAll, next, open } = view;
  const active = incidents.filter(isOpenIncident);
  const resolved = incidents.filter(({ status }) => status === 'resolved');
  return appFrame(
    context,
    {
      title: `${open === 0 ? '' : `(${open}) `}${showAll ? 'All incidents' : 'Open incidents'}`,
      section: 'incidents',
    },
    <>
      <div className="head">
        <h1>{showAll ? 'All incidents' : `Open incidents (${open})`}</h1>
        <a className="btn" href={showAll ? '/incidents' : '/incidents?show=all'}>
          {showAll ? 'Show open' : 'Show all'}
        </a>
      </div>
      <FlashNotice flash={view.flash} />
      {showAll ? (
        <List incidents={incidents} level={2} />
      ) : (
        <>
          {active.length === 0 ? (
            <Empty title="No open incidents">
              <p>
                An alert from a source opens an incident, and so does the form below. To see how it works,
                start a drill.
              </p>
              <p>
                <a className="btn" href="/drills">
                  Drills
                </a>
              </p>
            </Empty>
          ) : (
            <List incidents={active} level={2} />
          )}
          {resolved.length === 0 ? null : (
            <section aria-labelledby="due">
              <h2 id="due">Resolved, post-mortem due</h2>
              <List incidents={resolved} level={3} />
            </section>
          )}
        </>
      )}
      {next === null ? null : (
        <p>
          <a
            className="btn"
            href={`/incidents?${showAll ? 'show=all&' : ''}cursor=${encodeURIComponent(next)}`}
          >
            {showAll ? 'Older' : 'More'}
          </a>
        </p>
      )}
      {mayDo(context.identity.role, 'incidents.declare') ? <Declare context={context} view={view} /> : null}
    </>,
  );
}

function List({ incidents, level }: { incidents: readonly IncidentReply[]; level: 2 | 3 }) {
  const Heading = level === 2 ? 'h2' : 'h3';
  if (incidents.length === 0) return <p className="soft">None.</p>;
  return (
    <ul className="list">
      {incidents.map((incident) => (
        <li key={incident.id} className={`item ${incident.status}${incident.drill ? ' drill' : ''}`}>
          <p className="tags">
            <PriorityBadge priority={incident.priority} />
            <StatusBadge incident={incident} />
            {incident.drill ? <DrillBadge /> : null}
            {incident.status === 'resolved' ? (
              <PostmortemBadge status={incident.postmortemStatus} kind={incident.reviewKind} />
            ) : null}
          </p>
          <Heading>
            <a href={`/incidents/${incident.number}`}>
              {incident.number} <bdi>{incident.title}</bdi>
            </a>
          </Heading>
          <Meta incident={incident} />
        </li>
      ))}
    </ul>
  );
}

function Meta({ incident }: { incident: IncidentReply }) {
  const { nextAt, exhausted } = incident.escalation;
  return (
    <p className="meta">
      <span>
        {incident.service === null ? 'no service' : <Named kind="Service" name={incident.service} />}
      </span>
      <span>{incident.commander === null ? 'no commander' : <Who actor={incident.commander} />}</span>
      <span>
        began <Time at={incident.createdAt} only="relative" />
      </span>
      {exhausted ? <strong className="error">{exhaustedText(incident)}</strong> : null}
      {incident.snoozedUntil !== null ? (
        <span>
          snoozed until <Time at={incident.snoozedUntil} only="absolute" />
        </span>
      ) : null}
      {nextAt !== null && incident.status === 'triggered' ? (
        <span>
          next step <Time at={nextAt} only="relative" />
        </span>
      ) : null}
    </p>
  );
}

function Declare({ context, view: { typed, flash } }: { context: PageContext; view: IncidentsView }) {
  const services = context.snapshot
    .list('Service')
    .map(({ name, spec }) => ({ value: name, text: spec.displayName }));
  return (
    <section className="card wide" aria-labelledby="declare">
      <h2 id="declare">Declare an incident</h2>
      <form method="post" action="/incidents">
        <Hidden fields={{ csrf: context.frame.csrf, idempotencyKey: context.idempotencyKey }} />
        <TextField
          name="title"
          label="What is wrong?"
          hint="A title is enough; everything else can follow."
          value={typed['title'] ?? ''}
          error={
            flash !== null && (typed['title'] ?? '').trim() === '' && flash.tone !== 'good'
              ? 'Enter a title.'
              : undefined
          }
          required
        />
        <div className="inline">
          <SelectField
            name="service"
            label="Service"
            value={typed['service'] ?? ''}
            choices={[{ value: '', text: 'I don’t know' }, ...services]}
          />
          <SelectField
            name="priority"
            label="Priority"
            value={typed['priority'] ?? ''}
            choices={[
              { value: '', text: 'Let the rules decide' },
              ...PRIORITIES.map((value) => ({ value, text: value })),
            ]}
          />
        </div>
        <p>
          <button className="main" type="submit">
            Declare and page
          </button>
        </p>
      </form>
    </section>
  );
}
