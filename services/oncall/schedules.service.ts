/** Changes of a schedule without an edit (overrides and cover requests), and previews of an edit. */
import { SwapStore } from '../../db/oncall/swap-store.js';
import { ConfigSnapshots } from '../../db/config/config-snapshot.js';
import { DataSource } from 'typeorm';
import { Inject, Injectable, type OnApplicationShutdown } from '@nestjs/common';
import type { Config } from '../../config/environment.js';
import { builtModule, Thread } from '../../shared/thread.js';
import type {
  OverrideBody,
  PreviewBody,
  SwapAnswerBody,
  SwapBody,
} from '../../contracts/api/on-call-changes.js';
import { notYours, type ScheduleOverride, OverrideStore } from '../../db/oncall/override-store.js';
import { plainSnapshot } from '../common/plain-snapshot.js';
import type { Swap } from '../../db/oncall/swap-store.js';
import { mayDo } from '../../domain/access/permissions.js';
import { referencesOf } from '../../domain/config/referenced.js';
import type { ConfigDocument, ConfigSnapshot } from '../../domain/config/specs.js';
import { requiredPerson } from '../common/acting.js';
import type { Identity } from '../common/identity.js';
import { forbidden, invalid, notFound } from '../common/problem.js';
import { CONFIG } from '../common/tokens.js';
import { databaseTime } from '../../db/connection/database-time.js';
import type { Preview, PreviewAnswer, PreviewJob } from './preview-thread.js';
import { accepted } from './refusals.js';

export type { ScheduleOverride } from '../../db/oncall/override-store.js';
export type { Swap } from '../../db/oncall/swap-store.js';

/** Ten times the cost of the most handovers in the longest range. */
const PREVIEW_BUDGET_MS = 10_000;

@Injectable()
export class SchedulesService implements OnApplicationShutdown {
  /** The caller decides what a preview costs: layers may hand over every hour of a year. */
  private readonly previews = new Thread<PreviewJob, PreviewAnswer>({
    file: builtModule(import.meta.url, './preview-thread.js'),
    budgetMs: PREVIEW_BUDGET_MS,
  });

