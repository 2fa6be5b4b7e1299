/**
 * The journal row of a position that no workflow kept, from the exchange's history alone. Its figures are
 * the exchange's to the last digit, its reason is what the exchange proves, and its epoch is made of what
 * never changes, so that writing it again is the same row; an own epoch has nine characters, a recovered
 * one more, so that neither can be taken for the other.
 */
import type { ClosedPosition } from '../exchange-truth.ts';
import { epochAt } from '../ids.ts';
import type { AccountMode, ExchangeName } from '../terms.ts';
import { iso, type TradeRow } from '../position/trade.ts';
import type { ExitReason } from '../view.ts';

const RECOVERED = /^[0-9a-z]{9}r[0-9a-z]+$/;
/** Gateways tell a time a few milliseconds apart from each other, by what they take for the exchange's clock. */
const ROUNDED_MS = 60_000;

/** What is known besides the exchange's row. */
export type Besides = { entryOrderId?: string; exitOrderId?: string };

/** Undefined for a row that names no time: nothing tells it from another. */
export function recoveredTrade(
  { account, exchange, mode }: { account: string; exchange: ExchangeName; mode: AccountMode },
  row: ClosedPosition,
  besides: Besides = {},
): TradeRow | undefined {
  const epoch = recoveredEpoch(row);
  if (epoch === undefined) return undefined;
  return {
    account,
    symbol: row.symbol,
    leg: row.leg,
    epoch,
    exchange,
    mode,
    side: row.side,
    // Whoever opened it, no workflow here did.
    adopted: true,
    entryOrderId: row.orderIds?.[0] ?? besides.entryOrderId ?? null,
    exchangePositionId: row.exchangePositionId ?? null,
    exitOrderId: row.orderIds?.at(-1) ?? besides.exitOrderId ?? null,
    exitReason: reasonOf(row),
    quantity: row.quantity,
    entryPrice: row.entryPrice ?? null,
    closePrice: row.closePrice ?? null,
    realizedPnl: row.realizedPnl ?? null,
    netPnl: row.netPnl ?? null,
    fees: row.fees ?? null,
    funding: row.funding ?? null,
    entryAt: iso(row.openedAtMs ?? null),
    exitAt: iso(row.closedAtMs ?? null),
    uncoveredMs: 0,
    figuresSource: 'exchange',
  };
}

export const isRecovered = ({ epoch }: { epoch: string }): boolean => RECOVERED.test(epoch);

function reasonOf({ forced }: ClosedPosition): ExitReason {
  if (forced === undefined) return 'EXCHANGE_CLOSED_RECONCILIATION';
  return forced === 'liquidation' ? 'LIQUIDATION' : 'ADL';
}

function recoveredEpoch({
  exchangePositionId,
  orderIds,
  openedAtMs,
  closedAtMs,
}: ClosedPosition): string | undefined {
  const atMs = openedAtMs ?? closedAtMs;
  if (atMs === undefined) return undefined;
  const name = exchangePositionId ?? orderIds?.[0] ?? String(closedAtMs ?? atMs);
  return `${epochAt(Math.floor(atMs / ROUNDED_MS) * ROUNDED_MS)}r${plain(name)}`;
}

const plain = (name: string): string => name.toLowerCase().replaceAll(/[^0-9a-z]/g, '');
