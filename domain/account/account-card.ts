/** The Markdown card of an account workflow. */
import type { AccountState, UnmanagedLeg } from './account.ts';
import { notionalReserved } from './exposure.ts';
import { haltText } from './halt.ts';
import type { AccountLimits } from './risk.ts';

export function accountCard(state: AccountState): string {
  const { limits, unmanaged = [] } = state;
  return [
    `### ${state.account} on ${state.exchange}: ${state.mode === 'live' ? '**LIVE MONEY**' : state.mode}`,
    '',
    ...(state.halted ? [`**ALARM: entries are halted.** ${haltText(state.halted)}.`, ''] : []),
    state.paused
      ? `**Entries are paused**${state.pausedReason ? `: ${state.pausedReason}` : ''}.`
      : state.halted
        ? 'Positions stay kept and protected.'
        : 'Entries are on.',
    '',
    '| limit | |',
    '|---|---|',
    `| open positions | ${state.legs.length} of ${limits.maxOpenPositions} |`,
    `| notional of one | ${limits.maxNotionalPerPosition ?? 'no limit'} |`,
    `| notional of all | ${limits.maxNotionalTotal ?? 'no limit'} |`,
    `| open orders | ${limits.maxOrders ?? 'no limit'} |`,
    `| equity at least | ${limits.equityFloor ?? 'no limit'} |`,
    `| loss of a day | ${dailyLoss(limits)} |`,
    `| symbols | ${limits.allowedSymbols?.join(', ') ?? 'all'} |`,
    ...(unmanaged.length === 0
      ? []
      : ['', '**On the exchange, and kept by no workflow:**', '', ...unmanaged.map(unkept)]),
    '',
    '| symbol | leg | side | notional | |',
    '|---|---|---|---|---|',
    ...state.legs.map(
      (leg) => `| ${leg.symbol} | ${leg.leg} | ${leg.side} | ${notionalReserved(leg)} | ${leg.state} |`,
    ),
  ].join('\n');
}

const unkept = ({ symbol, leg, side, quantity, state, reason = '' }: UnmanagedLeg): string =>
  `- ${side.toUpperCase()} ${quantity} ${symbol} (${leg}): ${WORDS[state]}${reason}`;

const WORDS: Record<UnmanagedLeg['state'], string> = {
  ignored: 'left to itself, as the policy says',
  pending: 'being taken up',
  refused: 'it could not be taken up: ',
};

const dailyLoss = ({ dailyLoss: amount, dailyLossPercent: percent }: AccountLimits): string =>
  [amount, percent === undefined ? undefined : `${percent} %`]
    .filter((text) => text !== undefined)
    .join(' or ') || 'no limit';
