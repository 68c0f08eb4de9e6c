/** What a policy would do, and what it would have done. Questions only: nothing is paged, no turn is taken. */
import { setImmediate as breathe } from 'node:timers/promises';
import { Inject, Injectable } from '@nestjs/common';
import type { Config } from '../../config/environment.js';
import { missingChannels } from '../../config/missing-channels.js';
import { type BacktestBody, BACKTEST_MAX, type SimulateBody } from '../../contracts/api/policy.js';
import { readTurns } from '../../db/round-robin.js';
import { asOf } from '../../db/schedule-times.js';
import type { Store } from '../../db/store.js';
import { overridesSince, pastIncidents } from '../../db/views/past-incident-view.js';
import type { ConfigSnapshot, PolicySpec } from '../../domain/config/specs.js';
import { mediansOf, type Replayed, replay } from '../../domain/escalation/backtest.js';
import { totals } from '../../domain/escalation/measure.js';
import { openedOf, type PastIncident } from '../../domain/escalation/past-incident.js';
import { policyProblems, withPolicy } from '../../domain/escalation/proposed-policy.js';
import type { ResolveAt } from '../../domain/escalation/rehearse.js';
import { simulate, type Simulation } from '../../domain/escalation/simulate.js';
import type { ResponseTrack } from '../../domain/incident/response.js';
import type { Turns } from '../../domain/oncall/round-robin.js';
import { resolveTargets } from '../../domain/oncall/targets.js';
import { type Unsendable, withoutChannels } from '../../domain/people/without-channels.js';
import { buildResponse } from '../../domain/response/build-response.js';
import { durationMs } from '../../domain/shared/duration.js';
import { invalid, notFound } from '../common/problem.js';
import { CONFIG, STORE } from '../common/tokens.js';
import { databaseTime } from '../oncall/database-time.js';

const DEFAULT_RANGE_MS = 90 * 86_400_000;

/** The policy asked about, in a configuration in which it is in force. */
interface Asked {
  name: string;
  revision: number;
  spec: PolicySpec;
  snapshot: ConfigSnapshot;
}

export type Backtest = Awaited<ReturnType<PoliciesService['backtest']>>;

@Injectable()
export class PoliciesService {
  constructor(
    @Inject(STORE) private readonly store: Store,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  async simulate(name: string, body: SimulateBody): Promise<Simulation & { unsendable: Unsendable[] }> {
    const { priority, severity, title, alerts, answers } = body;
    const { snapshot: inForce, ...policy } = await this.asked(name, body.policy);
    const all = await asOf(this.store.dataSource, inForce, body.at);
    // A page over a channel without an account is no page: the engine goes on at once.
    const { snapshot, unsendable } = withoutChannels(all, missingChannels(this.config));
    const service = serviceOf(snapshot, body.service);
    const response = buildResponse(snapshot, service, priority);
    const asked = {
      track: trackFor(policy, response.tracks),
      at: new Date(body.at).toISOString(),
      urgency: response.urgency,
      settleMs: response.settleMs,
      incident: { priority, severity, service, title, alerts },
      answers: answers.map(({ person, after }) => ({ person, afterMs: durationMs(after) })),
      snapshot,
      turns: await readTurns(this.store.dataSource),
      resolve,
    };
    const simulation = simulate(asked);
    // Named where somebody who would be asked has such a contact.
    const wouldBe = new Set(simulate({ ...asked, snapshot: all }).pages.map(({ person }) => person));
    return { ...simulation, unsendable: unsendable.filter(({ person }) => wouldBe.has(person)) };
  }

  async backtest(name: string, body: BacktestBody) {
    const { snapshot: inForce, ...policy } = await this.asked(name, body.policy);
    const service = serviceOf(inForce, body.service);
    const to = new Date(body.to ?? (await databaseTime(this.store))).toISOString();
    const from = new Date(body.from ?? Date.parse(to) - DEFAULT_RANGE_MS).toISOString();
    const { dataSource } = this.store;
    const { items: past, next } = await pastIncidents(dataSource, {
      from,
      to,
      service,
      team: policy.spec.team,
      policy: name,
      drills: body.drills,
      limit: Math.min(body.limit, BACKTEST_MAX),
      cursor: body.cursor,
    });
    const overrides = await overridesSince(dataSource, from);
    const snapshot = { ...inForce, live: { ...inForce.live, overrides } };
    const replaying = {
      policy,
      team: policy.spec.team,
      snapshot,
      medians: mediansOf(past),
      assumed: new Map(
        body.assume.answers.map(({ person, after }) => [
          person,
          after === 'never' ? null : durationMs(after),
        ]),
      ),
      resolve,
    };
    const replayed: { past: PastIncident; result: Replayed }[] = [];
    let turns: Turns = new Map();
    // Oldest first: each incident takes the turns that the one before left.
    for (const one of past.toReversed()) {
      const result = replay(one, { ...replaying, turns });
      turns = result.turns;
      replayed.unshift({ past: one, result });
      // Hundreds of incidents take a while, and the api answers others meanwhile.
      await breathe();
    }
    return {
      policy: name,
      from,
      to,
      totals: {
        before: totals(replayed.map(({ result }) => result.before)),
        after: totals(replayed.map(({ result }) => result.after)),
      },
      items: replayed.map(({ past: one, result }) => itemOf(one, result)),
      next,
    };
  }

  private async asked(name: string, proposed: PolicySpec | undefined): Promise<Asked> {
    const inForce = await this.store.snapshots.latest(this.store.dataSource);
    const document = inForce.get('EscalationPolicy', name);
    if (proposed === undefined) {
      if (document === undefined) throw notFound(`There is no escalation policy ${name.slice(0, 63)}.`);
      return { name, revision: document.revision, spec: document.spec, snapshot: inForce };
    }
    const snapshot = withPolicy(inForce, name, proposed);
    const errors = policyProblems(snapshot, name).filter(({ severity }) => severity === 'error');
    if (errors.length > 0) {
      throw invalid(
        `This policy could not be applied: ${errors.map(({ message }) => message).join('; ')}.`,
        errors.map(({ path, message }) => ({ path: path.replace(/^spec/, 'policy'), message })),
      );
    }
    return { name, revision: 0, spec: proposed, snapshot };
  }
}

function serviceOf(snapshot: ConfigSnapshot, service: string | undefined): string | null {
  if (service === undefined) return null;
  if (snapshot.get('Service', service) !== undefined) return service;
  throw invalid(`There is no service ${service}.`, [
    { path: 'service', message: `there is no service "${service}"` },
  ]);
}

const resolve: ResolveAt = (targets, at, where) => resolveTargets(targets, where.snapshot, at, where);

/** The service's own track if this policy escalates it, else one of the policy's team. */
function trackFor(policy: ResponseTrack['policy'], tracks: readonly ResponseTrack[]): ResponseTrack {
  const { team } = policy.spec;
  const own = tracks.find((track) => track.policy.name === policy.name);
  // What it calls is looked up in the configuration that is asked about, where nothing is frozen yet.
  return own === undefined
    ? { name: team, team, discipline: '', required: false, policy }
    : { ...own, policy, called: [] };
}

function itemOf(past: PastIncident, { before, after, assumptions, byHand }: Replayed) {
  const { at, data } = openedOf(past);
  const { number, title, service, priority, drill } = data;
  return {
    id: past.id,
    number,
    title,
    service,
    priority,
    at,
    drill: drill !== null,
    before,
    after,
    assumptions: assumptions.map(({ person, afterMs, because }) => ({
      person,
      seconds: afterMs === null ? null : Math.round(afterMs / 1000),
      because,
    })),
    byHand,
  };
}
