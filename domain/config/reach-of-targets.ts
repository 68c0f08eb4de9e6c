/** Which targets might ever reach a person with a contact. Names that do not exist are another's problem. */
import { mayAnswer } from '../access/permissions.js';
import { withLive } from '../people/effective-person.js';
import type { LiveData } from './live-data.js';
import type { Referring } from './referring.js';
import type { PolicyTarget } from './specs.js';

export class Reach {
  readonly disciplines: ReadonlySet<string>;
  private readonly reachable: ReadonlySet<string>;
  /** Those of them who may answer: shifts and teams ask nobody else. */
  private readonly answering: ReadonlySet<string>;
  private readonly byName: ReadonlyMap<string, Referring>;
  private readonly policies: ReadonlySet<string>;

  /**
   * `live`: what people changed beside the documents (docs/adr/0009); that is how they are reached. `missing`: channels that this
   * installation has no account for, with the reason.
   */
  constructor(
    documents: readonly Referring[],
    live: LiveData['people'],
    missing: ReadonlyMap<string, string> = new Map(),
  ) {
    this.byName = new Map(documents.map((one) => [`${one.kind}/${one.name}`, one]));
    this.disciplines = new Set(
      documents.flatMap((one) => (one.kind === 'Team' ? [one.spec.discipline] : [])),
    );
    this.reachable = new Set(
      documents.flatMap((one) =>
        one.kind === 'Person' &&
        withLive(one.spec, live.get(one.name)).contacts.some(({ channel }) => !missing.has(channel))
          ? [one.name]
          : [],
      ),
    );
    this.answering = new Set(
      documents.flatMap((one) =>
        one.kind === 'Person' && this.reachable.has(one.name) && mayAnswer(one.spec.role) ? [one.name] : [],
      ),
    );
    this.policies = this.reachingPolicies(documents);
  }

  /** Exists, and nothing leads there. */
  isUnreachable(person: string): boolean {
    return this.byName.has(`Person/${person}`) && !this.reachable.has(person);
  }

  /** Could be reached, and has a role that answers no incidents. */
  answersNothing(person: string): boolean {
    return this.reachable.has(person) && !this.answering.has(person);
  }

  reaches(targets: readonly PolicyTarget[]): boolean {
    return flat(targets).some((target) =>
      'policy' in target ? this.policies.has(target.policy) : this.leadsToPerson(target),
    );
  }

  /**
   * A policy that is called stands for its first step (domain/oncall/targets.ts). From those that reach somebody by
   * themselves to those that call them, each once: following every call anew takes forever where policies call each other often.
   */
  private reachingPolicies(documents: readonly Referring[]): Set<string> {
    const callers = new Map<string, string[]>();
    const open: string[] = [];
    for (const one of documents) {
      if (one.kind !== 'EscalationPolicy') continue;
      const first = flat(one.spec.steps[0]?.notify ?? []);
      if (first.some((target) => this.leadsToPerson(target))) open.push(one.name);
      for (const called of new Set(first.flatMap((target) => ('policy' in target ? [target.policy] : [])))) {
        const known = callers.get(called);
        if (known === undefined) callers.set(called, [one.name]);
        else known.push(one.name);
      }
    }
    const reaching = new Set(open);
    // Grows while it is walked.
    for (const name of reaching) for (const caller of callers.get(name) ?? []) reaching.add(caller);
    return reaching;
  }

  private leadsToPerson(target: PolicyTarget): boolean {
    if ('person' in target) return this.reachable.has(target.person);
    if ('team' in target) {
      const team = this.byName.get(`Team/${target.team}`);
      return team?.kind === 'Team' && team.spec.members.some((person) => this.answering.has(person));
    }
    if (!('schedule' in target)) return false;
    const schedule = this.byName.get(`Schedule/${target.schedule}`);
    return (
      schedule?.kind === 'Schedule' &&
      schedule.spec.layers.some(({ people }) => people.some((person) => this.answering.has(person)))
    );
  }
}

/** The members of a list that takes turns count as if each stood by itself. */
const flat = (targets: readonly PolicyTarget[]): PolicyTarget[] =>
  targets.flatMap((target): PolicyTarget[] =>
    'roundRobin' in target && Array.isArray(target.roundRobin) ? target.roundRobin : [target],
  );
