/** Several tranches become one: by request, for their profit, or because the exchange takes one stop only. */
import { describe, expect, it } from 'vitest';
import { decide } from '../../domain/position/decide.ts';
import { view } from '../../domain/position/describe.ts';
import { priceLevels } from '../../domain/position/levels.ts';
import type { Tranche } from '../../domain/position/tranche.ts';
import { openQuantity } from '../../domain/position/quantities.ts';
import { coveredQuantity } from '../../domain/position/cover.ts';
import { settings } from '../support/builders.ts';
import { openPosition, type PositionDriver } from '../support/position-driver.ts';
import { grant, grow, parts, resting } from '../support/tranches.ts';

const merge = (position: PositionDriver, request = {}): PositionDriver =>
  position.command({ type: 'mergeTranches', request });
const refusal = (position: PositionDriver, request: unknown, price?: string) => {
  const command = { type: 'mergeTranches', request: request as object, ...(price && { price }) } as const;
  const decision = decide(position.state, command, position.now);
  return 'refused' in decision ? decision.refused : undefined;
};
const only = ({ state }: PositionDriver): Tranche => {
  const [tranche, ...others] = state.tranches;
  if (!tranche || others.length > 0) throw new Error('not one tranche');
  return tranche;
};
const cancelling = (position: PositionDriver, role: 'stop' | 'target') =>
  position.intents(role).filter(({ status, cancelWanted }) => status.name !== 'done' && cancelWanted).length;

describe('merging tranches', () => {
  it('keeps the oldest, with all that they held, and the tightest stop', () => {
    const position = merge(grow(openPosition()));
    expect(parts(position)).toEqual(['t1 0.08']);
    expect(only(position)).toMatchObject({ stopLoss: { price: '108500' }, takeProfit: { price: '110000' } });
  });

  it('sees the stop and target for all rest before those of the parts are taken back', () => {
    const position = merge(grow(openPosition()));
    expect(position.wanted()).toEqual(['place stop']);
    expect(cancelling(position, 'stop')).toBe(0);
    position.accept('stop');
    expect(cancelling(position, 'stop')).toBe(2);
    expect(cancelling(position, 'target')).toBe(0);
    position.accept('target');
    expect(cancelling(position, 'target')).toBe(2);
    expect(resting(position, 'stop')).toEqual(['t1 0.08 at 108500']);
    expect(resting(position, 'target')).toEqual(['t1 0.08 at 110000']);
    expect(position.state.cover.name).toBe('covered');
  });

  it('is found by the requests of its parts, adds none of them again, and frees them when it is closed', () => {
    const position = merge(grow(openPosition()));
    expect(view(position.state, 'w', position.now).tranches).toMatchObject([
      { id: 't1', mergedRequestIds: ['more'] },
    ]);
    grant(position);
    expect(parts(position)).toEqual(['t1 0.08']);
    position.accept('stop').accept('target');
    grow(position, { requestId: 'third' });
    position.command({ type: 'close', request: { trancheId: 't1' } }).accept('close', { filled: '0.08' });
    expect(position.state.refusedTranches).toMatchObject([{ requestId: 'more' }]);
  });

  it('is covered all the while', () => {
    const position = merge(grow(openPosition()));
    expect(coveredQuantity(position.state)).toBe(openQuantity(position.state));
  });

  it('merges those that are named, into the one that is named', () => {
    const position = grow(grow(openPosition()), { requestId: 'third', takeProfit: { price: '112000' } });
    merge(position, { trancheIds: ['t1', 't2'], into: 't2' });
    expect(parts(position)).toEqual(['t2 0.08', 't3 0.03']);
    expect(position.state.tranches[0]).toMatchObject({ takeProfit: { price: '111000' }, requestId: 'more' });
  });

  it('moves no stop and no target because the average entry moves', () => {
    const position = openPosition({ stopLoss: { percent: '1' }, takeProfit: { percent: '2' } });
    grow(position, { stopLoss: { percent: '1' }, takeProfit: { percent: '2' } }, '105000');
    merge(position);
    // 1 % and 2 % of 109206.8, where the average of both is 107629.25.
    expect(only(position)).toMatchObject({
      stopLoss: { price: '108114.8' },
      takeProfit: { price: '111390.9' },
    });
  });

  it('takes a tighter stop and another target that are named, which end what moves by itself', () => {
    const position = grow(openPosition({ trailing: { distance: { percent: '1' } } }));
    merge(position, { stopLoss: { price: '108800' }, takeProfit: { price: '111500' } });
    expect(only(position)).toMatchObject({ stopLoss: { price: '108800' }, takeProfit: { price: '111500' } });
    expect(only(position).trailing).toBeUndefined();
  });

  it('lets a trailing stop go on from where it is', () => {
    const position = openPosition({ trailing: { distance: { distance: '500' } } });
    position.apply([{ type: 'StopTrailed', trancheId: 't1', to: '109800', nowMs: position.now }]);
    position.accept('stop');
    grow(position);
    merge(position);
    expect(only(position)).toMatchObject({ trailedTo: '109800', stopLoss: { price: '109300' } });
  });

  it('keeps where break-even has brought the stop, whatever the average entry', () => {
    const position = openPosition({ breakEven: { after: { percent: '0.2' } } });
    position.apply([{ type: 'BreakEvenReached', trancheId: 't1', nowMs: position.now }]);
    position.accept('stop');
    grow(position, { stopLoss: { price: '109000' } }, '109900');
    merge(position);
    expect(only(position).stopLoss).toEqual({ price: '109206.8' });
    expect(only(position).breakEven).toBeUndefined();
  });

  it('keeps break-even that is ahead, and drops one that would close at once', () => {
    const ahead = openPosition({ breakEven: { after: { price: '109900' } } });
    merge(grow(ahead));
    expect(only(ahead).breakEven).toEqual({ after: { price: '109900' } });
    const behind = openPosition({ breakEven: { after: { price: '109210' } } });
    merge(grow(behind, {}, '109500'));
    expect(only(behind).breakEven).toBeUndefined();
  });
});

