import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { checkReferences } from '../../domain/config/references.js';
import { CONFIG_KINDS } from '../../domain/config/specs.js';
import { cheapest } from '../../test/harness/cpu.js';
import { parseDocuments } from './documents.js';

const errorsOf = (text: string, file = 'teams.yaml'): string[] =>
  parseDocuments(text, { file }).errors.map(({ message }) => message);

const service = (spec: string): string =>
  `apiVersion: tocsin/v1\nkind: Service\nmetadata: {name: db}\nspec:\n  displayName: DB\n  team: ops\n${spec}`;
const runbook = (steps: string, inputs = '{host: {type: string}}'): string =>
  `apiVersion: tocsin/v1\nkind: Runbook\nmetadata: {name: drain}\nspec:\n  inputs: ${inputs}\n  steps:\n${steps}`;
const team = (name: string): string =>
  `apiVersion: tocsin/v1\nkind: Team\nmetadata: {name: ${name}}\nspec: {displayName: X, timezone: UTC}\n`;

describe('the sample organisation', () => {
  const folder = new URL('../../examples/config/', import.meta.url);
  const parsed = readdirSync(folder).map((file) =>
    parseDocuments(readFileSync(new URL(file, folder), 'utf8'), { file }),
  );

  it('is valid, uses every kind, and names nothing that is not there', () => {
    expect(parsed.flatMap(({ errors }) => errors)).toEqual([]);
    const documents = parsed.flatMap((one) => one.documents);
    expect(new Set(documents.map(({ kind }) => kind))).toEqual(new Set(CONFIG_KINDS));
    expect(checkReferences(documents)).toEqual([]);
  });
});

describe('JSON as programs send it, on one line', () => {
  const policy = (steps: number, indent?: number): string =>
    JSON.stringify(
      {
        apiVersion: 'tocsin/v1',
        kind: 'EscalationPolicy',
        metadata: { name: 'checkout' },
        spec: {
          team: 'checkout',
          steps: Array.from({ length: steps }, () => ({ notify: [{ person: 'ana' }], wait: '5m' })),
        },
      },
      null,
      indent,
    );

  it('is read as wide as it is: width is not depth', () => {
    for (const contentType of ['application/json', 'text/yaml']) {
      const { documents, errors } = parseDocuments(policy(18), { contentType });
      expect(errors).toEqual([]);
      expect(documents[0]?.spec).toEqual(parseDocuments(policy(18, 2)).documents[0]?.spec);
    }
  });

  it.each([
    ['brackets', `${'['.repeat(80)}${']'.repeat(80)}`],
    ['braces', `${'{"a":'.repeat(80)}1${'}'.repeat(80)}`],
    ['list signs on one line', `${'- '.repeat(80)}x`],
    ['lines each further in', Array.from({ length: 80 }, (_, depth) => `${' '.repeat(depth)}a:\n`).join('')],
  ])('is refused when it is deep: %s', (_name, text) => {
    expect(errorsOf(text)[0]).toContain('nested deeper than 64 levels');
  });
});

describe('a text that is broken or too long from end to end', () => {
  const fill = (text: string, bytes = 64 * 1024): string => text.repeat(bytes / text.length);

  it.each([
    ['closing braces', fill('}\n')],
    ['wrong escapes', `"${fill('\\x')}`],
    ['anchors', fill('&a\n')],
    ['aliases', fill('*a\n')],
    ['directives', fill('%YAML 9\n')],
    ['empty keys', fill(':\n')],
    ['unknown fields', service(fill('  x1: 1\n'))],
    ['wrong entries', service(`  dependsOn:\n${fill('    - B!\n')}`)],
    ['documents of no kind', `[${fill('{},')}{}]`],
  ])('names at most 200 of what is wrong: %s', (_name, text) => {
    const errors = errorsOf(text);
    expect(errors.length).toBeGreaterThan(0);
    expect(errors.length).toBeLessThanOrEqual(200);
  });

  it.each([
    ['values', `[${fill('{},', 1_000_000)}{}]`, 'more values than one body may have'],
    ['fields', fill('a: 1\n', 1_000_000), 'more values than one body may have'],
    ['empty lines', fill('#\n', 1_000_000), 'more than 100000 lines'],
  ])('is refused before it is read: %s', (_name, text, reason) => {
    expect(cheapest(() => errorsOf(text), 2)).toBeLessThan(1_500);
    expect(errorsOf(text)[0]).toContain(reason);
  });
});

