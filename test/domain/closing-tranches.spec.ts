/** One tranche of several is closed or adjusted, or a part out of several of them: the others keep theirs. */
import { describe, expect, it } from 'vitest';
import type { ClosePositionRequest } from '../../domain/commands.ts';
import { BTC, exchangePosition } from '../support/builders.ts';
import { openPosition, type PositionDriver } from '../support/position-driver.ts';
import { grant, grow, parts, resting } from '../support/tranches.ts';

const close = (position: PositionDriver, request: ClosePositionRequest): PositionDriver =>
  position.command({ type: 'close', request });
const refusal = (position: PositionDriver, request: ClosePositionRequest) => {
  const decision = position.decide({ type: 'close', request });
  return 'refused' in decision ? decision.refused : undefined;
};
const closes = (position: PositionDriver): string[] =>
  position.intents('close').map(({ trancheId, request }) => `${trancheId} ${request.quantity}`);
const leaving = (position: PositionDriver): string[] =>
  position
    .effects()
    .flatMap((effect) =>
      effect.type === 'cancel' ? [`${effect.intent.trancheId} ${effect.intent.role}`] : [],
    );

describe('closing one of several tranches', () => {
  it('is one reduce-only order, after which its protection goes and the others keep theirs', () => {
    const position = close(grow(openPosition()), { trancheId: 't2' });
    expect(closes(position)).toEqual(['t2 0.03']);
    expect(position.intent('close').request).toMatchObject({ kind: 'market', reduceOnly: true });
    expect(resting(position, 'stop')).toEqual(['t1 0.05 at 108000', 't2 0.03 at 108500']);
    position.accept('close', { filled: '0.03' });
    expect([position.stage, ...parts(position)]).toEqual(['open', 't1 0.05', 't2 0']);
    expect(leaving(position)).toEqual(['t2 stop', 't2 target']);
    expect(resting(position, 'stop')).toEqual(['t1 0.05 at 108000']);
  });

  it('closes a part of it, and its own protection shrinks', () => {
    const position = close(grow(openPosition()), { trancheId: 't2', quantity: '0.01' });
    position.accept('close', { filled: '0.01' }).accept('stop').accept('target');
    expect(parts(position)).toEqual(['t1 0.05', 't2 0.02']);
    expect(resting(position, 'stop')).toEqual(['t1 0.05 at 108000', 't2 0.02 at 108500']);
  });

  it('takes back what still rests of its entry', () => {
    const position = grant(openPosition(), { limitPrice: '109000' });
    position.accept('entry', { filled: '0.01', status: 'open' }).accept('stop').accept('target');
    close(position, { trancheId: 't2' });
    expect(closes(position)).toEqual(['t2 0.01']);
    expect(leaving(position)).toEqual(['t2 entry']);
  });

  it('of which nothing has filled only takes back its entry, and it is dropped', () => {
    const position = grant(openPosition(), { limitPrice: '109000', visibleQuantity: '0.01' }).accept('entry');
    close(position, { trancheId: 't2' });
    expect([...closes(position), ...leaving(position)]).toEqual(['t2 entry']);
    position.cancel('entry', 'cancelled', { filled: '0', status: 'cancelled' });
    expect(parts(position)).toEqual(['t1 0.05']);
  });

  it('that is not there is refused, and so is what would leave too little of it', () => {
    const market = { ...BTC, minQuantity: '0.01' };
    const position = grow(openPosition({ market }));
    expect(refusal(position, { trancheId: 't7' })).toMatchObject({ code: 'unknown_tranche' });
    expect(refusal(position, { trancheId: 't2', quantity: '0.025' })).toMatchObject({
      code: 'under_minimum',
    });
    expect(refusal(position, { trancheId: 't2', quantity: '0.04' })).toMatchObject({ code: 'over_maximum' });
  });
});

describe('closing a part of a position in tranches', () => {
  it('takes it out of the first that has as much', () => {
    expect(closes(close(grow(openPosition()), { quantity: '0.02' }))).toEqual(['t1 0.02']);
  });

  it('takes it out of several where none has as much', () => {
    const position = close(grow(openPosition()), { quantity: '0.06' });
    expect(closes(position)).toEqual(['t1 0.05', 't2 0.01']);
    position.accept('close', { filled: '0.05' }).accept('close', { filled: '0.01' });
    expect([position.stage, ...parts(position)]).toEqual(['open', 't1 0', 't2 0.02']);
  });

  it('leaves none with too little to protect, where another has enough', () => {
    const market = { ...BTC, minQuantity: '0.01' };
    const position = grow(openPosition({ market }), { quantity: '0.06' });
    expect(closes(close(position, { quantity: '0.045' }))).toEqual(['t2 0.045']);
  });

  it('sends no more at market than the exchange takes at a time', () => {
    const position = grow(openPosition({ market: { ...BTC, maxQuantity: '0.05' } }), { quantity: '0.05' });
    grow(position, { requestId: 'third', quantity: '0.05' });
    position.command({ type: 'mergeTranches', request: { trancheIds: ['t2', 't3'] } });
    position.accept('stop').accept('target');
    expect(closes(close(position, { trancheId: 't2' }))).toEqual(['t2 0.05', 't2 0.05']);
  });

  it('closes everything when it comes to that', () => {
    expect(close(grow(openPosition()), { quantity: '0.08' }).stage).toBe('closing');
  });
});

