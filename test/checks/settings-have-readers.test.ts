/**
 * Netflix/dispatch#412: a setting that is accepted must have an effect. Every field of every kind of document is
 * listed here with the file that acts on it; the schema refuses a field without a reader.
 */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { parseDocuments } from '../../contracts/config/documents.js';
import { kindJsonSchema, type JsonSchema } from '../../contracts/config/json-schema.js';
import { CONFIG_KINDS } from '../../domain/config/specs.js';
import { LATER_KINDS } from '../../contracts/config/not-yet.js';

const targets = (at: string) =>
  ['person', 'schedule', 'slot', 'team', 'policy', 'roundRobin'].map((name) => `${at}.${name}`);
const checks = (at: string) => `${at}.http ${at}.status ${at}.contains ${at}.dns ${at}.type ${at}.expect ${at}.tls ${at}.port ${at}.minDays ${at}.tcp`; // prettier-ignore

/** Fields by file; fields that several kinds of target or check share are listed once per location. */
const readers: Readonly<Record<string, string>> = {
  'web/app/app-frame.tsx': 'Organisation.displayName',
  'domain/config/display-names.ts':
    'EscalationPolicy.displayName Schedule.displayName Runbook.displayName ResponsePlan.displayName Drill.displayName',
  'domain/oncall/business-days.ts':
    'Organisation.timezone Team.timezone Team.calendar Team.calendar.days Team.calendar.from Team.calendar.to Team.calendar.holidays',
  'domain/escalation/plan-page.ts':
    'Organisation.catchAll EscalationPolicy.steps EscalationPolicy.steps[].wait Person.rules Person.contacts',
  'domain/people/reachability-check.ts': 'Organisation.reachability Organisation.reachability.every',
  'domain/oncall/targets.ts': [
    ...targets('Organisation.catchAll[]'),
    ...targets('Organisation.catchAll[].roundRobin[]'),
    ...targets('EscalationPolicy.steps[].notify[]'),
    ...targets('EscalationPolicy.steps[].notify[].roundRobin[]'),
  ]
    .filter((path) => !path.endsWith('roundRobin[].roundRobin'))
    .join(' '),
  'web/app/oncall/on-call-page.tsx': 'Team.displayName',
  'domain/response/build-response.ts':
    'Team.discipline Service.team Service.policy Service.plan Service.diagnostics ResponsePlan.priorities.*.disciplines ResponsePlan.priorities.*.disciplines[].discipline ResponsePlan.priorities.*.disciplines[].required ResponsePlan.priorities.*.ackTimeout ResponsePlan.priorities.*.settle ResponsePlan.priorities.*.bridge ResponsePlan.priorities.*.runbooks ResponsePlan.priorities.*.postmortem ResponsePlan.priorities.*.stakeholders ResponsePlan.priorities.*.urgency EscalationPolicy.team EscalationPolicy.repeat Runbook.on Runbook.on.service Runbook.on.priority',
  'domain/response/build-response.ts#updates':
    'ResponsePlan.priorities.*.updates ResponsePlan.priorities.*.updates.every',
  'domain/alert/stale-after.ts': 'Source.staleAfter ResponsePlan.staleAfter',
  'domain/response/open-roles.ts': 'ResponsePlan.priorities.*.roles',
  'domain/response/bridge.ts': 'ResponsePlan.priorities.*.bridge.url ResponsePlan.priorities.*.bridge.jitsi',
  'domain/response/teams-of.ts': 'Team.members',
  'services/oncall/schedules.service.ts': 'Team.managers Schedule.team',
  'services/people/people.service.ts': 'Person.displayName Person.timezone Person.role',
  'services/config/duplicate-addresses.ts': 'Person.email',
  'domain/people/readiness-issues.ts': 'Person.rules.high Person.rules.low',
  'domain/escalation/plan-page.ts#rules': 'Person.rules.high[].after Person.rules.high[].contact Person.rules.low[].after Person.rules.low[].contact Person.contacts[].name Person.contacts[].channel Person.contacts[].address', // prettier-ignore
  'db/delivery/leased-delivery.ts':
    'Person.contacts[].secret Subscription.secret Subscription.previousSecret',
  'domain/oncall/resolve-shifts.ts': 'Schedule.timezone Schedule.layers',
  'domain/oncall/revisions.ts': 'Schedule.from',
  'domain/oncall/layers.ts': 'Schedule.layers[].name Schedule.layers[].people Schedule.layers[].rotation Schedule.layers[].restrictions Schedule.layers[].skipEmpty', // prettier-ignore
  'domain/oncall/rotation.ts': 'Schedule.layers[].rotation.every Schedule.layers[].rotation.unit Schedule.layers[].rotation.handover Schedule.layers[].rotation.start', // prettier-ignore
  'domain/oncall/restrictions.ts': 'Schedule.layers[].restrictions[].days Schedule.layers[].restrictions[].from Schedule.layers[].restrictions[].to', // prettier-ignore
  'domain/oncall/round-robin.ts': 'EscalationPolicy.steps[].notify',
  'domain/incident/escalations.ts': 'EscalationPolicy.steps[].ack',
  'domain/escalation/step-facts.ts': 'EscalationPolicy.steps[].if',
  'domain/response/build-response.ts#resolve': 'ResponsePlan.resolve.quiet ResponsePlan.resolve.stillFiring',
  'domain/response/default-plan.ts': 'ResponsePlan.resolve ResponsePlan.priorities ResponsePlan.priorities.*.postmortem.kind ResponsePlan.priorities.*.postmortem.due ResponsePlan.priorities.*.postmortem.quorum', // prettier-ignore
  'domain/postmortem/decide-review-kind.ts': 'ResponsePlan.priorities.*.postmortem.reason',
  'domain/postmortem/quorum.ts': 'ResponsePlan.priorities.*.postmortem.quorum.participants ResponsePlan.priorities.*.postmortem.quorum.stakeholders', // prettier-ignore
  'domain/runbook/started-by-people.ts': 'Runbook.on.manual',
  'domain/runbook/inputs.ts':
    'Runbook.inputs Runbook.inputs.*.type Runbook.inputs.*.required Runbook.inputs.*.default Runbook.inputs.*.options Runbook.inputs.*.description',
  'domain/runbook/hosts.ts': 'Runbook.hosts',
  'workflows/runbook.ts': 'Runbook.timeout',
  'activities/do-step.ts': 'Runbook.steps[].outputs',
  'domain/runbook/interpret.ts': 'Runbook.steps Runbook.steps[].if Runbook.steps[].id Runbook.steps[].on-failure Runbook.steps[].on-timeout Runbook.steps[].end Runbook.steps[].switch[].goto', // prettier-ignore
  'db/runbook/run-view.ts': 'Runbook.steps[].name',
  'domain/runbook/render-step.ts': 'Runbook.steps[].timeout',
  'workflows/runbook/proxies.ts': 'Runbook.steps[].retry Runbook.steps[].retry.attempts Runbook.steps[].retry.delay Runbook.steps[].retry.backoff', // prettier-ignore
  'domain/runbook/due-step.ts': 'Runbook.steps[].drill',
  'steps/http/step.ts': 'Runbook.steps[].http',
  'steps/http/run.ts': 'Runbook.steps[].http.method Runbook.steps[].http.url Runbook.steps[].http.headers Runbook.steps[].http.body Runbook.steps[].http.expect', // prettier-ignore
  'steps/notify/step.ts': 'Runbook.steps[].notify',
  'steps/notify/run.ts': 'Runbook.steps[].notify.to Runbook.steps[].notify.text',
  'steps/wait/step.ts': 'Runbook.steps[].wait',
  'steps/manual/step.ts': 'Runbook.steps[].manual',
  'steps/approve/step.ts': 'Runbook.steps[].approve',
  'steps/switch/step.ts': 'Runbook.steps[].switch Runbook.steps[].switch[].if',
  'steps/check/step.ts': 'Runbook.steps[].check',
  'steps/check/': `${checks('Runbook.steps[].check')} ${checks('Service.diagnostics[].check')}`,
  'activities/diagnostic-activities.ts': 'Service.diagnostics[].name Service.diagnostics[].check Service.diagnostics[].timeout', // prettier-ignore
  'db/runbook/run-store.ts': 'Runbook.steps[].approve.from Runbook.steps[].approve.min Runbook.steps[].approve.message Runbook.steps[].approve.two-person', // prettier-ignore
  'domain/postmortem/draft.ts': 'Service.displayName Service.dependsOn',
  'domain/priority/prioritise.ts': 'Service.tier PriorityRules.rules',
  'domain/alert/judging-plan.ts': 'Service.after ResponsePlan.after Service.group ResponsePlan.group',
  'domain/alert/group.ts': 'Service.group.by ResponsePlan.group.by',
  'domain/alert/decide-grouping.ts': 'Service.group.window ResponsePlan.group.window',
  'db/alert/join-incident.ts': 'Service.group.page ResponsePlan.group.page',
  'domain/alert/only-after.ts': 'Service.after.count Service.after.within ResponsePlan.after.count ResponsePlan.after.within', // prettier-ignore
  'db/incident/incident-view.ts': 'Service.links',
  'web/app/incident/incident-header.tsx': 'Service.links[].title Service.links[].url',
  'domain/alert/inhibition.ts': 'Inhibition.when Inhibition.mutes Inhibition.equal',
  'domain/priority/apply-rules.ts': 'PriorityRules.rules[].if PriorityRules.rules[].because PriorityRules.rules[].set PriorityRules.rules[].raise PriorityRules.rules[].lower', // prettier-ignore
  'domain/priority/rule-facts.ts': 'Service.supportHours',
  'domain/oncall/time-facts.ts':
    'Service.supportHours.days Service.supportHours.from Service.supportHours.to',
  'api/ingest/routes.ts': 'Source.format',
  'domain/alert/route-alert.ts': 'Source.service Source.routes Source.routes[].if Source.routes[].service',
  'domain/alert/may-acknowledge.ts': 'Source.acknowledge',
  'domain/heartbeat/expectation.ts': 'Source.expect Source.expect.every Source.expect.cron Source.expect.timezone Source.grace Source.quietAfter', // prettier-ignore
  'db/alert/place-alert.ts': 'Source.stormAfter',
  'domain/alert/complete-signal.ts': 'Source.severity',
  'services/config/wanted-document.ts': 'Source.key',
  'domain/subscription/is-wanted.ts':
    'Subscription.events Subscription.teams Subscription.services Subscription.drills',
  'db/subscription/subscriptions.ts': 'Subscription.url Subscription.format',
  'db/drill/inject.ts': 'Drill.service Drill.inject Drill.inject[].alert Drill.inject[].alert.title Drill.inject[].alert.severity Drill.inject[].alert.dedupKey Drill.inject[].silence Drill.inject[].silence.person', // prettier-ignore
  'db/drill/start-drill.ts': 'Drill.abortOn Drill.abortOn.realIncident',
  'db/drill/drill-view.ts': 'Drill.expect',
  'workflows/drill.ts': 'Drill.inject[].after Drill.maxDuration',
  'worker/drill-schedules.ts': 'Drill.schedule Drill.schedule.cron Drill.schedule.timezone',
  'api/drill/drills.controller.ts': 'Drill.surprise',
  'domain/watch/watch-signals.ts': 'Watch.service',
  'domain/watch/sentences.ts': 'Watch.displayName Watch.unit',
  'dispatch/watch/observe.ts': 'Watch.source Watch.source.prometheus Watch.source.push',
  'dispatch/watch/ask-metric.ts': ['Watch.source.prometheus', 'Watch.usersAffected.prometheus']
    .flatMap((at) =>
      ['url', 'query', 'auth', 'auth.bearer', 'auth.username', 'auth.password'].map(
        (name) => `${at}.${name}`,
      ),
    )
    .join(' '),
  'dispatch/watch/watch-runner.ts': 'Watch.every Watch.usersAffected Watch.usersAffected.prometheus',
  'domain/watch/expected.ts': 'Watch.expected.value Watch.expected.baseline Watch.expected.baseline.kind Watch.expected.baseline.weeks Watch.expected.baseline.window', // prettier-ignore
  'dispatch/watch/first-history.ts': 'Watch.expected',
  'domain/watch/deviation.ts': 'Watch.acceptable Watch.acceptable.percent Watch.acceptable.absolute Watch.acceptable.sigma Watch.direction', // prettier-ignore
  'domain/watch/bands.ts': 'Watch.bands Watch.bands[].beyond Watch.bands[].for Watch.hysteresis',
  'domain/watch/decide-tells.ts':
    'Watch.bands[].priority Watch.noData Watch.noData.for Watch.noData.priority',
  'domain/watch/may-push.ts': 'Watch.source.push.source',
  'domain/drill/score.ts': 'Drill.expect[].acknowledgedWithin Drill.expect[].weight Drill.expect[].runbook Drill.expect[].finishedWithin Drill.expect[].resolvedWithin Drill.expect[].reviewedWithin', // prettier-ignore
};

