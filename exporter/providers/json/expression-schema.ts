import * as z from 'zod';
import { expressionFault } from './expression.ts';

/** A JMESPath expression, checked when the account file is loaded. */
export const expressionSchema = z.string().superRefine((text, context) => {
  const fault = expressionFault(text);
  if (fault !== undefined) {
    context.addIssue({ code: 'custom', message: `expected a JMESPath expression: ${fault}` });
  }
});

const literalSchema = z.union([z.string(), z.number(), z.boolean(), z.null()]);

/** One value, or one of several. */
export const equalsSchema = z.union([literalSchema, z.array(literalSchema).min(1)], {
  error: 'expected a text, a number, true, false or null, or a list of these',
});
