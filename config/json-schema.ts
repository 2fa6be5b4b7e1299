/** The configuration file's JSON schema: editors complete and check `holdfast.yaml` by it. */
import { z } from 'zod';
import { fileSchema } from './schema.ts';

/** Describes what is written in a file, before defaults. */
export const configJsonSchema = (): unknown =>
  z.toJSONSchema(fileSchema, { io: 'input', unrepresentable: 'any' });
