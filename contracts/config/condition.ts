import { z } from 'zod';
import { SOURCE_MAX } from '../../domain/rules/compile.js';
import { compileCondition } from '../../domain/rules/condition.js';
import type { Variables } from '../../domain/rules/variables.js';

/** A CEL condition over these variables; compiled and type-checked when the document is read. */
export const condition = (variables: Variables) =>
  z
    .string()
    .max(SOURCE_MAX)
    .check((ctx) => {
      const outcome = compileCondition(ctx.value, variables);
      if (outcome.kind === 'compiled') return;
      const { message, line, column } = outcome.error;
      const where = line === 1 ? `character ${column}` : `line ${line}, character ${column}`;
      ctx.issues.push({
        code: 'custom',
        message: `${message} (at ${where} of the expression)`,
        input: ctx.value,
      });
    });
