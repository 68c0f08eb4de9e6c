/** Effects of the step kinds, loaded by the worker alone. */
import type { StepEffect } from '../ports/step.js';
import { checkEffect } from './check/run.js';
import { httpEffect } from './http/run.js';
import { notifyEffect } from './notify/run.js';
import type { EffectKind, RenderedOf } from './registry.js';

const stepEffects: { [K in EffectKind]: StepEffect<RenderedOf<K>> } = {
  http: httpEffect,
  check: checkEffect,
  notify: notifyEffect,
};

export type RenderedEffect = RenderedOf<EffectKind>;

/** The effect is called with what its own kind renders. */
export const effectOf = (rendered: RenderedEffect): StepEffect<RenderedEffect> => stepEffects[rendered.kind];
