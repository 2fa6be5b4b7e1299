/**
 * The configuration file's shape. Every setting is optional: a copy without a file trades on paper.
 * The names with underscores are those of the older position monitors that people bring along.
 */
import { z } from 'zod';
import { gt, isPositive, parseDecimal } from '../domain/decimal.ts';
import { EXCHANGE_NAMES, type ExchangeName } from '../domain/exchanges.ts';
import { ORDERS_PER_POSITION } from '../domain/account/exposure.ts';
import { ACCOUNT_NAME } from '../contract/ids.ts';
import { MAX_BASE_PORT } from './ports.ts';
import { parseSymbol } from './symbol.ts';

/** Numbers and decimal strings are both welcome in a file; inside they are decimal strings. */
const decimal = z
  .union([z.string(), z.number()], { error: 'this is not a number | Write a number, e.g. 1.5' })
  .transform((value, context) => {
    const parsed = parseDecimal(value);
    if (parsed !== undefined && isPositive(parsed)) return parsed;
    context.addIssue({
      code: 'custom',
      message: `${JSON.stringify(value)} is not a number above 0 | Write a number, e.g. 1.5`,
    });
    return z.NEVER;
  });

const port = z.int().min(1).max(65_535);
const milliseconds = z.int().min(0).max(86_400_000);

/** The value is never repeated: a URL can carry a password. */
const url = z.string().refine(isBaseUrl, {
  error: 'this is not a plain base URL | Write it like http://127.0.0.1:7835, without a password or a query',
});

function isBaseUrl(text: string): boolean {
  const parsed = URL.parse(text);
  if (parsed === null || !/^https?:$/.test(parsed.protocol)) return false;
  return parsed.username === '' && parsed.password === '' && parsed.search === '' && parsed.hash === '';
}

/** The value is never repeated in the message: it may be a secret that was put here by mistake. */
const environmentName = z.string().regex(/^[A-Za-z_][A-Za-z0-9_]*$/, {
  error:
    'this is not the name of an environment variable | Write the name only, e.g. BINGX_API_KEY, and set the variable where Holdfast starts',
});

/** Sets of paper accounts for a copy whose configuration names none. */
export const DEMOS = ['paper', 'bingx', 'bybit', 'binance', 'all'] as const;

const workingType = z.enum(['CONTRACT_PRICE', 'MARK_PRICE']);

export const symbolSchema = z.strictObject({
  take_profit_enabled: z.boolean().optional(),
  /** Percent away from the entry price. */
  take_profit_pct: decimal.optional(),
  stop_loss_enabled: z.boolean().optional(),
  /** Percent away from the entry price. */
  stop_loss_pct: decimal.optional(),
  working_type: workingType.optional(),
});

const tradedSymbol = z.string().transform((text, context) => {
  const symbol = parseSymbol(text);
  if (symbol !== undefined) return symbol;
  context.addIssue({ code: 'custom', message: 'this is not a symbol | Write it like BTC/USDT:USDT' });
  return z.NEVER;
});

/** `default` holds for every symbol that has no line of its own. */
const symbolName = z.string().refine((text) => text === 'default' || parseSymbol(text) !== undefined, {
  error: 'this is not a symbol | Write it like BTC/USDT:USDT, or default for all others',
});

export const advancedSchema = z.strictObject({
  crossingGraceMs: milliseconds.optional(),
  entryValidMs: milliseconds.optional(),
  positionLagMs: milliseconds.optional(),
  unknownAlarmMs: milliseconds.optional(),
  uncoveredAlarmMs: milliseconds.optional(),
  /** `null`: never. */
  emergencyCloseMs: milliseconds.nullable().optional(),
});

/** What becomes of positions on the exchange that Holdfast did not open. */
export const adoptionSchema = z.strictObject({
  policy: z.enum(['ignore', 'watch', 'protect', 'manage']).optional(),
  /** Percent away from the entry price, for a symbol that has no stop_loss_pct; null: none. */
  stop_loss_pct: decimal.nullable().optional(),
  /** The same for the target. */
  take_profit_pct: decimal.nullable().optional(),
});

/** More reconciliations than this are frequent, and are told. */
export const reconciliationAlertSchema = z.strictObject({
  count: z.int().min(0).max(100_000).optional(),
  window_minutes: z.int().min(1).max(10_080).optional(),
});

/** Position settings may stand at the top for all accounts, and in an account for itself. */
const behaviour = {
  use_position_monitor: z.boolean().optional(),
  instant_tp_enabled: z.boolean().optional(),
  /** Seconds. */
  price_monitor_reconnect_delay: z.number().min(0.1).max(600).optional(),
  tp_sl_batch_enabled: z.boolean().optional(),
  symbols: z.record(symbolName, symbolSchema).optional(),
  adoption: adoptionSchema.optional(),
  reconciliation_alert: reconciliationAlertSchema.optional(),
  advanced: advancedSchema.optional(),
};

