/**
 * The configuration file's shape. Every setting is optional: a copy without a file trades on paper.
 * The names with underscores are those of the older position monitors that people bring along. Its
 * descriptions are what editors show.
 */
import { z } from 'zod';
import { ACCOUNT_NAME } from '../contract/ids.ts';
import { accountSchema, behaviour } from './account-schema.ts';
import { MAX_BASE_PORT } from './ports.ts';
import { port } from './schema-parts.ts';

/** Sets of paper accounts for a copy whose configuration names none. */
export const DEMOS = ['paper', 'bingx', 'bybit', 'binance', 'all'] as const;

const accountName = z.string().regex(ACCOUNT_NAME, {
  error:
    'this cannot be an account name | Use 1 to 32 lower-case letters, digits and dashes, beginning with a letter or digit',
});

export const temporalSchema = z
  .strictObject({
    address: z
      .string()
      .regex(/^[^\s/:]+:\d{1,5}$|^\[[0-9a-f:]+\]:\d{1,5}$/i, {
        error: 'this is not an address | Write host:port, e.g. 127.0.0.1:7233',
      })
      .describe('host:port of a server that runs elsewhere; without it `up` starts one')
      .optional(),
    namespace: z
      .string()
      .regex(/^[A-Za-z0-9][\w.-]*$/, { error: 'this is not a namespace | Write a name, e.g. default' })
      .describe('Default: default')
      .optional(),
    port: port.describe('Of the server that `up` starts').optional(),
    uiPort: port.describe('Of its Web UI').optional(),
  })
  .meta({ title: 'Temporal', description: 'The server that keeps the state of every position' });

export const venueSchema = z
  .strictObject({
    port: port.describe('Where it speaks the protocols of the exchanges').optional(),
    controlPort: port.describe('Of its control interface').optional(),
    seed: z.int().min(0).max(4_294_967_295).describe('Makes the random walk repeatable').optional(),
    candles: z.string().min(1).describe('A CSV of candles (.gz too) that drives the prices').optional(),
    trades: z.string().min(1).describe('A CSV of trades that drives the prices').optional(),
    speed: z
      .union([z.number().min(0.001).max(1_000_000), z.literal('max')], {
        error: 'this is not a speed | Write how many times real time, e.g. 60, or max',
      })
      .describe('Times real time, or max')
      .optional(),
  })
  .meta({ title: 'Venue', description: 'The simulated exchange that paper accounts trade on' });

export const healthSchema = z
  .strictObject({
    enabled: z.boolean().describe('Default true').optional(),
    host: z
      .string()
      .regex(/^[0-9a-z.:-]+$/i, { error: 'this is not a host | Write an address, e.g. 127.0.0.1' })
      .describe('Anything but loopback shows it to others, without a password. Default 127.0.0.1')
      .optional(),
    port: z.int().min(0).max(65_535).describe('0: one that the system chooses').optional(),
  })
  .meta({ title: 'Health', description: 'Where the worker tells how it is, and its metrics' });

export const dailySyncSchema = z
  .strictObject({
    enabled: z.boolean().describe('Default true').optional(),
    at: z
      .string()
      .regex(/^([01]\d|2[0-3]):[0-5]\d$/, {
        error: 'this is not a time of day | Write hours and minutes in quotes, e.g. "00:05", UTC',
      })
      .describe('Hours and minutes, UTC; default "00:05"')
      .optional(),
    execute: z
      .boolean()
      .describe('What differs is put right; else it is only reported. Default false')
      .optional(),
  })
  .meta({ title: 'Daily sync', description: 'Once a day every account is compared with its exchange' });

export const fileSchema = z
  .strictObject({
    $schema: z.string().describe('Where editors find this schema, in a file of JSON').optional(),
    demo: z.enum(DEMOS).describe('Which paper accounts there are where accounts names none').optional(),
    dataDir: z
      .string()
      .min(1)
      .describe("Everything that must survive: Temporal's state, the venue's books, the journal")
      .optional(),
    ports: z
      .int()
      .min(1)
      .max(MAX_BASE_PORT)
      .describe("First of five: Temporal, its Web UI, the venue, the venue's control, the worker's health")
      .optional(),
    temporal: temporalSchema.optional(),
    venue: venueSchema.optional(),
    health: healthSchema.optional(),
    accounts: z
      .record(accountName, accountSchema)
      .meta({ title: 'Accounts', description: 'By name: lower-case letters, digits and dashes' })
      .optional(),
    daily_sync: dailySyncSchema.optional(),
    ...behaviour,
  })
  .meta({ title: 'Holdfast', description: 'Configuration of Holdfast; every setting is optional' });

/** `paper`: one account to try things out; an exchange: its protocol alone; `all`: the three side by side. */
export type Demo = (typeof DEMOS)[number];

export type FileConfig = z.output<typeof fileSchema>;
