/**
 * In what the three exchanges differ for a position: what they can do, what they take, and what their
 * refusals mean. Codes and their meanings are the venue's and the adapters' own.
 */
import { classOfCode as binanceClass } from '../../exchanges/binance/codes.ts';
import { BINANCE_CAPABILITIES } from '../../exchanges/binance/exchange.ts';
import { classOfCode as bingxClass } from '../../exchanges/bingx/codes.ts';
import { classOfCode as bybitClass } from '../../exchanges/bybit/codes.ts';
import { refusalOf, type FailureClass } from '../../exchanges/ccxt/failure.ts';
import type { RefusalKind } from '../../domain/exchange-truth.ts';
import type { Refusal } from '../../venue/book/refusal.ts';
import { STRICT_RULES, type PlacingRules } from '../../venue/book/rules.ts';
import { errorOf as binanceError } from '../../venue/protocols/binance/codes.ts';
import { BINANCE_RULES } from '../../venue/protocols/binance/order-request.ts';
import { errorOf as bingxError } from '../../venue/protocols/bingx/codes.ts';
import { errorOf as bybitError } from '../../venue/protocols/bybit/codes.ts';
import { RULES as BYBIT_RULES } from '../../venue/protocols/bybit/rules.ts';

export type FlavourName = 'bingx' | 'bybit' | 'binance';

export type Flavour = {
  name: FlavourName;
  /** Positions carry an id of their own that their rows repeat. */
  positionIds: boolean;
  conditionalClientIds: boolean;
  orderBatches: boolean;
  /** Conditional orders have numbers of their own and fire as another order. */
  algoOrders: boolean;
  /** Whether the exchange keeps rows of closed positions, or the adapter rebuilds them from executions. */
  closedRows: 'kept' | 'rebuilt';
  /** Whether orders say that they only reduce in hedge mode, too. */
  reduceOnlyInHedge: boolean;
  rules: PlacingRules;
  /** What a refusal of the books becomes by the time a position hears of it; undefined: not definite. */
  meaning: (refusal: Refusal) => { kind: RefusalKind | undefined; code: string; reason: string };
};

type Classify = (code: string, text: string) => FailureClass | undefined;

function meaningOf(classOf: Classify, code: string, text: string): ReturnType<Flavour['meaning']> {
  const found = classOf(code, text) ?? 'other';
  return { kind: refusalOf({ class: found, reason: text }), code, reason: text };
}

export const FLAVOURS: Record<FlavourName, Flavour> = {
  bingx: {
    name: 'bingx',
    positionIds: true,
    conditionalClientIds: false,
    orderBatches: true,
    algoOrders: false,
    closedRows: 'kept',
    reduceOnlyInHedge: false,
    rules: STRICT_RULES,
    meaning: (refusal) => {
      const { code, msg } = bingxError(refusal);
      return meaningOf(bingxClass, String(code), msg);
    },
  },
  bybit: {
    name: 'bybit',
    positionIds: false,
    conditionalClientIds: true,
    orderBatches: true,
    algoOrders: false,
    closedRows: 'rebuilt',
    reduceOnlyInHedge: true,
    rules: BYBIT_RULES,
    meaning: (refusal) => {
      const { retCode, retMsg } = bybitError(refusal);
      return meaningOf(bybitClass, String(retCode), retMsg);
    },
  },
  binance: {
    name: 'binance',
    positionIds: BINANCE_CAPABILITIES.positionIds,
    conditionalClientIds: BINANCE_CAPABILITIES.conditionalClientIds,
    orderBatches: BINANCE_CAPABILITIES.orderBatches,
    algoOrders: true,
    closedRows: 'rebuilt',
    reduceOnlyInHedge: false,
    rules: BINANCE_RULES,
    meaning: (refusal) => {
      const { code, msg } = binanceError(refusal);
      return meaningOf(binanceClass, String(code), msg);
    },
  },
};
