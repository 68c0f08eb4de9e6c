/** One suite's stack: a running Tocsin, a small organisation, and people's phones. */
import {
  DeliveriesReply,
  IncidentReply,
  IncidentsReply,
  TimelineReply,
} from '../../contracts/api/incident.js';
import { PostmortemReply } from '../../contracts/api/postmortem.js';
import { RunReply } from '../../contracts/api/run.js';
import { eventually } from './eventually.js';
import { apply, organisation } from './fixtures.js';
import { startPhones, type Phones } from './people.js';
import { startTocsin, type Tocsin, type TocsinOptions } from './tocsin.js';

export interface TestStackOptions extends TocsinOptions {
  /** Waits of the organisation's own policy; long by default. */
  wait?: string;
}

export interface Declared {
  title: string;
  service?: string;
  severity?: 'critical' | 'error' | 'warning' | 'info';
}

export interface TestStack {
  readonly tocsin: Tocsin;
  readonly phones: Phones;
  apply(...documents: string[]): Promise<void>;
  /** Declares an incident by REST, by default a P1 on `checkout-db`. */
  declare(declared: Declared): Promise<IncidentReply>;
  incident(number: string): Promise<IncidentReply>;
  titled(title: string): Promise<IncidentReply>;
  /** Sends a command that must be accepted; returns the incident afterwards. `person` sends it, signed in. */
  tell(number: string, command: string, body?: object): Promise<IncidentReply>;
  kinds(number: string): Promise<string[]>;
  timeline(number: string): Promise<TimelineReply['items']>;
  deliveries(number: string): Promise<DeliveriesReply['items']>;
  postmortem(number: string): Promise<PostmortemReply>;
  runsOf(number: string): Promise<RunReply[]>;
  run(id: string): Promise<RunReply>;
  /** Waits until the incident satisfies `holds`; returns it. */
  until(
    number: string,
    holds: (incident: IncidentReply) => boolean,
    timeoutMs?: number,
  ): Promise<IncidentReply>;
  /** Waits until the timeline contains this kind (`times` of it). */
  untilKind(number: string, kind: string, times?: number): Promise<TimelineReply['items'][number]>;
  end(): Promise<void>;
}

export async function startTestStack({ wait, ...options }: TestStackOptions = {}): Promise<TestStack> {
  const phones = await startPhones();
  // A failed start must not leave servers open: they would keep the whole test run from ending.
  const tocsin = await startTocsin(options).catch(async (error: unknown) => {
    await phones.close();
    throw error;
  });
  const stack = actingStack(tocsin, phones);
  try {
    await stack.apply(organisation(phones, wait === undefined ? {} : { wait }));
    return stack;
  } catch (error) {
    await stack.end();
    throw error;
  }
}

export function actingStack(tocsin: Tocsin, phones: Phones): TestStack {
  const path = (number: string, more = ''): string => `/api/v1/incidents/${number}${more}`;
  const stack: TestStack = {
    tocsin,
    phones,
    apply: (...documents) => apply(tocsin, ...documents),
    declare: ({ title, service = 'checkout-db', severity = 'critical' }) =>
      tocsin.ask(IncidentReply, 'POST', '/api/v1/incidents', { title, service, severity, person: 'cleo' }),
    incident: (number) => tocsin.ask(IncidentReply, 'GET', path(number)),
    titled: (title) =>
      eventually(
        async () =>
          (await tocsin.ask(IncidentsReply, 'GET', '/api/v1/incidents?limit=200')).items.find(
            (one) => one.title === title,
          ),
        { what: `an incident called ${title}` },
      ),
    tell: (number, command, body = {}) => {
      if (command === 'roles' || !('person' in body) || typeof body.person !== 'string')
        return tocsin.ask(IncidentReply, 'POST', path(number, `/${command}`), body);
      const { person, ...rest } = body;
      return tocsin.ask(IncidentReply, 'POST', path(number, `/${command}`), rest, { as: person });
    },
    timeline: async (number) =>
      (await tocsin.ask(TimelineReply, 'GET', path(number, '/timeline?limit=200'))).items,
    kinds: async (number) => (await stack.timeline(number)).map(({ kind }) => kind),
    deliveries: async (number) =>
      (await tocsin.ask(DeliveriesReply, 'GET', path(number, '/deliveries'))).items,
    postmortem: (number) => tocsin.ask(PostmortemReply, 'GET', path(number, '/postmortem')),
    async runsOf(number) {
      const { json } = await tocsin.call('GET', path(number, '/runs'));
      return RunReply.array().parse(itemsOf(json));
    },
    run: (id) => tocsin.ask(RunReply, 'GET', `/api/v1/runs/${id}`),
    until: (number, holds, timeoutMs = 30_000) =>
      eventually(
        async () => {
          const incident = await stack.incident(number);
          return holds(incident) ? incident : Promise.reject(new Error(JSON.stringify(incident)));
        },
        { what: `what is wanted of ${number}`, timeoutMs },
      ),
    untilKind: (number, kind, times = 1) =>
      eventually(
        async () => (await stack.timeline(number)).filter((item) => item.kind === kind).at(times - 1),
        { what: `"${kind}" (${times}) on ${number}`, timeoutMs: 30_000 },
      ),
    async end() {
      await tocsin.end();
      await phones.close();
    },
  };
  return stack;
}

function itemsOf(json: unknown): unknown {
  return typeof json === 'object' && json !== null && 'items' in json ? json.items : json;
}
