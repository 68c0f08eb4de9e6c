/** One ordinary incident from alert to closed, through the public interfaces: HTTP and the links in messages. */
import { setTimeout as wait } from 'node:timers/promises';
import { openForm } from '../../test/harness/form.js';
import type { Engine } from './engine.js';
import { sourceKey } from './organisation.js';
import type { Sink } from './sink.js';

type Message = {
  type: string;
  data: {
    person: string;
    incident: { id: string; number: string; title: string };
    links: { respond: string };
  };
};
type Incident = { id: string; status: string; postmortemStatus: string };

/** Sink id of a message: its type, person and incident. */
export function messageId(body: unknown): string {
  const { type, data } = body as Message;
  return `${type} ${data.person} ${data.incident.title}`;
}

const PATIENCE_MS = 20_000;
const sections = {
  summary: 'The replica fell behind.',
  rootCauses: 'Vacuum was off.',
  wentWell: 'The page.',
  wentBadly: 'Nobody looked before.',
  lessons: 'Look.',
};

/** Alert, page, acknowledge, resolve, post-mortem, two reviews, closed. Returns the incident's id. */
export async function liveOnce(engine: Engine, sink: Sink, title: string): Promise<string> {
  const received = async (type: string, person: string): Promise<Message> => {
    const id = `${type} ${person} ${title}`;
    const [missing] = await sink.missing([id], PATIENCE_MS);
    if (missing !== undefined) throw new Error(`nobody was sent "${missing}"`);
    return sink.arrivals.get(id)?.[0]?.body as Message;
  };
  const press = async ({ data }: Message, decision: string): Promise<void> => {
    const { status, text } = await (await openForm(data.links.respond)).press(decision);
    if (status !== 200) throw new Error(`${decision} by link answered ${status}: ${text}`);
  };

  await engine.call('POST', `/in/${sourceKey}`, { title, severity: 'critical', dedupKey: title });
  const page = await received('page.requested', 'ana');
  await press(page, 'acknowledge');
  const { id } = page.data.incident;
  const path = `/api/v1/incidents/${id}`;
  const until = async (what: string, isSo: (incident: Incident) => boolean): Promise<void> => {
    const deadline = performance.now() + PATIENCE_MS;
    while (!isSo(await engine.call<Incident>('GET', path))) {
      if (performance.now() > deadline) throw new Error(`${title} is not ${what}`);
      await wait(50);
    }
  };
  await engine.call('POST', `${path}/resolve`, { person: 'ana' });
  await until('drafted', (incident) => incident.postmortemStatus === 'draft');
  await engine.call('PUT', `${path}/postmortem`, { sections, person: 'ana' });
  await engine.call('POST', `${path}/postmortem/submit`, { person: 'ana' });
  for (const person of ['bo', 'dana']) await press(await received('review.requested', person), 'approve');
  await until('closed', (incident) => incident.status === 'closed');
  return id;
}
