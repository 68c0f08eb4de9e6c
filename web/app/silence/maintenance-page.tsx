/** Maintenance windows in force, coming and past, and the form that makes one. */
import type { ReactElement } from 'react';
import { mayDo } from '../../../domain/access/permissions.js';
import type { MaintenanceWindow } from '../../../services/alert/maintenance.service.js';
import { Hidden, TextField } from '../../ui/fields.js';
import { Empty } from '../../ui/layout.js';
import { type Flash, FlashNotice } from '../../ui/notice.js';
import { WindowList } from '../../ui/window-list.js';
import { appFrame } from '../app-frame.js';
import type { PageContext } from '../page-contexts.js';

export interface MaintenanceView {
  /** In force and coming, the next first. */
  toCome: readonly MaintenanceWindow[];
  /** Newest first. */
  over: readonly MaintenanceWindow[];
  flash: Flash | null;
  typed: Readonly<Record<string, string>>;
}

export function maintenancePage(
  context: PageContext,
  { toCome, over, flash, typed }: MaintenanceView,
): ReactElement {
  const may = mayDo(context.identity.role, 'alerts.silence');
  const csrf = may ? context.frame.csrf : null;
  return appFrame(
    context,
    { title: 'Maintenance', section: 'silences' },
    <>
      <div className="head">
        <h1>Maintenance windows</h1>
        <a className="btn" href="/silences">
          Silences
        </a>
      </div>
      <FlashNotice flash={flash} />
      <div className="cols">
        <div>
          {toCome.length === 0 ? (
            <Empty title="No maintenance is in force or planned">
              <p>
                During a maintenance window alerts for its services, and for what depends on them, page
                nobody. What still fires at its end pages as one group for each service.
              </p>
              {may ? <p>Plan one with the form: once, or by a rule such as every Sunday at 2.</p> : null}
            </Empty>
          ) : null}
          <Section
            id="in-force"
            title="In force"
            windows={toCome.filter(({ state }) => state === 'in_force')}
            csrf={csrf}
          />
          <Section
            id="coming"
            title="Coming"
            windows={toCome.filter(({ state }) => state === 'coming')}
            csrf={csrf}
          />
          <Section id="over" title="Past" windows={over} csrf={null} />
        </div>
        {may ? <NewWindow context={context} typed={typed} /> : null}
      </div>
    </>,
  );
}

function Section({
  id,
  title,
  windows,
  csrf,
}: {
  id: string;
  title: string;
  windows: readonly MaintenanceWindow[];
  csrf: string | null;
}) {
  if (windows.length === 0) return null;
  return (
    <section aria-labelledby={id}>
      <h2 id={id}>
        {title} ({windows.length})
      </h2>
      <WindowList windows={windows} csrf={csrf} />
    </section>
  );
}

function NewWindow({ context, typed }: { context: PageContext; typed: MaintenanceView['typed'] }) {
  const { zone } = context.viewing;
  const field = (name: string): string => typed[name] ?? '';
  return (
    <section className="card" aria-labelledby="new">
      <h2 id="new">Plan maintenance</h2>
      <form method="post" action="/maintenance">
        <Hidden fields={{ csrf: context.frame.csrf, idempotencyKey: context.idempotencyKey }} />
        <TextField
          name="services"
          label="Services"
          hint="Names, such as checkout-db, payments; what depends on them is included"
          required
          value={field('services')}
        />
        <div className="inline">
          <TextField
            name="from"
            label="From"
            hint={`Time in ${zone}`}
            type="datetime-local"
            value={field('from')}
          />
          <TextField name="to" label="To" hint="Not with a rule" type="datetime-local" value={field('to')} />
        </div>
        <TextField name="reason" label="Reason" required value={field('reason')} />
        <details className="more" open={field('rrule') !== ''}>
          <summary>Repeat by a rule</summary>
          <TextField
            name="rrule"
            label="Rule (RRULE)"
            hint={`Such as FREQ=WEEKLY;BYDAY=SU;BYHOUR=2, on the clock of ${zone}`}
            value={field('rrule')}
          />
          <div className="inline">
            <TextField name="duration" label="Each lasts" hint="Such as 2h" value={field('duration')} />
            <TextField
              name="reviewBy"
              label="Review by"
              hint="A rule without an end stops then"
              type="date"
              value={field('reviewBy')}
            />
          </div>
        </details>
        <p>
          <button type="submit" className="main">
            Plan maintenance
          </button>
        </p>
      </form>
    </section>
  );
}
