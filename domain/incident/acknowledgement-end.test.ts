/** How long an acknowledgement lasts, by whom it is, and beside another one. */
import { describe, expect, it } from '@jest/globals';
import { at, checkoutTrack, IncidentStory, securityTrack } from './testing/incident-story.js';

const teams = [
  { ...checkoutTrack, required: true },
  { ...securityTrack, required: true },
];

describe('an acknowledgement', () => {
  it('of a second team lasts as long as the timeline says: the later end of the two counts', () => {
    const story = new IncidentStory(teams, { ackTimeoutMs: 1_800_000 });
    story.page(['ana']);
    story.page(['gus'], { track: 'trust' });
    story.acknowledge('ana', 10);
    story.acknowledge('gus', 1_700);
    expect(story.events.at(-1)).toMatchObject({ kind: 'acknowledged', data: { expiresAt: at(3_500) } });
    expect(story.state.ackExpiresAt).toBe(at(3_500));
    expect(story.ask({ type: 'expire_acknowledgement' }, { seconds: 1_810 })).toBe('unchanged');
  });

  it('of a source ends after 30 minutes where a plan lets acknowledgements last (ADR 13)', () => {
    const story = new IncidentStory([checkoutTrack], { ackTimeoutMs: 0 });
    story.ask({ type: 'acknowledge', person: 'source:pd' }, { seconds: 10, actor: 'source:pd' });
    expect(story.state).toMatchObject({ status: 'acknowledged', ackExpiresAt: at(1_810) });
    story.acknowledge('ana', 20);
    expect(story.state).toMatchObject({ acknowledgedBy: 'ana', ackExpiresAt: null });
  });

  it('of a key or a source extends what a person has by nothing', () => {
    const story = new IncidentStory(teams, { ackTimeoutMs: 60_000 });
    story.page(['ana']);
    story.acknowledge('ana', 10);
    const end = story.state.ackExpiresAt;
    story.ask({ type: 'acknowledge', person: 'source:pd' }, { seconds: 40, actor: 'source:pd' });
    story.ask({ type: 'acknowledge', person: 'gus' }, { seconds: 50, actor: 'key:7' });
    expect(story.state).toMatchObject({ acknowledgedBy: 'ana', ackExpiresAt: end });
  });
});

describe('a snooze', () => {
  it('lasts 30 days at the most', () => {
    const story = new IncidentStory([checkoutTrack]);
    const days = (n: number): string => at(n * 86_400);
    expect(story.ask({ type: 'snooze', until: days(31) }, { actor: 'ana' })).toBe('snooze_too_long');
    expect(story.ask({ type: 'snooze', until: days(30) }, { actor: 'ana' })).toBe('accepted');
  });
});

describe('a merge', () => {
  it('of a real incident into a drill, or of a drill into a real incident, is refused', () => {
    const story = new IncidentStory([checkoutTrack]);
    const into = { type: 'merge', into: 'incident-9', number: 'INC-9' } as const;
    expect(story.ask({ ...into, drill: 'drill-1' }, { actor: 'ana' })).toBe('merge_with_drill');
    expect(story.state.status).toBe('triggered');
    expect(story.ask({ ...into, drill: null }, { actor: 'ana' })).toBe('accepted');
  });
});