export const limitsSchema = z.strictObject({
  max_open_positions: z.int().min(1).max(10_000).optional(),
  /** Quote units of one position. */
  max_notional_per_position: decimal.optional(),
  /** Quote units of all positions together. */
  max_notional_total: decimal.optional(),
  /** Of the whole account, those that positions still need included: entry, stop and target each. */
  max_orders: z.int().min(ORDERS_PER_POSITION).max(10_000).optional(),
  /** No entries while equity is below; in the coin that the account settles in. */
  equity_floor: decimal.optional(),
  /** No entries once the day (UTC) has lost as much; in the same coin. */
  daily_loss: decimal.optional(),
  /** The same in percent of what the account was worth before. */
  daily_loss_pct: decimal
    .refine((percent) => !gt(percent, '100'), {
      error: 'a day cannot lose more than all | Write percent, e.g. 5',
    })
    .optional(),
  /** Nothing else may be opened. */
  allowed_symbols: z
    .array(tradedSymbol)
    .refine((symbols) => symbols.length > 0, {
      error: 'nothing could be opened | Name symbols, or leave it out to allow all',
    })
    .optional(),
});

/** Where an account trades that names no exchange. */
export const DEFAULT_EXCHANGE: ExchangeName = 'bingx';

export const accountSchema = z.strictObject({
  exchange: z.enum(EXCHANGE_NAMES).optional(),
  mode: z.enum(['paper', 'demo', 'live']).optional(),
  live: z.boolean().optional(),
  endpoint: url.optional(),
  apiKeyEnv: environmentName.optional(),
  secretEnv: environmentName.optional(),
  keysFile: z.string().min(1).optional(),
  positionMode: z.enum(['one-way', 'hedge']).optional(),
  leverage: z.number().min(1).max(150).optional(),
  limits: limitsSchema.optional(),
  /** In live mode, serve the account although the exchange does not tell what its key may do. */
  allow_unknown_key_permissions: z.boolean().optional(),
  /** Which of the exchange's documented limits the gateway keeps; absent: all that fit the mode. */
  rate_limits: z.enum(['uid-and-ip', 'uid', 'off']).optional(),
  ...behaviour,
});

const accountName = z.string().regex(ACCOUNT_NAME, {
  error:
    'this cannot be an account name | Use 1 to 32 lower-case letters, digits and dashes, beginning with a letter or digit',
});

export const temporalSchema = z.strictObject({
  /** `host:port` of a server that runs elsewhere; absent: the embedded one. */
  address: z
    .string()
    .regex(/^[^\s/:]+:\d{1,5}$|^\[[0-9a-f:]+\]:\d{1,5}$/i, {
      error: 'this is not an address | Write host:port, e.g. 127.0.0.1:7233',
    })
    .optional(),
  namespace: z
    .string()
    .regex(/^[A-Za-z0-9][\w.-]*$/, { error: 'this is not a namespace | Write a name, e.g. default' })
    .optional(),
  port: port.optional(),
  uiPort: port.optional(),
});

export const venueSchema = z.strictObject({
  port: port.optional(),
  controlPort: port.optional(),
  /** Makes the random walk repeatable. */
  seed: z.int().min(0).max(4_294_967_295).optional(),
  /** A CSV of candles (`.gz` too) that drives the prices. */
  candles: z.string().min(1).optional(),
  /** A CSV of trades that drives the prices. */
  trades: z.string().min(1).optional(),
  speed: z
    .union([z.number().min(0.001).max(1_000_000), z.literal('max')], {
      error: 'this is not a speed | Write how many times real time, e.g. 60, or max',
    })
    .optional(),
});

/** Where the worker tells how it is, and its metrics. */
export const healthSchema = z.strictObject({
  enabled: z.boolean().optional(),
  /** Anything but loopback shows it to others, without a password. */
  host: z
    .string()
    .regex(/^[0-9a-z.:-]+$/i, { error: 'this is not a host | Write an address, e.g. 127.0.0.1' })
    .optional(),
  /** 0: one that the system chooses. */
  port: z.int().min(0).max(65_535).optional(),
});

export const dailySyncSchema = z.strictObject({
  enabled: z.boolean().optional(),
  /** Hours and minutes, UTC. */
  at: z
    .string()
    .regex(/^([01]\d|2[0-3]):[0-5]\d$/, {
      error: 'this is not a time of day | Write hours and minutes in quotes, e.g. "00:05", UTC',
    })
    .optional(),
  /** True: what differs is put right; else it is only reported. */
  execute: z.boolean().optional(),
});

export const fileSchema = z.strictObject({
  /** Which paper accounts there are where `accounts` names none. */
  demo: z.enum(DEMOS).optional(),
  dataDir: z.string().min(1).optional(),
  /** First of a block of five ports: Temporal, its Web UI, the venue, the venue's control, the worker's health. */
  ports: z.int().min(1).max(MAX_BASE_PORT).optional(),
  temporal: temporalSchema.optional(),
  venue: venueSchema.optional(),
  health: healthSchema.optional(),
  accounts: z.record(accountName, accountSchema).optional(),
  /** Once a day every account is compared with its exchange. */
  daily_sync: dailySyncSchema.optional(),
  ...behaviour,
});

/** `paper`: one account to try things out; an exchange: its protocol alone; `all`: the three side by side. */
export type Demo = (typeof DEMOS)[number];

export type FileConfig = z.output<typeof fileSchema>;
export type FileAccount = z.output<typeof accountSchema>;
export type FileSymbol = z.output<typeof symbolSchema>;
export type FileAdoption = z.output<typeof adoptionSchema>;
