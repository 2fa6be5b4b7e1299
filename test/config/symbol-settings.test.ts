/** How positions of a symbol are protected by configuration: names, layers and mistakes. */
import { describe, expect, it } from 'vitest';
import { accountConfiguration, positionSettings, protectionDefaults } from '../../config/account.ts';
import { ConfigError } from '../../config/errors.ts';
import { configOf } from '../client/config-of.ts';

const BTC = 'BTC/USDT:USDT';
const ETH = 'ETH/USDT:USDT';

const protectionOf = (settings: string, symbol = BTC) =>
  protectionDefaults(configOf(settings), 'paper', symbol);

/** Of the `symbols` group, without the file's path. */
function mistakes(symbols: string): string[] {
  try {
    configOf(`symbols: ${symbols}`);
  } catch (error) {
    if (error instanceof ConfigError)
      return error.message.replaceAll(/^.*?\.yaml:1: symbols\./gm, '').split('\n');
    throw error;
  }
  return [];
}

describe('the settings of a symbol', () => {
  it.each([
    [
      'several targets',
      '{ take_profit_levels: [{ pct: 1, share: 40 }, { atr: 2, share: "30" }] }',
      {
        takeProfitLevels: [
          { at: { percent: '1' }, share: '40' },
          { at: { atr: '2' }, share: '30' },
        ],
      },
    ],
    [
      'distances by volatility',
      '{ stop_loss_atr: 1.5, take_profit_atr: 3 }',
      { stopLoss: { atr: '1.5' }, takeProfit: { atr: '3' } },
    ],
    [
      'a trailing stop',
      '{ trailing_stop_pct: 1, trailing_activation_pct: 2, trailing_step_pct: 0.1 }',
      {
        trailing: { distance: { percent: '1' }, activation: { percent: '2' }, step: { percent: '0.1' } },
      },
    ],
    ['one by volatility', '{ trailing_stop_atr: 2 }', { trailing: { distance: { atr: '2' } } }],
    ['one without a figure', '{ trailing_stop_enabled: true }', { trailing: { distance: { percent: '1' } } }],
    ['one that is switched off', '{ trailing_stop_enabled: false, trailing_stop_pct: 1 }', {}],
    [
      'break-even after targets',
      '{ break_even_after_tp: 1, break_even_offset_pct: 0.1 }',
      { breakEven: { after: { targets: 1 }, offset: '0.1' } },
    ],
    ['break-even at a gain', '{ break_even_at_pct: 1 }', { breakEven: { after: { percent: '1' } } }],
    ['an end by the clock', '{ time_exit_minutes: 90 }', { timeExit: { afterMinutes: 90 } }],
    [
      'targets that are switched off',
      '{ take_profit_enabled: false, take_profit_levels: [{ pct: 1, share: 9 }] }',
      {},
    ],
  ])('take %s', (_, settings, protection) => {
    expect(protectionOf(`symbols: { btc: ${settings} }`)).toEqual(protection);
    expect(protectionOf(`symbols: { default: ${settings} }`, ETH)).toEqual(protection);
  });

  it('replace what stands further away, in whatever way it said the same thing', () => {
    const file = `
symbols:
  default: { stop_loss_pct: 1, take_profit_pct: 2, trailing_stop_pct: 1, break_even_after_tp: 1, time_exit_minutes: 60 }
  btc: { stop_loss_atr: 2, take_profit_levels: [{ pct: 1, share: 50 }], trailing_stop_atr: 3, break_even_at_pct: 1 }
  eth: { take_profit_enabled: false, trailing_stop_enabled: false, break_even_after_tp: null, time_exit_minutes: null }`;
    expect(protectionOf(file)).toEqual({
      stopLoss: { atr: '2' },
      takeProfitLevels: [{ at: { percent: '1' }, share: '50' }],
      trailing: { distance: { atr: '3' } },
      breakEven: { after: { percent: '1' } },
      timeExit: { afterMinutes: 60 },
    });
    expect(protectionOf(file, ETH)).toEqual({ stopLoss: { percent: '1' } });
  });

  it('reach positions with the account, those of all symbols from the top or the account', () => {
    const config = configOf(`
atr_timeframe: 5m
merge_profitable_tranches_pct: 1
instant_tp_enabled: false
symbols: { btc: { atr_periods: 7, merge_profitable_tranches_pct: null, instant_tp_enabled: true } }
accounts: { a: { merge_profitable_tranches_pct: 2 }, b: { use_position_monitor: false } }`);
    const { settings, defaults } = accountConfiguration(config, 'a');
    expect(settings['*']).toMatchObject({
      instantTpEnabled: false,
      volatility: { timeframe: '5m', periods: 14 },
      mergeProfitable: { percent: '2' },
    });
    expect(settings[BTC]).toMatchObject({
      instantTpEnabled: true,
      volatility: { timeframe: '5m', periods: 7 },
    });
    expect(settings[BTC]).not.toHaveProperty('mergeProfitable');
    expect(defaults).toEqual({ [BTC]: {}, '*': {} });
    // Without prices nothing is captured at once, whatever a symbol says.
    expect(positionSettings(config, 'b', BTC).instantTpEnabled).toBe(false);
    // Positions carry their settings through history: what nobody set is not in them.
    expect(positionSettings(configOf(''), 'paper', BTC)).not.toHaveProperty('volatility');
  });
});

