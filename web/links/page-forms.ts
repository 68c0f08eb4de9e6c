/** Buttons of a page link: each is checked for the link's person, under the incident's row lock. */
import type { EntityManager } from 'typeorm';
import { answerPage } from '../../db/reply/answer-page.js';
import type { LockedIncident } from '../../db/incident/incident-row.js';
import type { OpenedLink } from '../../db/reply/link-store.js';
import type { Store } from '../../db/connection/store.js';
import { mayDo } from '../../domain/access/permissions.js';
import type { ConfigSnapshot } from '../../domain/config/specs.js';
import { effectivePerson } from '../../domain/people/effective-person.js';
import {
  buttonCommand,
  changedSince,
  missingIn,
  PAGE_BUTTONS,
  type PageForm,
  PERMISSION_FOR,
} from '../../domain/reply/page-form.js';
import { fieldOf, wordsOf } from '../ui/form.js';
import { type LinkOutcome, NOTHING_CHANGED, outcomeOf, refused, unknownButton } from './link-outcome.js';

const changedText = {
  holder:
    'Somebody answered, or the incident changed, while this page was open; the current state is shown below.',
  steps:
    'The next step was reached while this page was open; see below who is paged now. Press again to go one further.',
  runs: 'A runbook was started while this page was open; what is true now stands below.',
  postmortem: 'The post-mortem changed while this page was open.',
  alerts: 'The alerts changed while this page was open; see below what fires now.',
} as const;

export class PageForms {
  constructor(private readonly store: Store) {}

  /** Before the nonce is used: missing fields can be filled in on the same page. */
  read(body: unknown): PageForm | LinkOutcome {
    const button = PAGE_BUTTONS.find((one) => one === fieldOf(body, 'decision'));
    if (button === undefined) return unknownButton();
    const form: PageForm = {
      button,
      comment: wordsOf(body, 'comment'),
      to: wordsOf(body, 'to'),
      snoozeFor: wordsOf(body, 'for'),
      run: wordsOf(body, 'run'),
      step: wordsOf(body, 'step'),
      digest: wordsOf(body, 'digest'),
    };
    const missing = missingIn(form);
    return missing === null ? form : refused(422, missing.message, NOTHING_CHANGED, missing);
  }

  async press(
    tx: EntityManager,
    locked: LockedIncident,
    link: OpenedLink,
    form: PageForm,
    /** Position that the form showed; empty for a one-tap button, which shows nothing. */
    mark: string,
  ): Promise<LinkOutcome> {
    const { state } = locked;
    const snapshot = await this.store.snapshots.at(tx, locked.configVersion);
    const refusal = notAllowed(form, link, snapshot);
    if (refusal !== null) return refusal;
    const changed = changedSince(form.button, mark, state);
    if (changed !== null)
      return refused(409, 'It changed meanwhile', `${changedText[changed]} ${NOTHING_CHANGED}`);
    const person = link.person.name;
    const { button, comment } = form;
    if (button === 'approve' || button === 'reject') {
      const at = { runId: form.run ?? '', step: form.step ?? '', digest: form.digest ?? '' };
      return outcomeOf(
        await this.store.runCommands.decideApprovalIn(tx, locked, {
          ...at,
          person,
          decision: button,
          comment,
        }),
      );
    }
    const command = buttonCommand(state, link.person, { ...form, button }, locked.now);
    const { delivery } = link.subject;
    return outcomeOf(
      await answerPage(tx, this.store.recorder, locked, {
        person,
        command,
        comment,
        seen: mark === '' ? undefined : mark,
        via: typeof delivery === 'string' ? { delivery } : null,
      }),
    );
  }
}

function notAllowed(
  { button, to }: PageForm,
  link: OpenedLink,
  snapshot: ConfigSnapshot,
): LinkOutcome | null {
  const permission = PERMISSION_FOR[button];
  const role = snapshot.get('Person', link.person.name)?.spec.role;
  if (permission !== null && (role === undefined || !mayDo(role, permission)))
    return refused(
      403,
      'Your role may not do this',
      `${link.person.displayName} is ${role === undefined ? 'no longer known here' : `a ${role}`}; ask a responder. ${NOTHING_CHANGED}`,
    );
  if (button !== 'hand_over' || to === null) return null;
  const message = handOverProblem(to, snapshot);
  return message === null ? null : refused(422, message, NOTHING_CHANGED, { field: 'to', message });
}

/** A person to whom an incident is reassigned must be reachable and allowed to respond. */
export function handOverProblem(to: string, snapshot: ConfigSnapshot): string | null {
  const person = snapshot.get('Person', to);
  if (person === undefined) return `There is no person ${to.slice(0, 64)}.`;
  const { displayName, role } = person.spec;
  if (!mayDo(role, 'incidents.respond')) return `${displayName} is a ${role} and cannot have an incident.`;
  return (effectivePerson(snapshot, to)?.contacts.length ?? 0) === 0
    ? `${displayName} has no contact that a page reaches.`
    : null;
}