const isObject = (value: unknown): value is JsonSchema => typeof value === 'object' && value !== null;

/** `ResponsePlan.priorities.*.settle`, … as accepted by a schema; fields that accept nothing are left out. */
function fieldsOf(kind: (typeof CONFIG_KINDS)[number]): string[] {
  const schema = kindJsonSchema(kind);
  const definitions = isObject(schema['$defs']) ? schema['$defs'] : {};
  const found = new Set<string>();
  const walk = (node: unknown, path: string, open: readonly string[]): void => {
    if (!isObject(node)) return;
    const name = typeof node['$ref'] === 'string' ? (node['$ref'].split('/').at(-1) ?? '') : '';
    if (name !== '' && !open.includes(name)) return walk(definitions[name], path, [...open, name]);
    for (const branch of [node['anyOf'], node['oneOf'], node['allOf']])
      if (Array.isArray(branch)) for (const one of branch) walk(one, path, open);
    walk(node['items'], `${path}[]`, open);
    walk(node['additionalProperties'], `${path}.*`, open);
    if (!isObject(node['properties'])) return;
    for (const [field, value] of Object.entries(node['properties'])) {
      if (isObject(value) && isObject(value['not']) && Object.keys(value['not']).length === 0) continue;
      const at = `${path}.${/^P[1-5]$/.test(field) ? '*' : field}`;
      if (!at.endsWith('.*')) found.add(at);
      walk(value, at, open);
    }
  };
  const properties = isObject(schema['properties']) ? schema['properties'] : {};
  walk(properties['spec'], kind, []);
  return [...found];
}

