import { describe, expect, it } from '@jest/globals';
import { questionScript, DIGITS_HELP } from '../../../../domain/delivery/call-script.js';
import { noticeMessage, pageMessage } from '../../../shared/testing/messages.js';
import { spokenText } from './spoken.js';

describe('a call', () => {
  it('says who is meant, what it is and which keys answer', () => {
    expect(spokenText(pageMessage())).toBe(
      "Ana Sorel, you are being paged. Priority 1. Incident INC 42, on checkout db: Replica lag 900 s. Press 4 to acknowledge, 6 to resolve, 9 for can't take it.",
    );
  });

  it('says DRILL before anything else, and that it is a repeat', () => {
    const text = spokenText(pageMessage({ possibleDuplicate: true, incident: { drill: true } }));
    expect(text.startsWith('DRILL. This is an exercise. This is a repeat call. ')).toBe(true);
  });

  it('asks for no key when there is nothing to answer', () => {
    expect(spokenText(noticeMessage)).not.toContain('Press');
    expect(spokenText(noticeMessage)).toContain('Drained.');
  });

  it.each(['"', "'", '&', '<', 'Ω', '\u{1f525}'])(
    'says the keys, twice, whatever the title is: %s',
    (character) => {
      const title = character.repeat(5_000);
      const alsoPaged = Array.from(
        { length: 200 },
        (_, n) => ({ number: `INC-${n}`, title, priority: 'P1', link: 'x' }) as const,
      );
      const text = spokenText(pageMessage({ incident: { title }, alsoPaged }));
      const script = questionScript(
        text,
        `https://tocsin.example.com/hooks/twilio/voice?d=${'ab12'.repeat(16)}`,
      );
      expect(script.length).toBeLessThan(4_000);
      expect(script.split(DIGITS_HELP)).toHaveLength(3);
    },
  );

  it('is cut to what somebody listens to', () => {
    expect(spokenText(pageMessage({ incident: { title: 'x'.repeat(5_000) } })).length).toBeLessThan(700);
  });
});
