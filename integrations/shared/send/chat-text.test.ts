import { describe, expect, it } from '@jest/globals';
import { noticeMessage, pageMessage } from '../testing/messages.js';
import { chatLines, chatText } from './chat-text.js';

const about = {
  description: `Writes stand still since 03:12. ${'x'.repeat(2_000)}`,
  fields: Array.from({ length: 8 }, (_, n) => ({ name: `field ${n}`, value: 'y'.repeat(500) })),
};

describe('the card of a page in a chat', () => {
  it('carries the description of its alert and the first of its fields, cut', () => {
    const { body, facts } = chatText(pageMessage({ about }));
    expect(body).toMatch(/^Writes stand still since 03:12\. x+…$/);
    expect(body?.length).toBeLessThanOrEqual(601);
    const own = facts.filter(({ name }) => name.startsWith('field'));
    expect(own.map(({ name }) => name)).toEqual(['field 0', 'field 1', 'field 2', 'field 3', 'field 4']);
    expect(Math.max(...own.map(({ value }) => value.length))).toBeLessThanOrEqual(121);
    expect(chatLines(chatText(pageMessage({ about }))).join('\n')).toContain('field 4: y');
  });

  it('is as before without them, and a notice keeps its own text', () => {
    expect(chatText(pageMessage()).body).toBeNull();
    expect(chatText(noticeMessage).body).toBe('Drained.');
  });
});
