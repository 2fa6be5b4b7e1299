/**
 * Finished positions, rebuilt from Binance's executions and funding, as it keeps no history of positions:
 * one row for each time a leg went from flat to flat. What of it Binance itself says: prices, quantities,
 * what each execution realised and cost, each funding. What is summed up here: everything in the row.
 */
import { add, sub, toPlaces } from '../../domain/decimal.ts';
import type { ClosedPosition } from '../../domain/exchange-truth.ts';
import type { LegName } from '../../domain/terms.ts';
import type { ClosedPositionQuery } from '../exchange.ts';
import { rebuildEpochs, type Epoch, type Execution } from '../epochs.ts';
import { feeOf } from './fills.ts';
import { fundingOf, readFunding, type Funding } from './funding.ts';
import { tradesOfLegs, type LegTrades } from './held.ts';
import { sideOf } from './map-order.ts';
import { settleAssetOf } from './markets.ts';
import type { Deps } from './orders.ts';
import type { OriginReader } from './origins.ts';
import type { FillRow } from './wire.ts';

const DATING_SLACK_MS = 1_000;
/** Decimals of Binance's own average prices. */
const AVERAGE_PLACES = 8;

type LegEpoch = Epoch & { leg: LegName };
type ClosedEpoch = LegEpoch & { closedAtMs: number };

export function createHistoryReader(
  deps: Deps,
  origins: OriginReader,
): (query: ClosedPositionQuery) => Promise<ClosedPosition[]> {
  return async ({ symbol, sinceMs, untilMs = Date.now() }) => {
    const { clock } = deps.api;
    const fromMs = clock.toServer(sinceMs) - DATING_SLACK_MS;
    const toMs = clock.toServer(untilMs) + DATING_SLACK_MS;
    const legs = await tradesOfLegs(deps, symbol, fromMs);
    const epochs = legs.flatMap((leg) => epochsOf(leg, settleAssetOf(symbol)));
    const closed = epochs
      .filter(isClosed)
      .filter(({ closedAtMs }) => closedAtMs >= fromMs && closedAtMs <= toMs)
      .sort((a, b) => a.closedAtMs - b.closedAtMs);
    const fundings = await fundingsOf(deps, symbol, closed);
    const ofClosed = new Set(closed.flatMap(({ orderIds }) => orderIds));
    const trades = legs.flatMap((leg) => leg.trades).filter(({ orderId }) => ofClosed.has(orderId));
    const known = await origins(symbol, trades);
    return closed.map((epoch) => {
      const forced = known.get(epoch.lastOrderId)?.forced;
      const row = rowOf(epoch, fundingOf(epoch, epochs, fundings));
      return {
        ...row,
        symbol,
        // As the port knows them: a stop by its own id, not by that of the order that carried it out.
        orderIds: epoch.orderIds.map((id) => known.get(id)?.orderId ?? id),
        closedAtMs: clock.toOurs(epoch.closedAtMs),
        ...(epoch.openedAtMs !== undefined && { openedAtMs: clock.toOurs(epoch.openedAtMs) }),
        ...(forced && { forced }),
      };
    });
  };
}

const epochsOf = ({ leg, trades, heldBefore }: LegTrades, settleAsset: string): LegEpoch[] =>
  rebuildEpochs(
    trades.map((trade) => executionOf(trade, settleAsset)),
    heldBefore,
  ).map((epoch) => ({ ...epoch, leg }));

const isClosed = (epoch: LegEpoch): epoch is ClosedEpoch => epoch.closedAtMs !== undefined;

function executionOf(trade: FillRow, settleAsset: string): Execution {
  const fee = feeOf(trade, settleAsset);
  return {
    orderId: trade.orderId,
    side: sideOf(trade),
    price: trade.price,
    quantity: trade.qty,
    atMs: trade.time,
    ...(fee !== undefined && { fee }),
    ...(trade.realizedPnl !== undefined && { realizedPnl: trade.realizedPnl }),
  };
}

/** Asked only where a position closed: the question is a dear one. */
async function fundingsOf(deps: Deps, symbol: string, closed: readonly ClosedEpoch[]): Promise<Funding[]> {
  const begun = closed.map(({ openedAtMs, closedAtMs }) => openedAtMs ?? closedAtMs);
  const last = closed.at(-1);
  return last === undefined
    ? []
    : readFunding(deps, symbol, { fromMs: Math.min(...begun), toMs: last.closedAtMs });
}

/** Net is told only where all of its parts are known. */
function rowOf(
  { leg, side, quantity, entryPrice, closePrice, realizedPnl, fees, openedAtMs }: ClosedEpoch,
  fundingSeen: string | undefined,
): Omit<ClosedPosition, 'symbol'> {
  const funding = openedAtMs === undefined ? undefined : fundingSeen;
  const netPnl =
    realizedPnl === undefined || fees === undefined || funding === undefined
      ? undefined
      : add(sub(realizedPnl, fees), funding);
  return {
    leg,
    side,
    quantity,
    closePrice: toPlaces(closePrice, AVERAGE_PLACES),
    whole: true,
    ...(entryPrice !== undefined && { entryPrice: toPlaces(entryPrice, AVERAGE_PLACES) }),
    ...(realizedPnl !== undefined && { realizedPnl }),
    ...(fees !== undefined && { fees }),
    ...(funding !== undefined && { funding }),
    ...(netPnl !== undefined && { netPnl }),
  };
}
