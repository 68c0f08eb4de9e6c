/** Alerts with filters in the address, newest first. */
import type { ReactElement } from 'react';
import type { AlertReply } from '../../../services/alert/alert-queries.service.js';
import { AlertTable } from '../../ui/alert-table.js';
import { SelectField, TextField } from '../../ui/fields.js';
import { Empty } from '../../ui/layout.js';
import { type Flash, FlashNotice } from '../../ui/notice.js';
import { appFrame } from '../app-frame.js';
import type { PageContext } from '../page-contexts.js';

export const STATES = [
  { value: '', text: 'any state' },
  { value: 'open', text: 'open' },
  { value: 'held', text: 'held' },
  { value: 'closed', text: 'closed' },
];

/** As they stand in the address; an empty one is not set. */
export interface AlertFilters {
  state: string;
  service: string;
  source: string;
  text: string;
  incident: string;
}

export interface AlertsView {
  alerts: readonly AlertReply[];
  next: string | null;
  filters: AlertFilters;
  /** Number of the incident that the list is about. */
  incident: string | null;
  flash: Flash | null;
}

const addressOf = (filters: AlertFilters, more: Record<string, string> = {}): string => {
  const set = Object.entries({ ...filters, ...more }).filter(([, value]) => value !== '');
  return set.length === 0 ? '/alerts' : `/alerts?${new URLSearchParams(set).toString()}`;
};

export function alertsPage(context: PageContext, view: AlertsView): ReactElement {
  const { alerts, next, filters, incident } = view;
  return appFrame(
    context,
    { title: incident === null ? 'Alerts' : `Alerts of ${incident}`, section: 'alerts' },
    <>
      <div className="head">
        <h1>{incident === null ? 'Alerts' : `Alerts of ${incident}`}</h1>
        {incident === null ? null : (
          <a className="btn" href={`/incidents/${incident}`}>
            {incident}
          </a>
        )}
      </div>
      <FlashNotice flash={view.flash} />
      <Filters context={context} filters={filters} />
      {alerts.length === 0 ? (
        <Nothing filters={filters} />
      ) : (
        <section className="card" aria-label="Alerts, newest first">
          <AlertTable alerts={alerts} withDetails={false} withService />
          {next === null ? null : (
            <p>
              <a className="btn" href={addressOf(filters, { cursor: next })}>
                Older alerts
              </a>
            </p>
          )}
        </section>
      )}
    </>,
  );
}

function Filters({ context, filters }: { context: PageContext; filters: AlertFilters }) {
  const names = (kind: 'Service' | 'Source') => context.snapshot.list(kind).map(({ name }) => name);
  return (
    <form method="get" action="/alerts" className="card" role="search">
      {filters.incident === '' ? null : <input type="hidden" name="incident" value={filters.incident} />}
      <div className="inline">
        <SelectField name="state" label="State" choices={STATES} value={filters.state} />
        <SelectField
          name="service"
          label="Service"
          choices={choicesOf('any service', names('Service'), filters.service)}
          value={filters.service}
        />
        <SelectField
          name="source"
          label="Source"
          choices={choicesOf('any source', names('Source'), filters.source)}
          value={filters.source}
        />
        <TextField name="text" label="In the title or key" value={filters.text} />
        <button type="submit">Filter</button>
      </div>
    </form>
  );
}

/** A name that was deleted stays a choice while it is the filter. */
const choicesOf = (any: string, names: readonly string[], chosen: string) =>
  ['', ...new Set([...names, ...(chosen === '' ? [] : [chosen])])].map((value) => ({
    value,
    text: value === '' ? any : value,
  }));

function Nothing({ filters }: { filters: AlertFilters }) {
  const isFiltered = Object.values(filters).some((value) => value !== '');
  if (!isFiltered)
    return (
      <Empty title="No alert has come yet">
        <p>
          Wire a monitoring system on <a href="/sources">Sources</a>. Every alert that arrives then stands
          here, also one that paged nobody, with the reason.
        </p>
      </Empty>
    );
  return (
    <Empty title="No alert matches these filters">
      <p>
        {filters.text === ''
          ? null
          : 'A text is looked for in open alerts and in those first heard in the last 30 days. '}
        <a href={filters.incident === '' ? '/alerts' : `/alerts?incident=${filters.incident}`}>
          Show all of them
        </a>
        , or change a filter.
      </p>
    </Empty>
  );
}
