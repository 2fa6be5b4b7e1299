import { describe, expect, it } from 'vitest';
import { card } from '../../domain/position/card.ts';
import { nextAction, summary, view } from '../../domain/position/describe.ts';
import { priceLevels } from '../../domain/position/levels.ts';
import { foreignOrder, settings } from '../support/builders.ts';
import { openPosition, PositionDriver } from '../support/position-driver.ts';

describe('the price levels to watch', () => {
  it('are the stop below and the target above a long, once something is open', () => {
    const position = new PositionDriver();
    expect(priceLevels(position.state)).toEqual([]);
    position.accept('entry', { filled: '0.05' });
    expect(priceLevels(position.state)).toMatchObject([
      {
        kind: 'stop',
        direction: 'down',
        price: '108000',
        levelId: `${position.state.epoch}/t1/stop/108000`,
        workingType: 'CONTRACT_PRICE',
      },
      { kind: 'target', direction: 'up', price: '110000' },
    ]);
  });

  it('are the other way round for a short, and without targets where instant profit is off', () => {
    const position = openPosition({
      side: 'short',
      stopLoss: { price: '110500' },
      takeProfit: { price: '108000' },
      settings: settings({ instantTpEnabled: false }),
    });
    expect(priceLevels(position.state)).toMatchObject([{ kind: 'stop', direction: 'up', price: '110500' }]);
  });

  it('are none once the position closes', () => {
    expect(priceLevels(openPosition().command({ type: 'close', request: {} }).state)).toEqual([]);
  });

  it('have a new generation whenever a price, a fill or an order changes them', () => {
    const position = new PositionDriver({
      limitPrice: '109000',
      positionIds: false,
      stopLoss: { percent: '1' },
    }).accept('entry', { orderId: '1', filled: '0.01', price: '109000', status: 'open' });
    const first = position.state.levelGeneration;
    position
      .apply([{ type: 'LookWanted', number: 1, nowMs: position.now }])
      .find('entry', { filled: '0.05', price: '108000' });
    const second = position.state.levelGeneration;
    expect(second).toBeGreaterThan(first);
    expect(
      position.command({ type: 'setProtection', request: { takeProfit: null } }).state.levelGeneration,
    ).toBeGreaterThan(second);
  });
});

describe('what closing a part has earned', () => {
  const earned = (change: Parameters<typeof openPosition>[0]) => {
    const position = openPosition(change);
    expect(view(position.state, 'id', position.now).realizedPnl).toBe('0');
    position
      .command({ type: 'close', request: { quantity: '0.02' } })
      .accept('close', { filled: '0.02', price: '109000' });
    return { position, pnl: view(position.state, 'id', position.now).realizedPnl };
  };

  it('is shown before the position ends, gross', () => {
    expect(earned({}).pnl).toBe('-4.136');
    const short = { side: 'short', stopLoss: { price: '110500' }, takeProfit: { price: '108000' } } as const;
    expect(earned(short).pnl).toBe('4.136');
  });

  it('is not known while a price of it is not', () => {
    const { state, now } = earned({}).position;
    const intents = state.intents.map((each) => ({ ...each, averagePrice: null }));
    expect(view({ ...state, intents }, 'id', now).realizedPnl).toBeNull();
  });
});

describe('what people see', () => {
  it('is a card that says it all', () => {
    const position = openPosition();
    expect(card(position.state, 'position/paper/BTC/USDT:USDT/net', position.now)).toMatchInlineSnapshot(`
      "### LONG 0.05 BTC/USDT:USDT: open (paper)

      | | |
      |---|---|
      | stop loss | 108000 live \`601\` |
      | take profit | 110000 live \`701\` |
      | next | wait for the target, the stop, or a request |
      | cover | covered by a live stop; 0.0 s without cover in all |
      | entry | 109206.8 at 2026-01-02T01:04:05.005Z |
      | entry order | \`1981288264506753024\` |
      | position id | \`1981288265204482048\` |
      | agrees | yes, last difference read at 2026-01-02T01:04:10.000Z |"
    `);
  });

  it('says at once what is wrong', () => {
    const position = openPosition({ mode: 'live' }).observe({
      orders: [foreignOrder({ kind: 'limit' })],
      flat: true,
    });
    position.find('stop', { filled: '0', status: 'cancelled' }).refuse('stop', 'rule').wait(5_000);
    expect(card(position.state, 'w', position.now)).toMatchInlineSnapshot(`
      "### LONG 0.05 BTC/USDT:USDT: open **LIVE MONEY**

      - **alarm**: the open quantity is not covered by a live stop (2026-01-02T03:04:15.000Z)
      - **alarm**: the exchange refused a stop for 0.05: it says rule (2026-01-02T03:04:10.000Z)
      - **note**: orders on this leg that Holdfast did not place: 7777 (2026-01-02T03:04:10.000Z)

      | | |
      |---|---|
      | stop loss | 108000 pending |
      | take profit | 110000 unknown \`701\` |
      | next | find out what became of the target order hfqhm6re2w2k0mjwaid1kt0003 |
      | cover | NOT COVERED; 5.0 s without cover in all |
      | entry | 109206.8 at 2026-01-02T01:04:05.005Z |
      | entry order | \`1981288264506753024\` |
      | position id | \`1981288265204482048\` |
      | agrees | yes, last difference read at 2026-01-02T01:04:10.000Z |
      | unknown target order | \`hfqhm6re2w2k0mjwaid1kt0003\` since 2026-01-02T03:04:10.000Z |
      | foreign order | limit sell 0.05 at 107000, order 7777: may close this position |"
    `);
  });

  it('says by what a position is known where the exchange gives it no id', () => {
    const position = openPosition({ exchange: 'bybit', positionIds: false });
    expect(card(position.state, 'w', position.now)).toContain(
      `| position id | bybit gives none: this is leg net, epoch \`${position.state.epoch}\` |`,
    );
    expect(view(position.state, 'w', position.now).identifiedBy).toBe('leg_and_epoch');
  });

  it('names the next step at every stage', () => {
    const position = new PositionDriver();
    const told = [nextAction(position.state)];
    const tell = (next: PositionDriver): number => told.push(nextAction(next.state));
    tell(position.lose('entry'));
    tell(position.find('entry', { filled: '0.05' }));
    tell(position.accept('stop').accept('target'));
    tell(position.wait(1_500).readLeg('identify'));
    tell(position.command({ type: 'close', request: {} }));
    tell(position.accept('close', { filled: '0.05' }));
    expect(told).toEqual([
      'send the entry',
      `find out what became of the entry order ${position.intent('entry').request.clientOrderId}`,
      'place the stop order',
      'learn the position id from the exchange',
      'wait for the target, the stop, or a request',
      'close what is open at market',
      'prove that no order is left, and write the journal row',
    ]);
  });

  it('measures what is uncovered while it lasts', () => {
    const position = new PositionDriver().accept('entry', { filled: '0.05' }).wait(700);
    expect(view(position.state, 'w', position.now)).toMatchObject({
      covered: false,
      uncoveredMs: 700,
      drift: false,
    });
  });

  it('has one line for a list, which names paper as paper', () => {
    const terms = { side: 'long', quantity: '0.05', symbol: 'BTC/USDT:USDT', exchange: 'bingx' };
    expect(summary({ ...terms, mode: 'paper' })).toBe('LONG 0.05 BTC/USDT:USDT on bingx (paper)');
    expect(summary({ ...terms, mode: 'live' })).toBe('LONG 0.05 BTC/USDT:USDT on bingx');
  });
});