describe('an error in a document', () => {
  it.each([
    ['a number over its bound', service('  tier: 7\n'), 'teams.yaml:7:9 spec.tier: at most 4, got 7'],
    [
      'an unknown field with the likely one',
      service('  teir: 1\n'),
      'teams.yaml:7:3 spec.teir: unknown field, did you mean tier?',
    ],
    ['an unknown field that is like none', service('  zzz: 1\n'), 'teams.yaml:7:3 spec.zzz: unknown field'],
    [
      'a wrong type',
      service('  dependsOn: payments\n'),
      'teams.yaml:7:14 spec.dependsOn: a list, got "payments"',
    ],
    [
      'a bad name in a list',
      service('  dependsOn: [a, B!]\n'),
      'teams.yaml:7:18 spec.dependsOn[1]: a name of at most 63 characters a-z, 0-9 and "-", such as checkout-db, got "B!"',
    ],
    [
      'a field missing',
      'apiVersion: tocsin/v1\nkind: Team\nmetadata: {name: a}\nspec:\n  displayName: A\n',
      'teams.yaml:4:1 spec.timezone: missing: a text is needed',
    ],
    [
      'a zone that is none',
      team('a').replace('UTC', '+02:00'),
      'teams.yaml:4:34 spec.timezone: an IANA time zone such as Europe/Berlin or UTC, got "+02:00"',
    ],
    [
      'a kind misspelt',
      'apiVersion: tocsin/v1\nkind: Teem\n',
      'teams.yaml:2:7 kind: unknown kind "Teem", did you mean Team?',
    ],
    [
      'a kind left out',
      'apiVersion: tocsin/v1\n',
      'teams.yaml:1:1 kind: missing: one of Organisation, Team,',
    ],
    [
      'another version',
      team('a').replace('v1', 'v2'),
      'teams.yaml:1:13 apiVersion: tocsin/v1, got "tocsin/v2"',
    ],
    [
      'a link that is no web address',
      service('  links: [{title: X, url: "javascript:alert(1)"}]\n'),
      'teams.yaml:7:27 spec.links[0].url: a full http or https address',
    ],
    [
      'a choice with no kind',
      service('  diagnostics: [{name: a, check: {}}]\n'),
      'teams.yaml:7:34 spec.diagnostics[0].check: one of http, dns, tls, tcp is missing',
    ],
    [
      'a check of a later version',
      service('  diagnostics: [{name: a, check: {prometheus: up}}]\n'),
      '"prometheus" is not supported yet',
    ],
    [
      'two kinds at once',
      service('  diagnostics: [{name: a, check: {tcp: a, dns: b, port: 1}}]\n'),
      'only one of dns and tcp can be here',
    ],
    [
      'a fault inside the chosen kind',
      service('  diagnostics: [{name: a, check: {tcp: a, port: 99999}}]\n'),
      'spec.diagnostics[0].check.port: at most 65535, got 99999',
    ],
    [
      'a target that is in a step already',
      'apiVersion: tocsin/v1\nkind: EscalationPolicy\nmetadata: {name: a}\nspec:\n  team: ops\n  steps:\n    - wait: 5m\n      notify:\n        - {schedule: main}\n        - {schedule: main, slot: now}\n',
      'teams.yaml:10:11 spec.steps[0].notify[1]: schedule main (now) is in this list already',
    ],
    [
      'a member that has a turn already',
      'apiVersion: tocsin/v1\nkind: EscalationPolicy\nmetadata: {name: a}\nspec:\n  team: ops\n  steps:\n    - wait: 5m\n      notify: [{roundRobin: [{person: ana}, {person: bo}, {person: ana}]}]\n',
      'teams.yaml:8:59 spec.steps[0].notify[0].roundRobin[2]: person ana is in this list already',
    ],
    [
      'a wait of years',
      'apiVersion: tocsin/v1\nkind: EscalationPolicy\nmetadata: {name: a}\nspec:\n  team: ops\n  steps: [{notify: [{person: ana}], wait: 999999d}]\n',
      'teams.yaml:6:43 spec.steps[0].wait: a duration of at most 30d, got "999999d"',
    ],
    [
      'what is no duration',
      'apiVersion: tocsin/v1\nkind: Organisation\nmetadata: {name: default}\nspec: {displayName: A, timezone: UTC, reachability: {every: abc}}\n',
      'teams.yaml:4:61 spec.reachability.every: a duration such as 30s, 5m, 2h or 1d, got "abc"',
    ],
    [
      'a round of minutes',
      'apiVersion: tocsin/v1\nkind: Organisation\nmetadata: {name: default}\nspec: {displayName: A, timezone: UTC, reachability: {every: 59m}}\n',
      'teams.yaml:4:61 spec.reachability.every: an hour or more, such as 7d, got "59m"',
    ],
    [
      'a term of decades',
      'apiVersion: tocsin/v1\nkind: ResponsePlan\nmetadata: {name: a}\nspec: {priorities: {P1: {postmortem: {due: 9999bd}}}}\n',
      'teams.yaml:4:44 spec.priorities.P1.postmortem.due: business days such as 3bd, or a duration such as 5d or 36h, got "9999bd"',
    ],
    ['a text as document', 'hello\n', 'teams.yaml:1:1: a document with apiVersion'],
  ])('says file, line, column, field and what would be right: %s', (_, text, expected) => {
    const errors = errorsOf(text);
    expect(errors).toHaveLength(1);
    expect(errors[0]).toContain(expected);
  });

  it('is one of all: every error of every document is given', () => {
    expect(errorsOf(`${service('  tier: 7\n  zzz: 1\n')}---\nkind: Nope\n`)).toHaveLength(3);
  });

  it('names both places of a document that is there twice', () => {
    expect(errorsOf(`${team('a')}---\n${team('b')}---\n${team('a')}`)).toEqual([
      'teams.yaml:11:1 metadata.name: Team "a" is here twice: first at teams.yaml:1:1',
    ]);
  });

  it('only one Organisation may be, called default', () => {
    expect(
      errorsOf(
        'apiVersion: tocsin/v1\nkind: Organisation\nmetadata: {name: acme}\nspec: {displayName: X, timezone: UTC}\n',
      )[0],
    ).toContain('called default, got "acme"');
  });
});

