/** What is done past Holdfast, on the exchange itself. */
import { expect } from 'vitest';
import { execute, planAccount } from '../../../client/cli/protection/protect-account.ts';
import { readProtection } from '../../../client/cli/protection/reading.ts';
import { accountConfig } from '../../../config/account.ts';
import { connection } from '../../../config/connection.ts';
import type { OrderRequest } from '../../../domain/exchange-truth.ts';
import { closingSide, type Leg } from '../../../domain/terms.ts';
import { createExchange } from '../../../exchanges/create.ts';
import type { Exchange } from '../../../exchanges/exchange.ts';
import { until, type Play } from './play.ts';

async function directly<T>(
  { processes, account }: Play,
  work: (exchange: Exchange) => Promise<T>,
): Promise<T> {
  const exchange = await createExchange(connection(accountConfig(processes.config, account)));
  try {
    return await work(exchange);
  } finally {
    await exchange.close();
  }
}

/** As `holdfast protect` does, for this play's position alone. */
export const protectDirectly = (play: Play): Promise<void> =>
  directly(play, async (exchange) => {
    const protecting = {
      account: accountConfig(play.processes.config, play.account),
      exchange,
      keeps: async ({ symbol }: Leg) => symbol !== play.symbol,
    };
    // Its position shows a little later.
    await until(async () => {
      const reading = await readProtection(exchange, async () => {});
      const done = await execute(protecting, await planAccount(protecting, reading), reading);
      expect(done).toMatchObject([{ placed: { outcome: 'live' } }]);
    });
  });

/** What another program with the same keys places on the leg. */
export const placedByOthers = (play: Play, order: Partial<OrderRequest>): Promise<void> =>
  directly(play, async (exchange) => {
    const { symbol, leg } = play;
    const outcome = await exchange.placeOrder({
      clientOrderId: `foreign${play.venueSymbol.slice(0, 6).replace('-', '').toLowerCase()}`,
      symbol,
      leg,
      side: closingSide('long'),
      kind: 'stop_market',
      quantity: '1',
      reduceOnly: true,
      workingType: 'CONTRACT_PRICE',
      ...order,
    });
    expect(outcome).toMatchObject({ outcome: 'accepted' });
  });
