import { describe, expect, it } from '@jest/globals';
import { readMatcher } from './matcher.js';
import { type LikedAlert, silenceLike, typedMatchers } from './silence-like.js';

const alert = (more: Partial<LikedAlert> = {}): LikedAlert => ({
  source: 'prometheus',
  service: 'shop',
  title: 'Replica lag',
  labels: {},
  ...more,
});

describe('a silence for alerts such as these', () => {
  it.each([
    ['nothing', [], []],
    ['one alert', [alert()], ['service', 'title']],
    [
      'one rule of one service',
      [
        alert({ title: 'a', labels: { alertname: 'Lag' } }),
        alert({ title: 'b', labels: { alertname: 'Lag' } }),
      ],
      ['service', 'labels.alertname'],
    ],
    ['one title of two services', [alert(), alert({ service: 'pay' })], ['source', 'title']],
    ['two titles', [alert(), alert({ title: 'Disk full' })], ['source']],
    ['no service', [alert({ service: null })], ['source', 'title']],
    ['two sources and titles', [alert(), alert({ source: 'x', title: 'y' })], []],
    ['a title of two lines', [alert({ title: 'a\nb' })], ['source']],
  ])('of %s names what they share', (_, alerts, fields) => {
    expect(silenceLike(alerts).map(({ field }) => field)).toEqual(fields);
  });

  it('is read back as it was', () => {
    const matchers = silenceLike([alert({ title: 'say "hi" = 3 ~ x' })]);
    expect(typedMatchers(matchers).split('\n').map(readMatcher)).toEqual(matchers);
  });
});
