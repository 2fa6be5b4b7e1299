/** Executions of a leg, each told as one of the order that was asked for: the algo order where one triggered. */
import type { Fill } from '../../domain/exchange-truth.ts';
import type { LegName } from '../../domain/terms.ts';
import type { FillQuery } from '../exchange.ts';
import { ExchangeFault } from '../errors.ts';
import { legOf } from './legs.ts';
import { settleAssetOf } from './markets.ts';
import { sideOf } from './map-order.ts';
import type { Origin, OriginReader } from './origins.ts';
import type { Deps } from './orders.ts';
import { readTrades } from './trades.ts';
import type { FillRow } from './wire.ts';

const DATING_SLACK_MS = 1_000;

export function createFillReader(deps: Deps, origins: OriginReader): (query: FillQuery) => Promise<Fill[]> {
  return async ({ symbol, leg, sinceMs, untilMs = Date.now() }) => {
    const { clock } = deps.api;
    const window = {
      fromMs: clock.toServer(sinceMs) - DATING_SLACK_MS,
      toMs: clock.toServer(untilMs) + DATING_SLACK_MS,
    };
    const trades = (await readTrades(deps, symbol, window)).filter((trade) => isOnLeg(trade, leg));
    const known = await origins(symbol, trades);
    return trades.map((trade) => ({
      ...fillOf(trade, known.get(trade.orderId), settleAssetOf(symbol)),
      symbol,
      leg,
      atMs: clock.toOurs(trade.time),
    }));
  };
}

/** Throws where a row names no leg: it might be of this one. */
function isOnLeg({ positionSide, id }: FillRow, leg: LegName): boolean {
  const found = legOf(positionSide);
  if (!found) throw new ExchangeFault('bad_answer', `fills: ${id} names no position side`);
  return found === leg;
}

function fillOf(
  trade: FillRow,
  origin: Origin | undefined,
  settleAsset: string,
): Omit<Fill, 'symbol' | 'leg' | 'atMs'> {
  const fee = feeOf(trade, settleAsset);
  return {
    fillId: trade.id,
    orderId: origin?.orderId ?? trade.orderId,
    side: sideOf(trade),
    price: trade.price,
    quantity: trade.qty,
    ...(fee !== undefined && { fee }),
    ...(origin?.forced && { forced: origin.forced }),
    ...(origin?.clientOrderId !== undefined && { clientOrderId: origin.clientOrderId }),
  };
}

/** A fee charged in another coin (BNB) is no number of quote units: it stays unknown. */
export const feeOf = ({ commission, commissionAsset }: FillRow, settleAsset: string): string | undefined =>
  commissionAsset === undefined || commissionAsset === null || commissionAsset === settleAsset
    ? commission
    : undefined;
