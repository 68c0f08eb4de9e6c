/** Plans and applies documents: the changes, the permissions, then everything in one transaction or nothing. */
import { GoneResponders } from '../../db/incident/gone-responders.js';
import { DataSource } from 'typeorm';
import { createHash, randomUUID } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { Config } from '../../config/environment.js';
import { missingChannels } from '../../config/missing-channels.js';
import type { ParsedDocument } from '../../contracts/config/documents.js';
import { findPlan, savePlan } from '../../db/config/config-plans.js';
import { ConfigStore } from '../../db/config/config-store.js';
import type { ConfigWrite } from '../../db/config/config-write.js';
import { sourceOfKey } from '../../db/config/source-keys.js';
import { erasedAmong } from '../../db/people/erase-person.js';
import { mayDo, permissionToChange } from '../../domain/access/permissions.js';
import { readOpenWork } from '../../db/config/open-work.js';
import { mayBeInUse } from '../../domain/config/in-use.js';
import type { PlannedChange } from '../../domain/config/plan-changes.js';
import type { Problem as DocumentProblem } from '../../domain/config/references.js';
import type { SourceSpec } from '../../domain/alert/source-spec.js';
import type { ConfigKind, ConfigSnapshot } from '../../domain/config/specs.js';
import { requireTeam } from '../access/team-keys.js';
import type { Identity } from '../common/identity.js';
import { forbidden, notFound, Problem } from '../common/problem.js';
import { CONFIG } from '../common/tokens.js';
import { databaseTime } from '../../db/connection/database-time.js';
import { documentDiffs } from './document-diffs.js';
import { inhibitionWarnings } from './inhibition-warnings.js';
import { newSecrets, type ShownSecret } from './new-secrets.js';
import {
  type DocumentsPlan,
  keyOf,
  type Location,
  planDocuments,
  plannedActions,
  withDocuments,
} from './plan-documents.js';

const MANAGED_BY = 'api';

export interface ApplyRequest {
  documents: readonly ParsedDocument[];
  /** Deletes documents that were applied through the api and that the body does not name. */
  prune: boolean;
  identity: Identity;
  /** Id of a plan; the apply is refused unless it would do exactly what was planned. */
  plan?: string | undefined;
}

export interface Applied {
  plan: string;
  changes: PlannedChange[];
  secrets: ShownSecret[];
  warnings: (Pick<DocumentProblem, 'kind' | 'name' | 'path' | 'message'> & Location)[];
}

@Injectable()
export class ConfigurationService {
  constructor(
    @Inject(CONFIG) private readonly config: Config,
    private readonly dataSource: DataSource,
    private readonly goneResponders: GoneResponders,
    private readonly configs: ConfigStore,
  ) {}

  async plan(request: ApplyRequest): Promise<Applied> {
    const tx = this.dataSource.manager;
    const snapshot = await this.configs.latest();
    const planned = await this.prepare(tx, snapshot, request, await this.prunable(tx, request.prune));
    const id = randomUUID();
    const documents = { digest: digestOf(planned) };
    await savePlan(tx, id, {
      version: snapshot.version,
      documents,
      prune: request.prune,
      author: request.identity.actor,
    });
    const unmatched = await inhibitionWarnings(tx, request.documents, planned);
    const warnings = warningsOf({ ...planned, warnings: [...planned.warnings, ...unmatched] });
    return { plan: id, changes: planned.changes, secrets: [], warnings };
  }

  /** The configuration in force, and the one that these documents would make, with the checks of a plan. Stores nothing. */
  async proposed(request: ApplyRequest): Promise<{ before: ConfigSnapshot; after: ConfigSnapshot }> {
    const before = await this.configs.latest();
    const { wanted } = await this.prepare(this.dataSource.manager, before, request, new Set());
    return { before, after: withDocuments(before, wanted) };
  }

  async apply(request: ApplyRequest): Promise<Applied> {
    const applied = await this.configs.change(async (tx, snapshot) => {
      const planned = await this.prepare(tx, snapshot, request, await this.prunable(tx, request.prune));
      if (request.plan !== undefined) await this.refuseStale(tx, request.plan, snapshot, planned);
      return this.write(tx, snapshot, planned, request);
    });
    await this.goneResponders.release();
    return applied;
  }

