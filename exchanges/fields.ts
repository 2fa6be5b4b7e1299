/**
 * Fields of exchanges' answers, read strictly. Every number arrives as a string with all its digits (see
 * `ccxt/exact-json.ts`). Filter, don't coerce: `""` and `null` are no zero.
 */
import { z } from 'zod';
import { isPositive, parseDecimal, type Decimal } from '../domain/decimal.ts';

/** A figure that must be there. */
export const figure = z
  .unknown()
  .optional()
  .transform((value, context): Decimal => {
    const parsed = parseDecimal(value);
    if (parsed !== undefined) return parsed;
    context.addIssue({ code: 'custom', message: 'is no number' });
    return z.NEVER;
  });

/** A figure that may be missing, `""` or `null`; anything else must be a number. */
export const figureIfAny = z
  .unknown()
  .optional()
  .transform((value, context): Decimal | undefined => {
    if (value === undefined || value === null || value === '') return undefined;
    const parsed = parseDecimal(value);
    if (parsed === undefined) context.addIssue({ code: 'custom', message: 'is no number' });
    return parsed;
  });

/** A price where 0 means "none". */
export const priceIfAny = figureIfAny.transform((value) =>
  value !== undefined && isPositive(value) ? value : undefined,
);

export const epochMs = figure.transform(Number);
export const epochMsIfAny = figureIfAny.transform((value) =>
  value === undefined || Number(value) <= 0 ? undefined : Number(value),
);

/** Ids are compared as text; `"0"` and `""` stand for none. */
export const idText = z.union([z.string(), z.number()]).transform(String);
export const id = idText.refine((value) => /^\d+$/.test(value) && value !== '0', 'is no id');
export const idIfAny = idText.nullish().transform((value) => (value && value !== '0' ? value : undefined));

export const flag = z
  .union([z.boolean(), z.string()])
  .nullish()
  .transform((value) => value === true || value === 'true');
export const flagIfAny = z
  .union([z.boolean(), z.string()])
  .nullish()
  .transform((value) =>
    value === true || value === 'true' ? true : value === false || value === 'false' ? false : undefined,
  );

export const word = z.string().transform((value) => value.toUpperCase());
export const wordIfAny = z
  .string()
  .nullish()
  .transform((value) => value?.toUpperCase() || undefined);
