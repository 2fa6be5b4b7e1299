/** Which settings a place in the configuration knows, for "did you mean". */
import {
  accountSchema,
  adoptionSchema,
  advancedSchema,
  limitsSchema,
  reconciliationAlertSchema,
} from './account-schema.ts';
import { dailySyncSchema, fileSchema, healthSchema, temporalSchema, venueSchema } from './schema.ts';
import { symbolSchema, targetSchema } from './symbol-schema.ts';

const SHAPES = {
  temporal: temporalSchema,
  venue: venueSchema,
  health: healthSchema,
  daily_sync: dailySyncSchema,
  limits: limitsSchema,
  adoption: adoptionSchema,
  reconciliation_alert: reconciliationAlertSchema,
  advanced: advancedSchema,
} as const;

/** The setting names that are allowed under `path`. */
export function knownKeys(path: readonly PropertyKey[]): readonly string[] {
  return Object.keys(schemaAt(path).shape);
}

function schemaAt(path: readonly PropertyKey[]) {
  const last = path.at(-1);
  const parent = path.at(-2);
  if (parent === 'symbols') return symbolSchema;
  if (parent === 'take_profit_levels') return targetSchema;
  if (parent === 'accounts' && path.length === 2) return accountSchema;
  const name = Object.keys(SHAPES).find((key) => key === last);
  // `find` searched the keys of SHAPES itself.
  return name === undefined ? fileSchema : SHAPES[name as keyof typeof SHAPES];
}
