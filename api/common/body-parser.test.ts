import { describe, expect, it } from '@jest/globals';
import { parseForm } from './body-parser.js';

describe('a form', () => {
  it('has texts, and lists where a field is sent twice', () => {
    expect({ ...parseForm(Buffer.from('a=1&b=x+y%21&a=2&a=3')) }).toEqual({ a: ['1', '2', '3'], b: 'x y!' });
  });

  it('has no prototype to reach', () => {
    const form = parseForm(Buffer.from('__proto__=x&constructor=y'));
    expect(Object.getPrototypeOf(form)).toBeNull();
    expect(Object.keys(form)).toEqual(['__proto__', 'constructor']);
    expect(({} as Record<string, unknown>)['x']).toBeUndefined();
  });

  it('cannot carry what PostgreSQL cannot store', () => {
    expect(parseForm(Buffer.from('a=%00b'))['a']).toBe('\uFFFDb');
  });
});