describe('a body', () => {
  it('may be YAML documents, JSON, a JSON list, or {items: […]}', () => {
    const json = {
      apiVersion: 'tocsin/v1',
      kind: 'Team',
      metadata: { name: 'a' },
      spec: { displayName: 'A', timezone: 'UTC' },
    };
    const bodies = [
      JSON.stringify(json, null, '\t'),
      JSON.stringify([json]),
      JSON.stringify({ items: [json] }),
    ];
    for (const body of bodies) {
      expect(parseDocuments(body, { contentType: 'application/json' })).toMatchObject({
        errors: [],
        documents: [{ name: 'a', spec: { discipline: 'development', members: [], managers: [] } }],
      });
    }
    expect(
      parseDocuments(`${team('a')}---\n---\n# nothing\n---\n${team('b')}`).documents.map(({ name }) => name),
    ).toEqual(['a', 'b']);
    expect(parseDocuments('').documents).toEqual([]);
  });

  it('that says it is JSON has to be', () => {
    const [error] = parseDocuments('{"a": 1,\n  b}', {
      file: 'x.json',
      contentType: 'application/json',
    }).errors;
    expect(error).toMatchObject({
      file: 'x.json',
      line: 2,
      col: 3,
      reason: expect.stringContaining('not JSON'),
    });
  });

  it('keeps the words of YAML 1.2: `on` is a text and a date too', () => {
    const { documents } = parseDocuments(
      runbook('    - {wait: 1m}\n').replace('spec:', 'spec:\n  on: {manual: true}'),
    );
    expect(documents[0]?.spec).toMatchObject({ on: { manual: true }, steps: [{ id: 'step-1', wait: '1m' }] });
  });

  it.each([
    ['duplicate keys', 'a: 1\na: 2\n', 'twice'],
    ['duplicate keys in JSON', '{"kind": "Team", "kind": "Person"}', 'twice'],
    ['__proto__', '__proto__: {a: 1}\n', 'not allowed as a key'],
    ['constructor deep inside', 'a: [{constructor: 1}]\n', 'not allowed as a key'],
    [
      'an alias bomb',
      `a: &a [x,x,x,x,x,x,x,x,x]\n${Array.from('bcdefghi', (c, n) => `${c}: &${c} [${Array(9).fill(`*${'abcdefgh'[n]}`).join(',')}]\n`).join('')}`,
      'aliases',
    ],
    ['an alias of itself', 'a: &a [*a]\n', 'no anchor &a'],
    ['brackets without end', '['.repeat(100_000), 'nested deeper'],
    ['braces without end', '{a: '.repeat(100_000), 'nested deeper'],
    ['lists in lists on one line', '- '.repeat(100_000), 'nested deeper'],
    [
      'indentation without end',
      Array.from({ length: 500 }, (_, n) => `${' '.repeat(n)}a:`).join('\n'),
      'nested deeper',
    ],
    ['more than a mebibyte', `a: ${'x'.repeat(1_100_000)}`, 'larger than'],
    ['another YAML version', '%YAML 1.1\n---\na: yes\n', 'only YAML 1.2'],
    ['a tag', 'a: !!binary aGk=\n', 'tag'],
    ['an unknown tag', 'a: !ruby/object x\n', 'tag'],
    ['a list as key', '? [a]\n: 1\n', 'key'],
    ['a number without end', 'a: .inf\n', 'not a number that can be used'],
    ['text that is not closed', 'a: "x\n', 'quote'],
  ])('is refused with %s', (_, text, reason) => {
    const { documents, errors } = parseDocuments(text);
    expect(documents).toEqual([]);
    expect(errors.map((error) => error.reason).join('\n')).toContain(reason);
  });

  it('of very many mistakes is told the first ones', () => {
    const keys = Array.from({ length: 10_000 }, (_, n) => `  field${n}: 1`).join('\n');
    const { documents, errors } = parseDocuments(
      `apiVersion: tocsin/v1\nkind: Team\nmetadata: {name: a}\nspec:\n${keys}`,
    );
    expect(documents).toEqual([]);
    expect(errors.length).toBeLessThanOrEqual(60);
    const wrong = Array.from({ length: 400 }, (_, n) => team(`t${n}`).replace('UTC', 'Mars')).join('---\n');
    expect(parseDocuments(wrong).errors).toHaveLength(200);
  });

  it('never throws, whatever the text', () => {
    const bit = fc.constantFrom(
      'apiVersion: tocsin/v1\n',
      'kind: Team\n',
      'kind: Runbook\n',
      'metadata: {name: a}\n',
      'spec:\n',
      '  steps:\n',
      '  - ',
      '---\n',
      '&a ',
      '*a',
      '[',
      ']',
      '{',
      '}',
      ':',
      ',',
      '"',
      "'",
      '|\n',
      '\t',
      '? ',
      '! ',
      '%',
      '#',
      '${{ x }}',
      ' ',
      '\n',
      '1',
      'null',
      '\u0000',
      '\uD800',
    );
    const text = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.array(bit, { maxLength: 40 }).map((bits) => bits.join('')),
      fc.json(),
    );
    fc.assert(
      fc.property(text, fc.constantFrom('text/yaml', 'application/json'), (body, contentType) => {
        const { documents, errors } = parseDocuments(body, { contentType });
        for (const { line, col } of [...errors, ...documents.map(({ position }) => position)]) {
          expect(line).toBeGreaterThan(0);
          expect(col).toBeGreaterThan(0);
        }
      }),
      { numRuns: 500 },
    );
  });
});

