import { describe, expect, it } from '@jest/globals';
import { contractProblems } from './contract-problems.js';

const withSchemas = (schemas: object, paths: object = {}) =>
  contractProblems({ paths, components: { schemas } });

describe('what is wrong with a contract', () => {
  it('is a schema that refers to itself, alone or by others', () => {
    expect(withSchemas({ Problem: { $ref: '#/components/schemas/Problem' } })).toEqual([
      'components.schemas.Problem: refers to itself',
    ]);
    const pair = { A: { $ref: '#/components/schemas/B' }, B: { $ref: '#/components/schemas/A' } };
    expect(withSchemas(pair)).toHaveLength(2);
    // A tree contains itself in a field.
    expect(withSchemas({ Tree: { properties: { next: { $ref: '#/components/schemas/Tree' } } } })).toEqual(
      [],
    );
  });

  it('is a reference to nothing, a pattern of one language, a body without an example', () => {
    expect(withSchemas({ A: { items: { $ref: '#/components/schemas/B' } } })).toEqual([
      '#/components/schemas/B: there is no such schema',
    ]);
    expect(withSchemas({ A: { type: 'string', pattern: '^(?!-)[a-z]+$' } })[0]).toContain('ECMAScript only');
    expect(withSchemas({ A: { type: 'string', pattern: '^[a-z]+$' } })).toEqual([]);
    const body = (media: object) => ({
      '/a': { post: { requestBody: { content: { 'application/json': media } } } },
    });
    expect(withSchemas({}, body({ schema: {} }))[0]).toContain('POST /a: its body');
    expect(withSchemas({}, body({ schema: {}, example: {} }))).toEqual([]);
  });
});
