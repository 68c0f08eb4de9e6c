import { positionOf } from '../incident/position.js';
import { describe, expect, it } from '@jest/globals';
import { IncidentBuilder } from '../incident/testing/incident-builder.js';
import { buttonCommand, changedSince, missingIn, PAGE_BUTTONS, type PageForm } from './page-form.js';

const form = (change: Partial<PageForm>): PageForm => ({
  button: 'note',
  comment: null,
  to: null,
  snoozeFor: null,
  run: null,
  step: null,
  digest: null,
  ...change,
});
const ana = { name: 'ana', displayName: 'Ana Sorel' };
const incident = new IncidentBuilder().state;
const now = '2026-11-22T22:15:00.000Z';

describe('the buttons of a page link', () => {
  it('begin with the three that scripts know', () => {
    expect(PAGE_BUTTONS.slice(0, 3)).toEqual(['acknowledge', 'escalate', 'decline']);
  });

  it.each([
    ['update', {}, { type: 'note', text: 'Still on it.' }],
    ['update', { comment: 'Failing over' }, { type: 'note', text: 'Failing over' }],
    ['note', { comment: 'Seen before' }, { type: 'note', text: 'Seen before' }],
    ['resolve', { comment: 'Disk grown' }, { type: 'resolve', comment: 'Disk grown', because: 'person' }],
    ['hand_over', { to: 'bo' }, { type: 'unacknowledge', reason: null, to: 'bo' }],
    ['snooze', { snoozeFor: '4h' }, { type: 'snooze', until: '2026-11-23T02:15:00.000Z' }],
    [
      'complete_step',
      { run: 'r', step: 's' },
      { type: 'complete_step', run: 'r', step: 's', person: 'ana', comment: null },
    ],
    [
      'skip_step',
      { run: 'r', step: 's', comment: 'not needed' },
      { type: 'skip_step', run: 'r', step: 's', person: 'ana', reason: 'not needed' },
    ],
  ] as const)('%s %j is a command like any other', (button, change, command) => {
    expect(buttonCommand(incident, ana, { ...form(change), button }, now)).toEqual(command);
  });

  it.each([
    ['note', {}, 'comment'],
    ['skip_step', {}, 'comment'],
    ['hand_over', {}, 'to'],
    ['snooze', { snoozeFor: '9000d' }, 'for'],
  ] as const)('%s asks for what it needs', (button, change, field) => {
    expect(missingIn({ ...form(change), button })?.field).toBe(field);
  });
});

describe('a form that was open while the incident changed', () => {
  const mark = positionOf(incident);
  const held = { ...incident, status: 'acknowledged' as const, acknowledgedBy: 'bo' };
  const moved = {
    ...incident,
    escalations: incident.escalations.map((escalation) => ({ ...escalation, step: 2 })),
  };

  it('passes over no step and takes nothing from anybody', () => {
    expect(changedSince('escalate', mark, moved)).toBe('steps');
    expect(changedSince('decline', mark, moved)).toBe('steps');
    for (const button of ['acknowledge', 'escalate', 'resolve', 'hand_over', 'snooze', 'update'] as const)
      expect(changedSince(button, mark, held)).toBe('holder');
  });

  it('resolves nothing that fires again', () => {
    expect(changedSince('resolve', mark, { ...incident, alertsOpen: 2, alertsTotal: 2 })).toBe('alerts');
  });

  it('still acknowledges what only went on, and writes notes: neither takes anything away', () => {
    expect(changedSince('acknowledge', mark, moved)).toBeNull();
    expect(changedSince('note', mark, { ...moved, ...held })).toBeNull();
  });
});
