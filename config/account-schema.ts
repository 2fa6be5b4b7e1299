/** What may be set for one account, and what may stand at the top of the file for all of them. */
import { z } from 'zod';
import { gt } from '../domain/decimal.ts';
import { EXCHANGE_NAMES, type ExchangeName } from '../domain/exchanges.ts';
import { ORDERS_PER_POSITION } from '../domain/account/exposure.ts';
import { decimal, environmentName, milliseconds, symbolName, tradedSymbol, url } from './schema-parts.ts';
import { symbolSchema, volatilityAndMerging } from './symbol-schema.ts';

export const advancedSchema = z
  .strictObject({
    crossingGraceMs: milliseconds
      .describe('How long a target or stop order may take to act once its price was crossed; default 1500')
      .optional(),
    entryValidMs: milliseconds
      .describe('An entry that no worker could send for this long is given up, unsent; default 120000')
      .optional(),
    positionLagMs: milliseconds
      .describe("How long the exchange's positions list may lag behind fills; default 3000")
      .optional(),
    unknownAlarmMs: milliseconds
      .describe('An order of unknown outcome raises an alarm after this; default 15000')
      .optional(),
    uncoveredAlarmMs: milliseconds
      .describe('Missing cover raises an alarm after this; default 5000')
      .optional(),
    emergencyCloseMs: milliseconds
      .nullable()
      .describe('Missing cover closes the position at market after this; null: never. Default 30000')
      .optional(),
  })
  .meta({ id: 'advanced', title: 'Times', description: 'In milliseconds; the defaults were measured' });

export const adoptionSchema = z
  .strictObject({
    policy: z
      .enum(['ignore', 'watch', 'protect', 'manage'])
      .describe('What is done for them; default protect. See docs/adoption.md')
      .optional(),
    stop_loss_pct: decimal
      .nullable()
      .describe(
        'Stop, percent away from the entry price, for a symbol without its own; null: none. Default 5',
      )
      .optional(),
    take_profit_pct: decimal
      .nullable()
      .describe('Target, percent away from the entry price, for a symbol without its own; null: none')
      .optional(),
  })
  .meta({
    id: 'adoption',
    title: 'Adoption',
    description: 'What becomes of positions on the exchange that Holdfast did not open',
  });

export const reconciliationAlertSchema = z
  .strictObject({
    count: z.int().min(0).max(100_000).describe('More than this are frequent; default 10').optional(),
    window_minutes: z.int().min(1).max(10_080).describe('Within as many minutes; default 60').optional(),
  })
  .meta({
    id: 'reconciliation_alert',
    title: 'Alert of reconciliations',
    description: 'More reconciliations than this are frequent, and are told',
  });

/** Position settings may stand at the top for all accounts, and in an account for itself. */
export const behaviour = {
  use_position_monitor: z
    .boolean()
    .describe('Follow prices; without it the orders at the exchange act alone. Default true')
    .optional(),
  instant_tp_enabled: z
    .boolean()
    .describe('Close at market when the price is beyond a target that has not filled. Default true')
    .optional(),
  price_monitor_reconnect_delay: z
    .number()
    .min(0.1)
    .max(600)
    .describe('Seconds until a price stream that broke is opened again; default 5')
    .optional(),
  tp_sl_batch_enabled: z
    .boolean()
    .describe('Send stop and target in one request where the exchange takes several. Default true')
    .optional(),
  ...volatilityAndMerging,
  symbols: z
    .record(symbolName, symbolSchema)
    .meta({
      title: 'Symbols',
      description: 'Settings by symbol (BTC/USDT:USDT, BTC-USDT, BTCUSDT or btc); default for all others',
    })
    .optional(),
  adoption: adoptionSchema.optional(),
  reconciliation_alert: reconciliationAlertSchema.optional(),
  advanced: advancedSchema.optional(),
};

export const limitsSchema = z
  .strictObject({
    max_open_positions: z.int().min(1).max(10_000).describe('Open at the same time; default 10').optional(),
    max_notional_per_position: decimal.describe('Quote units of one position').optional(),
    max_notional_total: decimal.describe('Quote units of all positions together').optional(),
    max_orders: z
      .int()
      .min(ORDERS_PER_POSITION)
      .max(10_000)
      .describe('Open orders of the whole account; a position needs three: entry, stop and target')
      .optional(),
    equity_floor: decimal
      .describe('No entries while equity is below; in the coin that the account settles in')
      .optional(),
    daily_loss: decimal
      .describe('No entries once the day (UTC) has lost as much; in the coin that the account settles in')
      .optional(),
    daily_loss_pct: decimal
      .refine((percent) => !gt(percent, '100'), {
        error: 'a day cannot lose more than all | Write percent, e.g. 5',
      })
      .describe('The same in percent of what the account was worth before')
      .optional(),
    allowed_symbols: z
      .array(tradedSymbol)
      .refine((symbols) => symbols.length > 0, {
        error: 'nothing could be opened | Name symbols, or leave it out to allow all',
      })
      .describe('Nothing else may be opened')
      .optional(),
  })
  .meta({ id: 'limits', title: 'Limits', description: 'What entries are held against; see docs/limits.md' });

/** Where an account trades that names no exchange. */
export const DEFAULT_EXCHANGE: ExchangeName = 'bingx';

export const accountSchema = z
  .strictObject({
    exchange: z.enum(EXCHANGE_NAMES).describe(`Default ${DEFAULT_EXCHANGE}`).optional(),
    mode: z
      .enum(['paper', 'demo', 'live'])
      .describe("paper: the simulated venue, the default. demo: the exchange's test money. live: real money")
      .optional(),
    live: z.boolean().describe('The second word that mode live needs').optional(),
    endpoint: url.describe("Base URL; default: the local venue on paper, else the exchange's own").optional(),
    apiKeyEnv: environmentName
      .describe('Name of the environment variable that holds the API key, never the key itself')
      .optional(),
    secretEnv: environmentName
      .describe('Name of the environment variable that holds the secret, never the secret itself')
      .optional(),
    keysFile: z
      .string()
      .min(1)
      .describe('A file with apiKey and secret that only you can read, instead of the two variables')
      .optional(),
    positionMode: z
      .enum(['one-way', 'hedge'])
      .describe('As it is set at the exchange; default one-way')
      .optional(),
    leverage: z
      .number()
      .min(1)
      .max(150)
      .describe('Set before the first entry of a symbol; default: as it is at the exchange')
      .optional(),
    limits: limitsSchema.optional(),
    allow_unknown_key_permissions: z
      .boolean()
      .describe(
        'In live mode, serve it although the exchange does not tell what its key may do. Default false',
      )
      .optional(),
    rate_limits: z
      .enum(['uid-and-ip', 'uid', 'off'])
      .describe("Which of the exchange's documented limits are kept; default: all that fit the mode")
      .optional(),
    ...behaviour,
  })
  .meta({ id: 'account', title: 'Account', description: 'One account of one exchange' });

export type FileAccount = z.output<typeof accountSchema>;
export type FileAdoption = z.output<typeof adoptionSchema>;
