import { describe, expect, it } from '@jest/globals';
import { createElement } from 'react';
import { renderToStaticMarkup } from 'react-dom/server';
import { cheapest } from '../../test/harness/cpu.js';
import { Changes } from './changes.js';

const html = (before: string, after: string): string =>
  renderToStaticMarkup(createElement(Changes, { before, after }));
const lines = (bytes: number, letter: string): string =>
  Array.from({ length: bytes / 3 }, (_, index) => `${letter}${(index * 7) % 10}\n`).join('');

describe('the changes of a text', () => {
  it('is shown by words, removed and added', () => {
    expect(html('the disk was full', 'the disk is full')).toBe(
      '<p class="prose"><span>the disk </span><del>was</del><ins>is</ins><span> full</span></p>',
    );
  });

  it.each([
    ['words', 7_900],
    ['12 KB of lines', 12_000],
    ['a whole section', 128 * 1024],
  ])('costs little when nothing is common and it is large: %s', (_name, bytes) => {
    const [before, after] = [lines(bytes / 2, 'a'), lines(bytes / 2, 'b')];
    let shown = '';
    expect(cheapest(() => (shown = html(before, after)))).toBeLessThan(100);
    expect(shown).toContain(before);
    expect(shown).toContain(after);
    expect(shown).toContain('Too much changed');
  });
});