  /** 409 while the document is in use. With `force`, open incidents and shifts do not block it: the record releases them. */
  async delete(
    kind: ConfigKind,
    name: string,
    { identity, force }: { identity: Identity; force: boolean },
  ): Promise<void> {
    await this.configs.change(async (tx, snapshot) => {
      if (snapshot.get(kind, name) === undefined) throw notFound(`There is no ${kind} ${name}.`);
      const request = { documents: [], prune: false, identity };
      const { errors, ...planned } = await this.planned(
        tx,
        snapshot,
        request,
        new Set([keyOf({ kind, name })]),
      );
      this.refuseForbidden(planned.changes, identity);
      if (errors.length > 0) {
        throw new Problem(
          409,
          'in_use',
          `${kind} ${name} ${errors.map(({ message }) => message).join('; ')}.`,
          { errors },
        );
      }
      if (planned.inUse.length > 0 && !force) {
        const uses = planned.inUse.map(({ message }) => message).join('; ');
        throw new Problem(
          409,
          'in_use',
          `${kind} ${name} ${kind === 'Person' ? '' : 'is in use: '}${uses}. Change that first, or delete it anyway with ?force=true.`,
        );
      }
      await this.write(tx, snapshot, { ...planned, errors }, request);
    });
    await this.goneResponders.release();
  }

  private async write(
    tx: EntityManager,
    snapshot: ConfigSnapshot,
    planned: DocumentsPlan,
    { identity, plan }: ApplyRequest,
  ): Promise<Applied> {
    const changed = planned.changes.filter(({ action }) => action !== 'unchanged');
    const { keys, shown } = newSecrets(changed, planned.wanted, snapshot, this.config.secretKey);
    const wanted = new Map(planned.wanted.map((one) => [keyOf(one), one.spec]));
    const writes = changed.map(({ kind, name }): ConfigWrite => {
      return { kind, name, spec: wanted.get(keyOf({ kind, name })) ?? null };
    });
    refuseLastAdmin(snapshot, writes, identity);
    if (writes.length > 0)
      await this.configs.write(tx, { writes, keys, author: identity.actor, managedBy: MANAGED_BY });
    return {
      plan: plan ?? randomUUID(),
      changes: planned.changes,
      secrets: shown,
      warnings: warningsOf(planned),
    };
  }

  private async prepare(
    tx: EntityManager,
    snapshot: ConfigSnapshot,
    request: ApplyRequest,
    deletions: ReadonlySet<string>,
  ): Promise<DocumentsPlan> {
    const planned = await this.planned(tx, snapshot, request, deletions);
    if (planned.errors.length > 0) throw invalidDocuments(planned.errors);
    this.refuseForbidden(planned.changes, request.identity);
    return planned;
  }

  private async planned(
    tx: EntityManager,
    snapshot: ConfigSnapshot,
    { documents, identity }: ApplyRequest,
    deletions: ReadonlySet<string>,
  ): Promise<DocumentsPlan> {
    // Before the checks, whose cost grows with the body: a caller without the permission learns only that.
    const actions = plannedActions({ snapshot, documents, deletions });
    this.refuseForbidden(actions, identity);
    refuseOtherTeams(snapshot, { documents, deletions }, identity);
    const ownerOfKey = new Map<string, string | null>();
    for (const { kind, spec } of documents) {
      const key = kind === 'Source' ? (spec as SourceSpec).key : undefined;
      if (key !== undefined) ownerOfKey.set(key, await sourceOfKey(tx, key));
    }
    const now = await databaseTime(tx);
    const open = mayBeInUse(actions) ? await readOpenWork(tx) : [];
    const people = documents.filter(({ kind }) => kind === 'Person').map(({ name }) => name);
    return planDocuments({
      erased: await erasedAmong(tx, people),
      snapshot,
      documents,
      deletions,
      ownerOfKey,
      now,
      open,
      missing: missingChannels(this.config),
      diff: await documentDiffs(snapshot, documents, actions),
    });
  }

  private async prunable(tx: EntityManager, prune: boolean): Promise<ReadonlySet<string>> {
    if (!prune) return new Set();
    const managed = await this.configs.inForce(tx);
    return new Set(managed.filter(({ managedBy }) => managedBy === MANAGED_BY).map(keyOf));
  }