describe('adjusting one of several tranches', () => {
  it('moves its stop and target alone', () => {
    const position = grow(openPosition());
    const request = { trancheId: 't2', stopLoss: { price: '108700' }, takeProfit: { percent: '2' } };
    position.command({ type: 'setProtection', request }).accept('stop').accept('target');
    expect(resting(position, 'stop')).toEqual(['t1 0.05 at 108000', 't2 0.03 at 108700']);
    expect(resting(position, 'target')).toEqual(['t1 0.05 at 110000', 't2 0.03 at 111486']);
    expect(leaving(position)).toEqual(['t2 stop', 't2 target']);
  });

  it('moves those of every tranche where none is named', () => {
    const position = grow(openPosition());
    position.command({ type: 'setProtection', request: { stopLoss: { price: '108600' } } });
    position.accept('stop').accept('stop');
    expect(resting(position, 'stop')).toEqual(['t1 0.05 at 108600', 't2 0.03 at 108600']);
  });
});

describe('what others do to a position in tranches', () => {
  it('is taken out of all of them in proportion, and each is protected anew', () => {
    const position = grow(openPosition(), { quantity: '0.05' }).wait(5_000);
    position.observe({ position: exchangePosition({ quantity: '0.06' }) });
    const sold = { fillId: 'x', orderId: '77', symbol: BTC.symbol, leg: 'net', side: 'sell' } as const;
    position.weigh({
      reading: position.reading({ position: exchangePosition({ quantity: '0.06' }) }),
      fills: [{ ...sold, price: '109100', quantity: '0.04', atMs: (position.state.lastFillAtMs ?? 0) + 1 }],
    });
    expect(parts(position)).toEqual(['t1 0.03', 't2 0.03']);
    position.accept('stop').accept('stop');
    expect(resting(position, 'stop')).toEqual(['t1 0.03 at 108000', 't2 0.03 at 108500']);
  });

  it('counts once, also when the tranche that it was taken out of was merged since', () => {
    const position = grow(openPosition(), { quantity: '0.07' }).wait(5_000);
    const atMs = (position.state.lastFillAtMs ?? 0) + 1;
    const sold = { orderId: '77', symbol: BTC.symbol, leg: 'net', side: 'sell', price: '109100' } as const;
    const shows = (quantity: string) => position.reading({ position: exchangePosition({ quantity }) });
    // One lot, which can only be taken out of one of them.
    const lot = { ...sold, fillId: 'x', quantity: '0.0001', atMs };
    position.observe(shows('0.1199')).weigh({ reading: shows('0.1199'), fills: [lot] });
    expect(parts(position)).toEqual(['t1 0.05', 't2 0.0699']);
    position.accept('stop').accept('target').command({ type: 'mergeTranches', request: {} });
    position.accept('stop').accept('target').wait(5_000).observe(shows('0.1099'));
    const more = { ...sold, fillId: 'y', quantity: '0.01', atMs: atMs + 5_000 };
    position.weigh({ reading: shows('0.1099'), fills: [lot, more] });
    expect(parts(position)).toEqual(['t1 0.1099']);
  });

  it('grows the oldest that is open', () => {
    const position = close(grow(openPosition()), { trancheId: 't1' }).accept('close', { filled: '0.05' });
    position.wait(5_000).observe({ position: exchangePosition({ quantity: '0.05' }) });
    const bought = { fillId: 'x', orderId: '77', symbol: BTC.symbol, leg: 'net', side: 'buy' } as const;
    position.weigh({
      reading: position.reading({ position: exchangePosition({ quantity: '0.05' }) }),
      fills: [{ ...bought, price: '109100', quantity: '0.02', atMs: (position.state.lastFillAtMs ?? 0) + 1 }],
    });
    expect(parts(position)).toEqual(['t1 0', 't2 0.05']);
  });
});
