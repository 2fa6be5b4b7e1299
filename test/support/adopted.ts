/** Positions that the exchange holds and no workflow kept, taken up as the account's workflow does it. */
import type { AdoptionFacts, KeptPolicy } from '../../domain/position/adoption.ts';
import type { AdoptRequest } from '../../domain/commands.ts';
import { adoptionStart } from '../../domain/position/entry.ts';
import type { ExchangePosition, LegSnapshot } from '../../domain/exchange-truth.ts';
import { epochAt } from '../../domain/ids.ts';
import { account, BTC, exchangePosition, gateway, snapshot, T0 } from './builders.ts';
import { PositionDriver } from './position-driver.ts';

/** What the exchange says of a leg with one position, when it is taken up. */
export const adoptionFacts = (
  position: ExchangePosition,
  change: Partial<Omit<AdoptionFacts, 'snapshot'>> & Partial<Pick<LegSnapshot, 'orders'>> = {},
): AdoptionFacts => {
  const { orders = [], ...facts } = change;
  return {
    rules: BTC,
    positionMode: position.leg === 'net' ? 'one-way' : 'hedge',
    positionIds: position.exchangePositionId !== undefined,
    batches: false,
    snapshot: snapshot(gateway(T0), { position, orders }),
    price: '109200',
    openedAtMs: null,
    entryOrderId: null,
    ...facts,
  };
};

type Facts = Parameters<typeof adoptionFacts>[1];
type Wish = Partial<AdoptRequest> & { policy?: KeptPolicy };

/** Taken up, before anything was done for it. */
export function takenUp(position: ExchangePosition, facts: Facts = {}, wish: Wish = {}): PositionDriver {
  const { symbol, leg } = position;
  const request = { symbol, leg, policy: 'protect' as const, ...wish };
  return new PositionDriver(
    adoptionStart(account(), request, position, adoptionFacts(position, facts), epochAt(T0)),
  );
}

/** A long of 0.05 BTC but for the change, taken up. */
export const adopted = (
  change: Partial<ExchangePosition> = {},
  facts: Facts = {},
  wish: Wish = {},
): PositionDriver => takenUp(exchangePosition(change), facts, wish);
