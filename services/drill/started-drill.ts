/** The outcome of a drill's start, or the refusal. */
import type { RefusedDrill, StartedDrill } from '../../db/drill/start-drill.js';
import { notFound, Problem } from '../common/problem.js';

/** 409 while a real incident is open for a team that takes part. */
export function startedDrill(name: string, started: StartedDrill | RefusedDrill | null): StartedDrill {
  if (started === null) throw notFound(`There is no drill ${name.slice(0, 63)}.`);
  if ('refused' in started)
    throw new Problem(
      409,
      'real_incident',
      `${started.refused}. Nothing was started: start the drill after that incident.`,
    );
  return started;
}
