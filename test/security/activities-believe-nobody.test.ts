/** Calls activities with arbitrary arguments, like an attacker who has passed every other barrier (ADR 27). */
import { describe, expect, it } from '@jest/globals';
import type { EgressRequest } from '../../ports/egress.js';
import type { StepAt } from '../../ports/runbook.js';
import { createRunbookActivities } from '../../activities/runbook-activities.js';
import type { RunbookStep } from '../../domain/runbook/definition.js';
import { openProof, RecordedRun } from '../../workflows/testing/recorded-run.js';

const ok: RunbookStep = {
  id: 'ok',
  approve: { from: ['person:bo'], message: 'Wipe it?' },
  timeout: '1h',
  'on-timeout': 'escalate',
};
const wipe: RunbookStep = { id: 'wipe', http: { method: 'POST', url: 'https://db.example.com/wipe' } };
const pause: RunbookStep = { id: 'pause', wait: '1h' };
const byHand: RunbookStep = { id: 'by-hand', manual: 'Look at it', timeout: '1h' };
const rare: RunbookStep = {
  id: 'rare',
  if: '${{ inputs.host == "db-9" }}',
  http: { url: 'https://db/rare' },
};

function run(...steps: RunbookStep[]) {
  const record = new RecordedRun({ runId: 'run', steps });
  const sent: EgressRequest[] = [];
  const activities = createRunbookActivities({
    runs: record,
    egress: {
      request: async (request) => {
        sent.push(request);
        return { kind: 'answered', status: 200, headers: {}, body: '', truncated: false, ms: 1 };
      },
      resolve: async () => ({ kind: 'refused', reason: '' }),
    },
    checks: { run: async () => ({ ok: true, summary: '', output: '', ms: 0 }) },
    notices: { notify: async () => ({ people: [] }) },
    proof: openProof,
  });
  const at = (step: string, execution = 1): StepAt => ({
    incidentId: 'incident-1',
    runId: 'run',
    step,
    execution,
  });
  return { record, sent, activities, at };
}

describe('an activity of a run', () => {
  it('does nothing behind an approval that nobody has given', async () => {
    const { activities, at, sent, record } = run(ok, wipe);
    await activities.requestPeople({ at: at('ok') });
    await expect(activities.doStep({ at: at('wipe') })).rejects.toThrow('waits for people at ok');
    expect(await activities.doStep({ at: at('wipe', 50) })).toMatchObject({ kind: 'stopped' });
    await expect(activities.doStep({ at: at('ok', 2) })).rejects.toThrow('kind approve');
    expect(sent).toEqual([]);
    expect(record.states).toEqual({ ok: 'waiting', wipe: 'pending' });
  });

  it('does not do again what has ended, under whatever number', async () => {
    const { activities, at, sent } = run(wipe);
    await activities.doStep({ at: at('wipe') });
    expect(await activities.doStep({ at: at('wipe') })).toMatchObject({ kind: 'ended' });
    expect(await activities.doStep({ at: at('wipe', 50) })).toMatchObject({ kind: 'stopped' });
    expect(sent).toHaveLength(1);
  });

  it('takes what it sends from the pinned runbook, and asks its condition itself', async () => {
    const { activities, at, sent, record } = run(rare, wipe);
    const forged = { at: at('rare'), rendered: { kind: 'http', call: { url: 'https://evil.example/' } } };
    expect(await activities.doStep(forged)).toMatchObject({ kind: 'ended', status: { state: 'skipped' } });
    await activities.doStep({ ...forged, at: at('wipe') });
    expect(sent.map(({ url }) => url)).toEqual(['https://db.example.com/wipe']);
    expect(record.states).toEqual({ rare: 'skipped', wipe: 'succeeded' });
  });

  it('believes no end of a step that it did not write for this beginning of it', async () => {
    const { activities, at, record } = run(ok, wipe);
    await activities.requestPeople({ at: at('ok') });
    const end = JSON.stringify({ state: 'succeeded', text: 'approved by bo' });
    await expect(activities.recordLate({ at: at('ok'), late: { end, proof: 'mine' } })).rejects.toThrow(
      'No activity',
    );
    const elsewhere = { end, proof: openProof.prove(JSON.stringify(['incident-1', 'run', 'wipe', 1]), end) };
    await expect(activities.recordLate({ at: at('ok'), late: elsewhere })).rejects.toThrow('No activity');
    // Not even a genuine result can approve a question.
    const own = { end, proof: openProof.prove(JSON.stringify(['incident-1', 'run', 'ok', 1]), end) };
    expect(await activities.recordLate({ at: at('ok'), late: own })).toMatchObject({ state: 'waiting' });
    await activities.passStep({ at: at('ok', 2) });
    expect(record.states).toEqual({ ok: 'waiting', wipe: 'pending' });
  });

  it('lets no time pass that has not passed by the record', async () => {
    const { activities, at, record } = run(pause, ok, byHand, wipe);
    await activities.beginWait({ at: at('pause') });
    expect((await activities.endWait({ at: at('pause') })).leftMs).toBeGreaterThan(3_500_000);
    await activities.requestPeople({ at: at('ok') });
    await activities.requestPeople({ at: at('by-hand') });
    for (const step of ['ok', 'by-hand'])
      expect(await activities.status({ at: at(step), expire: true })).toMatchObject({ state: 'waiting' });
    await activities.loseStep({ at: at('wipe') });
    await activities.escalateIncident({ at: at('ok') });
    expect(record.states).toEqual({ pause: 'pending', ok: 'waiting', 'by-hand': 'waiting', wipe: 'pending' });
    expect(record.builder.kinds).not.toContain('escalated');
  });

  it('calls no run a success in which something waits', async () => {
    const { activities, at, record } = run(ok);
    await activities.requestPeople({ at: at('ok') });
    await activities.finishRun({ incidentId: 'incident-2', runId: 'run', state: 'succeeded', current: null });
    expect(record.run.state).toBe('waiting');
    await activities.finishRun({ incidentId: 'incident-1', runId: 'run', state: 'succeeded', current: null });
    expect(record.run.state).toBe('failed');
  });

  it('is of its own incident', async () => {
    const { activities, at, sent } = run(wipe);
    await expect(activities.doStep({ at: { ...at('wipe'), incidentId: 'incident-2' } })).rejects.toThrow(
      'is not of incident',
    );
    expect(sent).toEqual([]);
  });
});
