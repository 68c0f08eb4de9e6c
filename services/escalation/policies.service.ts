/** Simulates a policy, and back-tests it on past incidents. Reads only: nothing is paged, no rotation advances. */
import { ConfigSnapshots } from '../../db/config/config-snapshot.js';
import { DataSource } from 'typeorm';
import { Inject, Injectable, type OnApplicationShutdown } from '@nestjs/common';
import type { Config } from '../../config/environment.js';
import { missingChannels } from '../../config/missing-channels.js';
import { builtModule, Thread } from '../../shared/thread.js';
import { type BacktestBody, BACKTEST_MAX, type SimulateBody } from '../../contracts/api/policy.js';
import { plainSnapshot } from '../common/plain-snapshot.js';
import { readPositions } from '../../db/escalation/round-robin.js';
import { asOf } from '../../db/oncall/schedule-times.js';
import { overridesSince, pastIncidents } from '../../db/escalation/past-incident-view.js';
import { mayDo } from '../../domain/access/permissions.js';
import type { ConfigSnapshot } from '../../domain/config/specs.js';
import type { PolicySpec } from '../../domain/escalation/policy-spec.js';
import { policyProblems, withPolicy } from '../../domain/escalation/proposed-policy.js';
import type { RotationPositions } from '../../domain/oncall/round-robin.js';
import type { Simulation } from '../../domain/escalation/simulate.js';
import type { ResponseEscalation } from '../../domain/incident/response.js';
import { type Unsendable, withoutChannels } from '../../domain/people/without-channels.js';
import { buildResponse } from '../../domain/response/build-response.js';
import { durationMs } from '../../domain/shared/duration.js';
import type { Identity } from '../common/identity.js';
import { forbidden, invalid, notFound } from '../common/problem.js';
import { CONFIG } from '../common/tokens.js';
import { databaseTime } from '../../db/connection/database-time.js';
import type { RehearsalAnswer, RehearsalJob } from './rehearsal-thread.js';

const DEFAULT_RANGE_MS = 90 * 86_400_000;
/** Budget of one request, whatever its conditions cost. */
const BUDGET_MS = 20_000;

/** The policy in question, in a configuration in which it is in force. */
interface PolicyInQuestion {
  name: string;
  revision: number;
  spec: PolicySpec;
  snapshot: ConfigSnapshot;
}

export type Backtest = Awaited<ReturnType<PoliciesService['backtest']>>;

@Injectable()
export class PoliciesService implements OnApplicationShutdown {
  private readonly thread = new Thread<RehearsalJob, RehearsalAnswer>({
    file: builtModule(import.meta.url, './rehearsal-thread.js'),
    budgetMs: BUDGET_MS,
  });

  constructor(
    private readonly dataSource: DataSource,
    private readonly snapshots: ConfigSnapshots,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  onApplicationShutdown(): Promise<void> {
    return this.thread.close();
  }

  /** Position of each rotation. */
  positions(): Promise<RotationPositions> {
    return readPositions(this.dataSource);
  }

  async simulate(
    name: string,
    body: SimulateBody,
    identity: Identity,
  ): Promise<Simulation & { unsendable: Unsendable[] }> {
    const { priority, severity, title, alerts, answers } = body;
    const { snapshot: inForce, ...policy } = await this.policyFor(name, body.policy, identity);
    const all = await asOf(this.dataSource, inForce, body.at);
    // The engine skips a contact on a channel without an account, and so does the simulation.
    const { snapshot, unsendable } = withoutChannels(all, missingChannels(this.config));
    const service = serviceOf(snapshot, body.service);
    const response = buildResponse(snapshot, service, priority, null);
    const input = {
      escalation: escalationFor(policy, response.escalations),
      at: new Date(body.at).toISOString(),
      urgency: response.urgency,
      settleMs: response.settleMs,
      incident: { priority, severity, service, title, alerts },
      answers: answers.map(({ person, after }) => ({ person, afterMs: durationMs(after) })),
      positions: await this.positions(),
    };
    const run = async (of: ConfigSnapshot): Promise<Simulation> => {
      const answer = await this.thread.run(identity.actor, {
        kind: 'simulate',
        snapshot: plainSnapshot(of),
        input,
      });
      if (answer.kind !== 'simulate') throw new Error('the thread answered another question');
      return answer.simulation;
    };
    const simulation = await run(snapshot);
    if (unsendable.length === 0) return { ...simulation, unsendable };
    // Reports such a contact only for people who would be paged.
    const wouldBe = new Set((await run(all)).pages.map(({ person }) => person));
    return { ...simulation, unsendable: unsendable.filter(({ person }) => wouldBe.has(person)) };
  }

  async backtest(name: string, body: BacktestBody, identity: Identity) {
    const { snapshot: inForce, ...policy } = await this.policyFor(name, body.policy, identity);
    const service = serviceOf(inForce, body.service);
    const to = new Date(body.to ?? (await databaseTime(this.dataSource))).toISOString();
    const from = new Date(body.from ?? Date.parse(to) - DEFAULT_RANGE_MS).toISOString();
    const { dataSource } = this;
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
    const assumed = new Map(
      body.assume.answers.map(({ person, after }) => [person, after === 'never' ? null : durationMs(after)]),
    );
    const answer = await this.thread.run(identity.actor, {
      kind: 'backtest',
      snapshot: plainSnapshot(snapshot),
      past,
      replaying: { policy, team: policy.spec.team, assumed },
    });
    if (answer.kind !== 'backtest') throw new Error('the thread answered another question');
    return { policy: name, from, to, totals: answer.totals, items: answer.items, next };
  }

  private async policyFor(
    name: string,
    proposed: PolicySpec | undefined,
    { role }: Identity,
  ): Promise<PolicyInQuestion> {
    if (proposed !== undefined && !mayDo(role, 'config.read'))
      throw forbidden(`The role ${role} may not propose a policy; it needs the permission config.read.`);
    const inForce = await this.snapshots.latest(this.dataSource);
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

/** The service's own escalation when this policy runs it, otherwise one of the policy's team. */
function escalationFor(
  policy: ResponseEscalation['policy'],
  escalations: readonly ResponseEscalation[],
): ResponseEscalation {
  const { team } = policy.spec;
  const own = escalations.find((escalation) => escalation.policy.name === policy.name);
  // The documents that the policy calls are looked up in the given configuration; nothing is frozen yet.
  return own === undefined
    ? { name: team, team, discipline: '', required: false, policy }
    : { ...own, policy, called: [] };
}