  private async refuseStale(
    tx: EntityManager,
    id: string,
    snapshot: ConfigSnapshot,
    planned: DocumentsPlan,
  ): Promise<void> {
    const stored = isPlanId(id) ? await findPlan(tx, id) : null;
    if (stored === null)
      throw new Problem(
        404,
        'no_such_plan',
        `There is no plan ${id}; of each author the last 50 are kept for a day.`,
      );
    if (stored.version !== snapshot.version) {
      throw new Problem(
        409,
        'stale_plan',
        'The configuration has changed since this plan was made; make a new plan and review it.',
      );
    }
    if (!isDigest(stored.documents) || stored.documents.digest !== digestOf(planned)) {
      throw new Problem(409, 'stale_plan', 'This body differs from the plan; make a new plan and review it.');
    }
  }

  private refuseForbidden(
    changes: readonly Pick<PlannedChange, 'action' | 'kind' | 'name'>[],
    { role }: Identity,
  ): void {
    for (const { action, kind, name } of changes) {
      const permission = permissionToChange(kind);
      if (action !== 'unchanged' && !mayDo(role, permission)) {
        throw forbidden(
          `The role ${role} may not ${action} ${kind} ${name}; it needs the permission ${permission}.`,
        );
      }
    }
  }
}

/** A key of a team may change only documents of that team, before and after the change: services, schedules, policies. */
function refuseOtherTeams(
  snapshot: ConfigSnapshot,
  { documents, deletions }: { documents: ApplyRequest['documents']; deletions: ReadonlySet<string> },
  identity: Identity,
): void {
  if (identity.team === null) return;
  for (const key of deletions) {
    const [kind = '', name = ''] = key.split('/');
    requireTeam(identity, teamOf(snapshot.get(kind as ConfigKind, name)?.spec), `${kind} ${name}`);
  }
  for (const { kind, name, spec } of documents) {
    requireTeam(identity, teamOf(spec), `${kind} ${name}`);
    const before = snapshot.get(kind, name)?.spec;
    if (before !== undefined) requireTeam(identity, teamOf(before), `${kind} ${name}`);
  }
}

const teamOf = (spec: unknown): string | null =>
  typeof spec === 'object' && spec !== null && 'team' in spec && typeof spec.team === 'string'
    ? spec.team
    : null;

/** No person can remove the last admin; the admin token can always create a new first admin. */
function refuseLastAdmin(snapshot: ConfigSnapshot, writes: readonly ConfigWrite[], identity: Identity): void {
  if (identity.kind === 'admin-token') return;
  const isAdmin = (spec: unknown): boolean =>
    typeof spec === 'object' && spec !== null && 'role' in spec && spec.role === 'admin';
  const written = new Map(
    writes.filter(({ kind }) => kind === 'Person').map(({ name, spec }) => [name, spec]),
  );
  if (written.size === 0) return;
  const kept = snapshot.list('Person').filter(({ name, spec }) => !written.has(name) && isAdmin(spec));
  if (kept.length === 0 && ![...written.values()].some(isAdmin)) {
    throw new Problem(409, 'last_admin', 'No admin would be left; make another person an admin first.');
  }
}

export const invalidDocuments = (errors: DocumentsPlan['errors']): Problem => {
  const [first] = errors;
  const more = errors.length > 1 ? ` (and ${errors.length - 1} more)` : '';
  const location =
    first?.line === undefined ? '' : `${first.file ?? 'document'}:${first.line}:${first.col ?? 1} `;
  return new Problem(
    422,
    'invalid_documents',
    `Nothing was changed: ${location}${first?.message ?? 'the documents are not valid'}${more}`,
    { errors },
  );
};

const warningsOf = ({ warnings }: Pick<DocumentsPlan, 'warnings'>): Applied['warnings'] =>
  warnings.map(({ severity: _severity, ...warning }) => warning);

const digestOf = ({ wanted, changes }: DocumentsPlan): string =>
  createHash('sha256')
    .update(JSON.stringify([wanted, changes.map(({ action, kind, name }) => [action, kind, name])]))
    .digest('hex');

const isDigest = (value: unknown): value is { digest: string } =>
  typeof value === 'object' && value !== null && 'digest' in value;

const isPlanId = (text: string): boolean => /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(text);