  constructor(
    private readonly dataSource: DataSource,
    private readonly snapshots: ConfigSnapshots,
    private readonly overrideStore: OverrideStore,
    private readonly swapStore: SwapStore,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  onApplicationShutdown(): Promise<void> {
    return this.previews.close();
  }

  async overrides(name: string, all: boolean): Promise<ScheduleOverride[]> {
    await this.schedule(name);
    return this.overrideStore.list(name, { all });
  }

  /** Of all schedules: the overrides that have not ended. */
  overridesToCome(): Promise<ScheduleOverride[]> {
    return this.overrideStore.toCome();
  }

  /** Of all schedules: the requests for cover that nobody has answered. */
  openSwaps(): Promise<Swap[]> {
    return this.swapStore.open();
  }

  /** A person may add an override for themselves; putting another person on call needs a manager. */
  async addOverride(name: string, body: OverrideBody, identity: Identity): Promise<ScheduleOverride> {
    const { document, snapshot } = await this.schedule(name);
    if (body.person !== identity.person && !manages(identity, snapshot, document))
      throw forbidden(
        `Putting ${body.person} on call needs the permission oncall.manage, or to manage team ${document.spec.team}. Request cover with POST /api/v1/schedules/${name}/swaps.`,
      );
    const outcome = await this.overrideStore.add(
      name,
      { ...body, reason: body.reason ?? null },
      identity.actor,
    );
    return accepted(outcome, `schedule ${name}`).override;
  }

  /** An override from a cover request is an agreement of two people; only a manager cancels it. */
  async cancelOverride(name: string, id: string, identity: Identity): Promise<ScheduleOverride> {
    const { document, snapshot } = await this.schedule(name);
    const isManager = manages(identity, snapshot, document);
    const outcome = await this.overrideStore.cancel(name, id, identity.actor, (override) => {
      const isOwn = override.swap === null && override.createdBy === identity.actor;
      if (isManager || isOwn) return null;
      return notYours(
        override.swap === null
          ? `${override.createdBy} added this override; they or a manager may cancel it.`
          : 'This override comes from an accepted cover request; a manager may cancel it, or request cover again.',
      );
    });
    return accepted(outcome, `override ${id.slice(0, 64)} of schedule ${name}`).override;
  }

  async swaps(name: string, all: boolean): Promise<Swap[]> {
    await this.schedule(name);
    return this.swapStore.list(name, { all });
  }

  async askSwap(name: string, body: SwapBody, identity: Identity): Promise<Swap> {
    const { snapshot, document } = await this.schedule(name);
    requireOwnWord(identity, manages(identity, snapshot, document));
    const by = requiredPerson(identity, body.person, snapshot);
    const { shift, to = null, inReturn = null, reason = null } = body;
    const outcome = await this.swapStore.ask(
      name,
      { by, to, shift, inReturn, reason },
      { actor: identity.actor, link: `${this.config.publicUrl}/on-call` },
    );
    return accepted(outcome, `schedule ${name}`).swap;
  }

  async answerSwap(
    name: string,
    id: string,
    how: 'accept' | 'decline' | 'withdraw',
    { body, identity }: { body: SwapAnswerBody; identity: Identity },
  ): Promise<Swap> {
    const { snapshot, document } = await this.schedule(name);
    const isManager = manages(identity, snapshot, document);
    requireOwnWord(identity, isManager);
    const { actor } = identity;
    const swaps = this.swapStore;
    const what = `request ${id.slice(0, 64)} of schedule ${name}`;
    // A manager withdraws as themselves, also with a key that is not a person.
    if (how === 'withdraw' && isManager && identity.person === null && body.person === undefined)
      return accepted(await swaps.close(name, id, how, { by: actor, actor, isManager }), what).swap;
    const by = requiredPerson(identity, body.person, snapshot);
    const outcome =
      how === 'accept'
        ? await swaps.accept(name, id, by, actor)
        : await swaps.close(name, id, how, { by, actor, isManager });
    return accepted(outcome, what).swap;
  }

  /** Changed shifts if this schedule were applied now, by the same code that applies it. The schedule need not exist yet. */
  async preview(name: string, { spec, days }: PreviewBody, identity: Identity): Promise<Preview> {
    const snapshot = await this.snapshot();
    const document: ConfigDocument<'Schedule'> = { kind: 'Schedule', name, revision: 0, spec };
    const unknown = referencesOf(document).filter((one) => snapshot.get(one.kind, one.name) === undefined);
    if (unknown.length > 0) {
      const errors = unknown.map((one) => ({
        path: one.path,
        message: `there is no ${one.kind} "${one.name}"`,
      }));
      throw invalid(
        `The schedule names what does not exist: ${errors[0]?.path}: ${errors[0]?.message}.`,
        errors,
      );
    }
    const now = await databaseTime(this.dataSource);
    const answer = await this.previews.run(identity.actor, {
      snapshot: plainSnapshot(snapshot),
      name,
      spec,
      days,
      now,
    });
    if ('refused' in answer) throw invalid(answer.refused, [{ path: 'spec', message: answer.refused }]);
    return answer;
  }

  private async schedule(
    name: string,
  ): Promise<{ snapshot: ConfigSnapshot; document: ConfigDocument<'Schedule'> }> {
    const snapshot = await this.snapshot();
    const document = snapshot.get('Schedule', name);
    if (document === undefined) throw notFound(`There is no schedule ${name.slice(0, 63)}.`);
    return { snapshot, document };
  }

  private snapshot(): Promise<ConfigSnapshot> {
    return this.snapshots.latest(this.dataSource);
  }
}

/** By role, or as a manager of the schedule's team. */
export function manages(
  { role, person }: Identity,
  snapshot: ConfigSnapshot,
  { spec }: Pick<ConfigDocument<'Schedule'>, 'spec'>,
): boolean {
  if (mayDo(role, 'oncall.manage')) return true;
  return person !== null && snapshot.get('Team', spec.team)?.spec.managers.includes(person) === true;
}

/** Cover is agreed between two people. A key may act for a person only with the permission to put anybody on call. */
function requireOwnWord({ person }: Identity, isManager: boolean): void {
  if (person === null && !isManager)
    throw forbidden(
      'Cover is requested and accepted by people; an API key needs the permission oncall.manage.',
    );
}