describe('mistakes in the settings of a symbol', () => {
  it.each([
    [
      'a distance said twice',
      '{ btc: { stop_loss_pct: 1, stop_loss_atr: 2 } }',
      'btc.stop_loss_atr: stop_loss_pct says it already, and both cannot hold. Keep stop_loss_pct or stop_loss_atr.',
    ],
    [
      'a target and several',
      '{ btc: { take_profit_pct: 1, take_profit_levels: [{ pct: 1, share: 9 }] } }',
      'btc.take_profit_levels: take_profit_pct says it already, and both cannot hold. Keep take_profit_pct or take_profit_atr or take_profit_levels.',
    ],
    [
      'a target without a place',
      '{ btc: { take_profit_levels: [{ share: 9 }] } }',
      'btc.take_profit_levels.0: it does not say where. Write pct (percent) or atr (average true ranges) beside the share.',
    ],
    [
      'a target with two',
      '{ btc: { take_profit_levels: [{ pct: 1, atr: 1, share: 9 }] } }',
      'btc.take_profit_levels.0.atr: pct says it already, and both cannot hold. Keep pct or atr.',
    ],
    [
      'the far target first',
      '{ btc: { take_profit_levels: [{ pct: 2, share: 9 }, { pct: 1, share: 9 }] } }',
      'btc.take_profit_levels.1.pct: 1 is not further away than the 2 before it. Put the nearest first.',
    ],
    [
      'more than all',
      '{ btc: { take_profit_levels: [{ pct: 1, share: 60 }, { pct: 2, share: 60 }] } }',
      'btc.take_profit_levels: the shares add up to 120. Make them 100 together, or less.',
    ],
    [
      'a mistyped key of a target',
      '{ btc: { take_profit_levels: [{ pct: 1, shares: 60, share: 60 }] } }',
      'btc.take_profit_levels.0.shares: there is no such setting. Did you mean share?',
    ],
    [
      'a mistyped setting',
      '{ btc: { trailing_stop_percent: 1 } }',
      'btc.trailing_stop_percent: there is no such setting. Did you mean trailing_stop_pct?',
    ],
    [
      'all of the price as a distance',
      '{ btc: { trailing_stop_pct: 100 } }',
      'btc.trailing_stop_pct: 100 is not a number above 0 and under 100. Write a number, e.g. 1.5.',
    ],
    [
      'a step of nothing that trails',
      '{ btc: { trailing_step_pct: 1 } }',
      'btc.trailing_step_pct: no stop trails here. Write trailing_stop_pct or trailing_stop_atr too, or remove it.',
    ],
    [
      'a break-even price for no moment',
      '{ btc: { break_even_offset_pct: 0 } }',
      'btc.break_even_offset_pct: nothing says when the stop goes to the entry price. Write break_even_after_tp or break_even_at_pct too, or remove it.',
    ],
    [
      'a target that is not there',
      '{ default: { take_profit_levels: [{ pct: 1, share: 60 }] }, btc: { break_even_after_tp: 2 } }',
      'btc.break_even_after_tp: only so many targets are named: 1. Write a number up to it.',
    ],
    [
      'a timeframe that no exchange has',
      '{ btc: { atr_timeframe: 2m } }',
      'btc.atr_timeframe: "2m" is not one of 1m, 5m, 15m, 1h. Did you mean 1m?',
    ],
  ])('%s is refused with what to do', (_, symbols, message) => {
    expect(mistakes(symbols)).toEqual([message]);
  });

  it('a step may stand beside the trailing stop of all symbols', () => {
    expect(mistakes('{ default: { trailing_stop_pct: 1 }, btc: { trailing_step_pct: 0.2 } }')).toEqual([]);
  });

  it('an account adds to what the top says', () => {
    const text = `
symbols: { default: { trailing_stop_pct: 1 } }
accounts: { a: { symbols: { btc: { trailing_step_pct: 0.2 }, eth: { stop_loss_pct: 1, stop_loss_atr: 1 } } }, b: {} }`;
    const { unusable } = configOf(text);
    expect(Object.values(unusable).flatMap(({ problems }) => problems.map(({ path }) => path))).toEqual([
      'accounts.a.symbols.eth.stop_loss_atr',
    ]);
  });
});