describe('merging tranches with several targets', () => {
  const targets = ['110000', '111000', '112000'].map((price, index) => ({
    id: String(index + 1),
    at: { price },
    share: ['40', '30', '30'][index] ?? '',
  }));

  const reached = () => {
    const position = openPosition({ takeProfit: null, targets });
    while (position.wanted().includes('place target')) position.accept('target');
    const first = position.intents('target').find(({ target }) => target === '1');
    if (!first) throw new Error('no first target');
    const filled = { filledQuantity: '0.02', averagePrice: '110000', atMs: 1, nowMs: position.now };
    position.apply([
      {
        type: 'IntentEnded',
        number: first.number,
        how: 'filled',
        reason: null,
        orderId: first.orderId,
        ...filled,
      },
    ]);
    while (position.wanted().includes('place stop')) position.accept('stop');
    return grow(position);
  };

  it('never arms one again that was reached, and shares out what is left', () => {
    const position = merge(reached());
    expect(parts(position)).toEqual(['t1 0.06']);
    expect(only(position).targets).toEqual([
      { id: '2', at: { price: '111000' }, share: '50' },
      { id: '3', at: { price: '112000' }, share: '50' },
    ]);
    position.accept('stop');
    while (position.wanted().includes('place target')) position.accept('target');
    expect(resting(position, 'target')).toEqual(['t1 0.03 at 111000', 't1 0.03 at 112000']);
  });

  it('counts fewer targets to break-even by those that were reached', () => {
    const position = reached();
    position.apply([
      {
        type: 'ProtectionSet',
        trancheId: 't1',
        breakEven: { after: { targets: 2 } },
        why: 'asked for',
        nowMs: 1,
      },
    ]);
    expect(only(merge(position)).breakEven).toEqual({ after: { targets: 1 } });
  });
});

