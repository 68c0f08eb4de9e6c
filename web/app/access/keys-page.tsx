/** `/keys`: API keys, their roles, and when each was last used. */
import type { ReactElement } from 'react';
import type { ApiKey } from '../../../services/access/keys.service.js';
import { Hidden, SelectField, TextField } from '../../ui/fields.js';
import { Notice, type Flash, FlashNotice } from '../../ui/notice.js';
import { Time } from '../../ui/time.js';
import { nameOf, titleOf, useViewer } from '../../ui/viewer.js';
import type { PageContext } from '../page-contexts.js';
import { appFrame } from '../app-frame.js';

export interface KeysView {
  keys: readonly ApiKey[];
  /** Just created; the key is shown only on this page. */
  made: { name: string; key: string } | null;
  flash: Flash | null;
  typed: Readonly<Record<string, string>>;
}

const roles = [
  { value: 'stakeholder', text: 'stakeholder: reads incidents and who is on call' },
  { value: 'responder', text: 'responder: also declares, acknowledges for people, resolves' },
  { value: 'manager', text: 'manager: also changes schedules, policies, services' },
  { value: 'admin', text: 'admin: everything, people and keys too' },
];

export function keysPage(context: PageContext, { keys, made, flash, typed }: KeysView): ReactElement {
  const { csrf } = context.frame;
  const teams = context.snapshot
    .list('Team')
    .map(({ name, spec }) => ({ value: name, text: spec.displayName }))
    .toSorted((a, b) => a.text.localeCompare(b.text));
  return appFrame(
    context,
    { title: 'API keys', section: null },
    <>
      <div className="head">
        <h1>API keys</h1>
      </div>
      <FlashNotice flash={flash} />
      {made === null ? null : (
        <Notice tone="good" title={`The key ${made.name} was created`}>
          <label htmlFor="made">
            Copy it now: it is not shown again. Send it as <code>Authorization: Bearer …</code>
          </label>
          <input id="made" readOnly value={made.key} />
        </Notice>
      )}
      <form className="card" method="post" action="/keys">
        <h2>New key</h2>
        <p className="soft">
          A key acts as itself, not as a person: it cannot approve or review. All routes are described in{' '}
          <a href="/api/docs">the API documentation</a>.
        </p>
        <Hidden fields={{ csrf }} />
        <TextField
          name="name"
          label="Name"
          hint="Small letters, digits and hyphens: deploy-bot. Says what the key is for."
          value={typed['name'] ?? ''}
          required
          pattern="[a-z0-9][a-z0-9\-]{0,62}"
        />
        <SelectField name="role" label="Role" value={typed['role'] ?? 'responder'} choices={roles} />
        <SelectField
          name="team"
          label="Team"
          hint="A key for one team has access to that team’s incidents, runs and documents only."
          value={typed['team'] ?? ''}
          choices={[{ value: '', text: 'the whole organisation' }, ...teams]}
        />
        <TextField
          name="expires"
          label="Last day"
          hint="Left empty, it works until it is revoked."
          value={typed['expires'] ?? ''}
          type="date"
        />
        <p>
          <button className="main" type="submit">
            Create key
          </button>
        </p>
      </form>
      {keys.length === 0 ? <p>There are no keys.</p> : <KeyTable keys={keys} csrf={csrf} />}
    </>,
  );
}

function KeyTable({ keys, csrf }: { keys: readonly ApiKey[]; csrf: string }) {
  const { names, now } = useViewer();
  return (
    <div className="card">
      <table className="fold">
        <thead>
          <tr>
            <th scope="col">Name</th>
            <th scope="col">Role</th>
            <th scope="col">Team</th>
            <th scope="col">Created</th>
            <th scope="col">Last used</th>
            <th scope="col">Expires</th>
            <th scope="col">Revoke</th>
          </tr>
        </thead>
        <tbody>
          {keys.map((key) => (
            <tr key={key.id}>
              <td>
                <strong>{key.name}</strong> <span className="soft">key:{key.id}</span>
              </td>
              <td data-th="Role">{key.role}</td>
              <td data-th="Team">{key.team === null ? 'all' : titleOf('Team', key.team, names)}</td>
              <td data-th="Created">
                <Time at={key.createdAt} only="absolute" /> by {nameOf(key.createdBy, names)}
              </td>
              <td data-th="Last used">{key.lastUsedAt === null ? 'never' : <Time at={key.lastUsedAt} />}</td>
              <td data-th="Expires">{endOf(key, now)}</td>
              <td>
                {key.revokedAt === null ? (
                  <form method="post" action={`/keys/${key.id}/revoke`}>
                    <Hidden fields={{ csrf }} />
                    <button type="submit" aria-label={`Revoke ${key.name} (${key.id})`}>
                      Revoke
                    </button>
                  </form>
                ) : null}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function endOf({ revokedAt, expiresAt }: ApiKey, now: string): ReactElement | string {
  if (revokedAt !== null)
    return (
      <>
        revoked <Time at={revokedAt} only="absolute" />
      </>
    );
  if (expiresAt === null) return 'never';
  return (
    <>
      {Date.parse(expiresAt) <= Date.parse(now) ? 'expired ' : ''}
      <Time at={expiresAt} only="absolute" />
    </>
  );
}
