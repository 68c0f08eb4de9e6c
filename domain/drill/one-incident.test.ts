import { expect, it } from '@jest/globals';
import { type IncidentOfDrill, openIncidentOfDrill } from './one-incident.js';

const incident = (number: number, status: IncidentOfDrill['status']): IncidentOfDrill => ({
  id: `incident-${number}`,
  number,
  status,
});

it.each<[string, IncidentOfDrill[], string | null]>([
  ['the first alert opens it', [], null],
  ['the next one joins it', [incident(4, 'triggered')], 'incident-4'],
  ['also when somebody has it', [incident(4, 'acknowledged')], 'incident-4'],
  ['a resolved one takes no alerts', [incident(4, 'resolved')], null],
  ['a merged or closed one takes none', [incident(4, 'closed')], null],
  [
    'of several the first',
    [incident(12, 'triggered'), incident(9, 'triggered'), incident(4, 'closed')],
    'incident-9',
  ],
])('%s', (_case, incidents, joined) => expect(openIncidentOfDrill(incidents)).toBe(joined));