describe('a merge that is refused', () => {
  it.each([
    ['one tranche', openPosition, {}, 'bad_request', 'no two tranches'],
    [
      'a tranche that there is not',
      () => grow(openPosition()),
      { trancheIds: ['t1', 't9'] },
      'unknown_tranche',
      't9',
    ],
    ['only one named', () => grow(openPosition()), { trancheIds: ['t1'] }, 'bad_request', 'at least two'],
    ['no list', () => grow(openPosition()), { trancheIds: 't1' }, 'bad_request', 'a list'],
    ['a strange key', () => grow(openPosition()), { tranches: [] }, 'bad_request', 'tranches'],
    ['a looser stop', () => grow(openPosition()), { stopLoss: { price: '108400' } }, 'wrong_side', '108500'],
    [
      'a target below the stop',
      () => grow(openPosition()),
      { takeProfit: { price: '108400' } },
      'wrong_side',
      '108500',
    ],
  ] as const)('%s', (_, position, request, code, text) => {
    const refused = refusal(position(), request);
    expect(refused?.code).toBe(code);
    expect(refused?.text).toContain(text);
  });

  it('a stop beyond the price', () => {
    expect(refusal(grow(openPosition()), { stopLoss: { price: '109250' } }, '109000')?.code).toBe(
      'wrong_side',
    );
  });

  it('of one that a close is under way for', () => {
    const position = grow(openPosition()).command({ type: 'close', request: { trancheId: 't2' } });
    expect(refusal(position, {})).toMatchObject({ code: 'closing' });
  });

  it('of one whose stop was just crossed', () => {
    const position = grow(openPosition());
    const level = priceLevels(position.state).find(
      ({ trancheId, kind }) => trancheId === 't2' && kind === 'stop',
    );
    const crossing = {
      crossingId: 'c',
      levelId: level?.levelId ?? '',
      generation: 1,
      price: '108499',
      atMs: 1,
    };
    position.command({ type: 'priceCrossed', crossing });
    expect(refusal(position, {})).toMatchObject({ code: 'leg_busy' });
    position.find('stop', { filled: '0.01', status: 'open' });
    expect(refusal(position, {})).toMatchObject({ code: 'leg_busy' });
    position.apply([
      { type: 'ProtectionSet', trancheId: 't2', stopLoss: { price: '108300' }, why: 'asked for', nowMs: 1 },
    ]);
    expect(refusal(position, {})?.code).not.toBe('leg_busy');
  });

  it('of one that is still entered in slices', () => {
    const position = grant(openPosition(), { limitPrice: '109000', visibleQuantity: '0.01' });
    position.accept('entry');
    expect(refusal(position, {})?.text).toContain('slices');
  });

  it('of one that is closed', () => {
    const position = grow(openPosition()).command({ type: 'close', request: { trancheId: 't2' } });
    position.accept('close', { filled: '0.03' });
    expect(refusal(position, { trancheIds: ['t1', 't2'] })?.text).toContain('closed');
  });
});

describe('a merge while orders are on their way', () => {
  it('waits for a stop whose outcome nobody knows, then places one for all', () => {
    const position = grant(openPosition()).accept('entry', { filled: '0.03' }).lose('stop');
    merge(position);
    expect(position.wanted()).toEqual(['find stop']);
    position.find('stop', {});
    expect(position.wanted()).toContain('place stop');
    position.accept('stop');
    expect(resting(position, 'stop')).toEqual(['t1 0.08 at 108500']);
  });

  it('waits while several of them are on their way: two of a kind in one tranche could stack up', () => {
    const position = grow(openPosition({ settings: settings({ mergeProfitable: { percent: '0.5' } }) }));
    position.command({ type: 'setProtection', request: { stopLoss: { price: '108600' } } });
    expect(position.wanted()).toEqual(['place stop', 'place stop']);
    expect(refusal(position, {})).toMatchObject({ code: 'leg_busy' });
    position.apply(['t1', 't2'].map((trancheId) => ({ type: 'TrancheProfitable', trancheId, nowMs: 1 })));
    expect(parts(position)).toEqual(['t1 0.05', 't2 0.03']);
    position.accept('stop');
    expect(parts(position)).toEqual(['t1 0.08']);
  });

  it('takes over an entry that still rests: what fills of it is the whole one, and protected so', () => {
    const position = grant(openPosition(), { limitPrice: '109000' }).accept('entry', { orderId: 'e2' });
    merge(position);
    expect(parts(position)).toEqual(['t1 0.05']);
    const { number } = position.intent('entry');
    const all = { filledQuantity: '0.03', averagePrice: '109000', atMs: 2, nowMs: position.now };
    position.apply([{ type: 'IntentEnded', number, how: 'filled', reason: null, orderId: 'e2', ...all }]);
    expect(parts(position)).toEqual(['t1 0.08']);
    position.accept('stop');
    expect(resting(position, 'stop')).toEqual(['t1 0.08 at 108000']);
  });
});

