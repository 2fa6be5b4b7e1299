/** The Markdown card of an account workflow. */
import type { AccountState } from './account.ts';

export function accountCard(state: AccountState): string {
  const { limits } = state;
  return [
    `### ${state.account} on ${state.exchange}: ${state.mode === 'live' ? '**LIVE MONEY**' : state.mode}`,
    '',
    state.paused
      ? `**Entries are paused**${state.pausedReason ? `: ${state.pausedReason}` : ''}.`
      : 'Entries are on.',
    '',
    '| limit | |',
    '|---|---|',
    `| open positions | ${state.legs.length} of ${limits.maxOpenPositions} |`,
    `| notional of one | ${limits.maxNotionalPerPosition ?? 'no limit'} |`,
    `| notional of all | ${limits.maxNotionalTotal ?? 'no limit'} |`,
    '',
    '| symbol | leg | side | notional | |',
    '|---|---|---|---|---|',
    ...state.legs.map(
      (leg) => `| ${leg.symbol} | ${leg.leg} | ${leg.side} | ${leg.notional} | ${leg.state} |`,
    ),
  ].join('\n');
}