const root = new URL('../../', import.meta.url);
const source = (file: string): string =>
  file.endsWith('/')
    ? ['checks', 'http-check', 'dns-check', 'tls-check', 'socket', 'outcome']
        .map((name) => source(`${file}${name}.ts`))
        .join('\n')
    : readFileSync(new URL(file.split('#')[0] ?? '', root), 'utf8');

describe('Netflix/dispatch#412: no setting is accepted and does nothing', () => {
  const named = new Map(
    Object.entries(readers).flatMap(([file, fields]) =>
      fields.split(' ').map((field) => [field, file] as const),
    ),
  );
  const accepted = CONFIG_KINDS.flatMap(fieldsOf);

  it('every field that a document may have names the file that acts on it', () => {
    expect(accepted.filter((field) => !named.has(field))).toEqual([]);
  });

  it('no reader is named for a field that is not there', () => {
    expect([...named.keys()].filter((field) => !accepted.includes(field))).toEqual([]);
  });

  it.each([...named])('%s is read in %s', (field, file) => {
    const leaf = field.split('.').at(-1) ?? '';
    expect(source(file)).toMatch(new RegExp(`(?<![\\w-])${leaf}(?![\\w-])`));
  });
});

describe('a setting that comes later is refused with a sentence', () => {
  const refusal = (text: string): string =>
    parseDocuments(text, { file: 'x' })
      .errors.map(({ message }) => message)
      .join('\n');
  const document = (kind: string, spec: string) =>
    `apiVersion: tocsin/v1\nkind: ${kind}\nmetadata: {name: a}\nspec: ${spec}\n`;
  const drill = (more: string) => document('Drill', `{service: db, inject: [{alert: {title: x}}]${more}}`);
  const runbook = (on: string) => document('Runbook', `{on: ${on}, steps: [{wait: 1m}]}`);

  it.each([
    [
      'bridge: true',
      document('ResponsePlan', '{priorities: {P1: {bridge: true}}}'),
      /P1\.bridge: true names no bridge: say \{url:/,
    ],
    [
      'surprise: false',
      drill(', surprise: false'),
      /spec\.surprise: not supported yet: drills cannot be announced/,
    ],
    [
      'a priority that narrows nothing',
      runbook('{priority: [P1]}'),
      /on\.priority: narrows `service` and starts nothing alone/,
    ],
  ])('%s', (_, text, sentence) => {
    expect(refusal(text)).toMatch(sentence);
  });

  it.each([...LATER_KINDS.keys()])('the kind %s', (kind) => {
    expect(refusal(document(kind, '{}'))).toMatch(new RegExp(`the kind ${kind} is not supported yet: .{10}`));
  });

  it('what acts is accepted', () => {
    for (const text of [
      document(
        'ResponsePlan',
        '{priorities: {P1: {bridge: "https://meet.example.com/a"}, P2: {bridge: false}, P3: {bridge: {jitsi: "https://meet.example.com"}}, P4: {bridge: {url: "https://meet.example.com/b"}}}}',
      ),
      drill(', surprise: true'),
      drill(''),
      runbook('{service: [db], priority: [P1], manual: false}'),
    ])
      expect(refusal(text)).toBe('');
  });
});
