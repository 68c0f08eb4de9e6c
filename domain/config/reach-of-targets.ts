/** Determines which targets can reach a person with a contact. Missing names are reported elsewhere. */
import { mayAnswer } from '../access/permissions.js';
import { withLive } from '../people/effective-person.js';
import type { LiveData } from './live-data.js';
import type { Referring } from './referring.js';
import type { PolicyTarget } from '../escalation/policy-spec.js';

export class Reach {
  readonly disciplines: ReadonlySet<string>;
  private readonly reachable: ReadonlySet<string>;
  /** Reachable people whose role may answer incidents: shifts and teams page only these. */
  private readonly answering: ReadonlySet<string>;
  private readonly byName: ReadonlyMap<string, Referring>;
  private readonly policies: ReadonlySet<string>;

  /**
   * `live`: contacts that people changed beside the documents (docs/adr/0009). `missing`: channels for which this installation
   * has no account, with the reason.
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

  /** The person exists and has no usable contact. */
  isUnreachable(person: string): boolean {
    return this.byName.has(`Person/${person}`) && !this.reachable.has(person);
  }

  /** The person is reachable but has a role that answers no incidents. */
  answersNothing(person: string): boolean {
    return this.reachable.has(person) && !this.answering.has(person);
  }

  reaches(targets: readonly PolicyTarget[]): boolean {
    return flat(targets).some((target) =>
      'policy' in target ? this.policies.has(target.policy) : this.leadsToPerson(target),
    );
  }

  /**
   * A called policy stands for its first step (domain/oncall/targets.ts). Walks from policies that reach a person directly to
   * their callers, visiting each once: following every call again takes exponential time when policies call each other often.
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
    // The set grows during the iteration.
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

/** Each member of a round robin counts as a separate target. */
const flat = (targets: readonly PolicyTarget[]): PolicyTarget[] =>
  targets.flatMap((target): PolicyTarget[] =>
    'roundRobin' in target && Array.isArray(target.roundRobin) ? target.roundRobin : [target],
  );
