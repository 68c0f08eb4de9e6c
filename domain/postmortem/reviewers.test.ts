import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { ConfigDocument, ConfigKind, ConfigSnapshot } from '../config/specs.js';
import type { Role } from '../config/terms.js';
import type { IncidentState } from '../incident/state.js';
import { draftedIncident } from './review-fixtures.js';
import { chooseReviewers } from './reviewers.js';

const person = (name: string, role: Role = 'responder'): ConfigDocument<'Person'> => ({
  kind: 'Person',
  name,
  revision: 1,
  spec: {
    displayName: name,
    email: `${name}@example.com`,
    timezone: 'UTC',
    role,
    contacts: [],
    rules: { high: [], low: [] },
  },
});

const team = (name: string, members: string[], managers: string[]): ConfigDocument<'Team'> => ({
  kind: 'Team',
  name,
  revision: 1,
  spec: { displayName: name, discipline: 'development', timezone: 'UTC', members, managers },
});

function snapshotOf(documents: ConfigDocument[]): Pick<ConfigSnapshot, 'get' | 'list'> {
  return {
    // A document returned for a kind has that kind.
    get: <K extends ConfigKind>(kind: K, name: string) =>
      documents.find((one) => one.kind === kind && one.name === name) as ConfigDocument<K> | undefined,
    list: <K extends ConfigKind>(kind: K) =>
      documents.filter((one) => one.kind === kind) as ConfigDocument<K>[],
  };
}

const people = [
  person('ana'),
  person('bo'),
  person('cleo'),
  person('dana', 'stakeholder'),
  person('root', 'admin'),
];
const checkout = team('checkout', ['ana', 'bo', 'cleo'], ['ana']);

interface Case {
  state?: IncidentState;
  stakeholders?: string[];
  documents?: ConfigDocument[];
  author?: string;
}

function choose({
  state = draftedIncident(),
  stakeholders = ['dana'],
  documents = [...people, checkout],
  author = 'ana',
}: Case) {
  const { reviewers, problems } = chooseReviewers({
    state,
    response: { stakeholders, escalations: [] },
    snapshot: snapshotOf(documents),
    author,
  });
  const of = (group: string): string[] =>
    reviewers.filter((one) => one.group === group).map((one) => one.person);
  return { participants: of('participants'), stakeholders: of('stakeholders'), problems };
}

describe('chooseReviewers', () => {
  it('asks who acknowledged and the named stakeholders', () => {
    expect(choose({ author: 'bo' })).toEqual({ participants: ['ana'], stakeholders: ['dana'], problems: [] });
  });

  it('asks the team when only the author took part', () => {
    expect(choose({ author: 'ana' })).toEqual({
      participants: ['bo', 'cleo'],
      stakeholders: ['dana'],
      problems: [],
    });
  });

  it('asks the managers when no stakeholder is named, and admins when there is no manager', () => {
    expect(choose({ stakeholders: [], author: 'bo' })).toMatchObject({
      participants: ['cleo'],
      stakeholders: ['ana'],
    });
    const unmanaged = [...people, team('checkout', ['ana', 'bo'], [])];
    expect(choose({ stakeholders: [], author: 'bo', documents: unmanaged })).toMatchObject({
      stakeholders: ['root'],
    });
  });

  it('keeps a named stakeholder who took part in one group', () => {
    expect(choose({ stakeholders: ['ana'], author: 'bo' })).toEqual({
      participants: ['cleo'],
      stakeholders: ['ana'],
      problems: [],
    });
  });

  it('lets a spare stakeholder who took part fill the participants', () => {
    const small = [person('ana'), person('bo'), person('dana'), team('checkout', ['bo'], [])];
    expect(choose({ stakeholders: ['dana', 'ana'], author: 'bo', documents: small })).toEqual({
      participants: ['ana'],
      stakeholders: ['dana'],
      problems: [],
    });
  });

  it('leaves out people who are no longer there', () => {
    expect(choose({ stakeholders: ['gone', 'dana'], author: 'bo' }).stakeholders).toEqual(['dana']);
  });

  it('says which quorum nobody can fill, and lowers none', () => {
    const alone = [person('ana'), team('checkout', ['ana'], ['ana'])];
    const { participants, stakeholders, problems } = choose({ stakeholders: [], documents: alone });
    expect([participants, stakeholders]).toEqual([[], []]);
    expect(problems).toEqual([
      expect.stringContaining('participants: 1 needed, 0 found besides ana'),
      expect.stringContaining('stakeholders: 1 needed, 0 found besides ana'),
    ]);
  });

  it('never asks the author or anybody twice, and has no problem only with every quorum filled', () => {
    const names = people.map((one) => one.name);
    const some = fc.subarray(names);
    fc.assert(
      fc.property(
        fc.record({
          members: some,
          managers: some,
          stakeholders: some,
          participants: fc.nat(3),
          needed: fc.nat(2),
          author: fc.constantFrom(...names),
        }),
        ({ members, managers, stakeholders, participants, needed, author }) => {
          const quorum = { participants, stakeholders: needed };
          const chosen = choose({
            state: draftedIncident(quorum),
            documents: [...people, team('checkout', members, managers)],
            stakeholders,
            author,
          });
          const all = [...chosen.participants, ...chosen.stakeholders];
          expect(all).not.toContain(author);
          expect(new Set(all).size).toBe(all.length);
          const filled =
            chosen.participants.length >= participants &&
            chosen.stakeholders.length >= needed &&
            all.length > 0;
          expect(chosen.problems.length === 0).toBe(filled);
        },
      ),
    );
  });
});
