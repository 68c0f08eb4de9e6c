/** Inputs and outcome of the decisions about one alert key within a request. */
import type { EntityManager } from 'typeorm';
import type { KeyFacts, SignalDecision } from '../../domain/alert/decide-signal.js';
import type { SourceSpec } from '../../domain/alert/source-spec.js';
import type { ConfigSnapshot } from '../../domain/config/specs.js';

/** The sending source and its specification. */
export interface SignalSource {
  /** Name of the Source document; a drill injects its signals as `drill`. */
  source: string;
  spec: Pick<SourceSpec, 'format' | 'service' | 'routes' | 'acknowledge' | 'stormAfter'>;
  /** Drill run id. */
  drill?: string;
}

export interface SignalBatch {
  tx: EntityManager;
  request: SignalSource;
  snapshot: ConfigSnapshot;
  now: string;
  /** Digest of the request body. */
  body: string | null;
  /** Groups (`groupId`) whose lock the transaction holds. */
  groups: Set<string>;
}

export interface Taken {
  decision: SignalDecision['kind'];
  incident: string | null;
  next: KeyFacts;
}

export const nothingKnown: KeyFacts = { open: null, parkedResolve: null, lastClosed: null };
