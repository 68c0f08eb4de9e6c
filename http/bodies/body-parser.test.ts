import { describe, expect, it } from '@jest/globals';
import { fastify as createFastify } from 'fastify';
import { parseForm, registerBodyParser } from './body-parser.js';

describe('a body', () => {
  it.each(['application/json', 'text/plain', 'x', 'json;;;=', '/', 'application/json; charset="', undefined])(
    'labelled %j is read as its route says',
    async (type) => {
      const fastify = createFastify();
      registerBodyParser(fastify);
      fastify.post('/', { config: { body: 'raw' } }, (request) => String(request.body));
      const url = await fastify.listen({ port: 0, host: '127.0.0.1' });
      const answer = await fetch(url, {
        method: 'POST',
        body: Buffer.from('{"a": 1}'),
        headers: type === undefined ? {} : { 'content-type': type },
      });
      expect([answer.status, await answer.text()]).toEqual([200, '{"a": 1}']);
      await fastify.close();
    },
  );
});

describe('a form', () => {
  it('has texts, and lists where a field is sent twice', () => {
    expect({ ...parseForm(Buffer.from('a=1&b=x+y%21&a=2&a=3')) }).toEqual({ a: ['1', '2', '3'], b: 'x y!' });
  });

  it('with many fields is refused before any of them is read', () => {
    expect(Object.keys(parseForm(Buffer.from('a&b&c'), 3))).toEqual(['a', 'b', 'c']);
    expect(() => parseForm(Buffer.from('a&b&c&d'), 3)).toThrow('more than 3 fields');
    expect(() => parseForm(Buffer.from('a&'.repeat(40_000)))).toThrow('more than 200 fields');
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
