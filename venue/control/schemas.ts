/** The bodies that the control interface accepts, checked at the wire. */
import { z } from 'zod';

const decimal = z.string().regex(/^-?\d+(\.\d+)?$/, 'a decimal string such as "0.05"');
const leg = z.enum(['net', 'long', 'short']);
const speed = z.union([z.number().positive(), z.literal('max')]);
const match = z.strictObject({
  method: z.enum(['GET', 'POST', 'PUT', 'DELETE']).optional(),
  pathContains: z.string().optional(),
  path: z.string().optional(),
  account: z.string().optional(),
  params: z.record(z.string(), z.string()).optional(),
});
const count = z.number().int().min(1);
const legRef = { account: z.string(), symbol: z.string(), leg };

export const FAULT_KINDS = [
  'latency',
  'timeout-before',
  'timeout-after',
  'cut-before',
  'cut-after',
  'cut-mid-body',
  'html-200',
  'status',
  'code',
  'malformed-json',
  'malformed-numbers',
  'stale-positions',
  'empty-positions',
  'partial-positions',
  'lag-positions',
  'stale-orders',
  'empty-orders',
] as const;

export const schemas = {
  account: z.strictObject({
    name: z.string().min(1),
    apiKey: z.string().min(1),
    secret: z.string().min(1),
    balance: decimal.optional(),
    hedgeMode: z.boolean().optional(),
    permissions: z.array(z.enum(['read', 'trade', 'withdraw'])).optional(),
  }),
  market: z.strictObject({
    symbol: z.string(),
    price: decimal,
    tickSize: decimal,
    lotSize: decimal,
    minQuantity: decimal.optional(),
    minNotional: decimal.optional(),
    takerFee: decimal.optional(),
    makerFee: decimal.optional(),
    maxLeverage: count.optional(),
    maintenanceRate: decimal.optional(),
  }),
  price: z.strictObject({
    symbol: z.string(),
    last: decimal.optional(),
    mark: decimal.optional(),
    index: decimal.optional(),
    path: z.enum(['jump', 'walk']).optional(),
    unpinMark: z.boolean().optional(),
  }),
  feed: z.strictObject({ state: z.enum(['running', 'paused']).optional(), speed: speed.optional() }),
  step: z.strictObject({ steps: count.max(1_000_000) }),
  settings: z
    .strictObject({
      positionLagMs: z.number().min(0).max(100_000),
      autoCancelProtection: z.boolean(),
      singleStop: z.enum(['close-position', 'all', 'off']),
      rateLimits: z.boolean(),
      ipLimits: z.boolean(),
      slippageBps: z.number().min(0).max(1_000),
      clientIdLookupMs: z.number().min(0),
      maxOpenOrders: count,
    })
    .partial(),
  clock: z.strictObject({ skewMs: z.number().int() }),
  trade: z.strictObject({
    ...legRef,
    action: z.enum(['open', 'add', 'reduce', 'close', 'flip']),
    direction: z.enum(['long', 'short']).optional(),
    quantity: decimal.optional(),
    price: decimal.optional(),
  }),
  order: z.strictObject({ account: z.string(), orderId: z.string() }),
  amendment: z.strictObject({
    account: z.string(),
    orderId: z.string(),
    quantity: decimal.optional(),
    price: decimal.optional(),
    stopPrice: decimal.optional(),
  }),
  leg: z.strictObject(legRef),
  adl: z.strictObject({ ...legRef, quantity: decimal.optional() }),
  fund: z.strictObject({ symbol: z.string().optional(), rate: decimal.optional() }),
  liquidity: z.strictObject({ symbol: z.string(), perStepQuantity: decimal.nullable() }),
  partialFill: z.strictObject({
    account: z.string(),
    symbol: z.string().optional(),
    quantity: decimal,
    restAfterMs: z.number().min(0).nullable(),
  }),
  fault: z.strictObject({
    kind: z.enum(FAULT_KINDS),
    match: match.optional(),
    count: count.nullable().optional(),
    probability: z.number().min(0).max(1).optional(),
    seed: z.number().int().optional(),
    skip: z.number().int().min(0).optional(),
    params: z
      .strictObject({
        ms: z.number().min(0),
        before: z.boolean(),
        status: z.number().int().min(200).max(599),
        code: z.number().int(),
        msg: z.string(),
        execute: z.boolean(),
        value: z.string().nullable(),
        keep: z.number().int().min(0),
      })
      .partial()
      .optional(),
  }),
  sockets: z.intersection(
    z.discriminatedUnion('action', [
      z.object({ action: z.literal('drop') }),
      z.object({ action: z.enum(['silent', 'speak']) }),
      z.object({ action: z.enum(['hold', 'release']) }),
      z.object({ action: z.enum(['duplicate', 'reorder', 'lose']), count }),
    ]),
    z.object({
      match: z
        .strictObject({ account: z.string(), stream: z.enum(['public', 'private']) })
        .partial()
        .optional(),
    }),
  ),
  expire: z.strictObject({ account: z.string(), silent: z.boolean().optional() }),
  wait: match.extend({
    sinceSeq: z.number().int().optional(),
    timeoutMs: z.number().min(1).max(60_000).optional(),
  }),
  requests: match.extend({ sinceSeq: z.number().int().optional(), limit: count.max(20_000).optional() }),
};