describe('tranches that are profitable', () => {
  const configured = () => openPosition({ settings: settings({ mergeProfitable: { percent: '0.5' } }) });
  const profitLevels = ({ state }: PositionDriver) =>
    priceLevels(state).filter(({ kind }) => kind === 'profit');
  const cross = (position: PositionDriver, price: string) => {
    const [level] = profitLevels(position);
    if (!level) throw new Error('no level is watched');
    const crossing = {
      crossingId: price,
      levelId: level.levelId,
      generation: level.generation,
      price,
      atMs: 1,
    };
    return position.command({ type: 'priceCrossed', crossing });
  };

  it('are watched for at the second one only, and not at all where nothing is configured', () => {
    expect(profitLevels(configured())).toEqual([]);
    expect(profitLevels(grow(openPosition()))).toEqual([]);
    const position = grow(configured(), {}, '109400');
    expect(profitLevels(position)).toMatchObject([{ trancheId: 't2', price: '109947', direction: 'up' }]);
  });

  it('become one as soon as two of them are', () => {
    const position = cross(grow(configured(), {}, '109400'), '109950');
    expect(parts(position)).toEqual(['t1 0.08']);
    expect(only(position)).toMatchObject({ stopLoss: { price: '108500' }, takeProfit: { price: '110000' } });
    expect(only(position).profitable).toBeUndefined();
    expect(profitLevels(position)).toEqual([]);
  });

  it('leave one that is not as it is', () => {
    const position = grow(grow(configured(), {}, '109400'), { requestId: 'third' }, '109900');
    expect(parts(cross(position, '109950'))).toEqual(['t1 0.08', 't3 0.03']);
  });

  it('wait for a close that is under way', () => {
    const position = grow(configured(), {}, '109400');
    position.command({ type: 'close', request: { trancheId: 't2', quantity: '0.01' } });
    cross(position, '109950');
    expect(parts(position)).toEqual(['t1 0.05', 't2 0.03']);
    position.accept('close', { filled: '0.01' });
    expect(parts(position)).toEqual(['t1 0.07']);
  });

  it('of a short are those whose price fell', () => {
    const short = { side: 'short', stopLoss: { price: '111000' }, takeProfit: { price: '107000' } } as const;
    const position = openPosition({ ...short, settings: settings({ mergeProfitable: { percent: '0.5' } }) });
    grow(position, { stopLoss: { price: '110500' }, takeProfit: { price: '106000' } }, '109000');
    expect(profitLevels(position)).toMatchObject([{ trancheId: 't2', price: '108455', direction: 'down' }]);
    expect(only(cross(position, '108400'))).toMatchObject({ stopLoss: { price: '110500' } });
  });
});

describe('an exchange that takes one stop per position', () => {
  it('has the tranches merged, so that the one stop covers all', () => {
    const position = grant(openPosition()).accept('entry', { filled: '0.03' });
    position.refuse('stop', 'protection_exists');
    expect(parts(position)).toEqual(['t1 0.08']);
    expect(only(position).stopLoss).toEqual({ price: '108500' });
    expect(position.wanted()).toEqual(['cancel stop']);
    position.cancel('stop', 'cancelled', { status: 'cancelled', filled: '0' }).accept('stop');
    expect(resting(position, 'stop')).toEqual(['t1 0.08 at 108500']);
  });
});