describe('a runbook', () => {
  it.each([
    [
      'a step with no kind',
      '    - {id: a}\n',
      'one of http, check, notify, wait, manual, approve, switch is missing',
    ],
    [
      'a step with two kinds',
      '    - {id: a, wait: 1m, manual: x}\n',
      'only one of wait and manual can be here',
    ],
    ['a step of a later version', '    - {id: a, run: ./x.sh}\n', '"run" is not supported yet'],
    [
      'an id twice',
      '    - {id: a, wait: 1m}\n    - {id: a, wait: 1m}\n',
      'spec.steps[1].id: the id "a" is taken by step 1',
    ],
    [
      'a jump to nowhere',
      '    - {id: a, wait: 1m, on-failure: "goto:z"}\n',
      'there is no step "z"; there are a',
    ],
    [
      'a switch to nowhere',
      '    - {id: a, switch: [{if: "true", goto: z}]}\n',
      'spec.steps[0].switch[0].goto: there is no step "z"',
    ],
    [
      'an unknown word',
      '    - {id: a, wait: 1m, on-timeout: explode}\n',
      'one of abort, continue, escalate or goto:<step id>, got "explode"',
    ],
    [
      'an unknown input',
      '    - {id: a, notify: {text: "on ${{ inputs.hots }}"}}\n',
      'spec.steps[0].notify.text: No such key: hots (at character 15 of the text)',
    ],
    [
      'an output that no step gives',
      '    - {id: a, wait: 1m}\n    - {id: b, notify: {text: "${{ steps.a.outputs.x }}"}}\n',
      'No such key: x',
    ],
    [
      'result outside outputs',
      '    - {id: a, notify: {text: "${{ result.body }}"}}\n',
      'Unknown variable: result',
    ],
    [
      'a condition that is a text',
      '    - {id: a, wait: 1m, if: "${{ inputs.host }}"}\n',
      'a condition must be true or false, this is a string',
    ],
    [
      'an expression in a header',
      '    - {id: a, http: {url: "https://a.example", headers: {X: "${{ 1 + }}"}}}\n',
      'spec.steps[0].http.headers.X: Unexpected token',
    ],
  ])('is refused with %s', (_, steps, expected) => {
    expect(errorsOf(runbook(steps)).join('\n')).toContain(expected);
  });

  it.each([
    ['{n: {type: number, default: "x"}}', 'spec.inputs.n.default: a number, got "x"'],
    ['{c: {type: choice}}', 'a choice needs its options'],
    ['{c: {type: choice, options: [a], default: b}}', 'one of a, got "b"'],
    ['{h: {type: string, default: "${{ steps.a.outputs.x }}"}}', 'Unknown variable: steps'],
  ])('is refused with the inputs %s', (inputs, expected) => {
    expect(errorsOf(runbook('    - {wait: 1m}\n', inputs)).join('\n')).toContain(expected);
  });
});
