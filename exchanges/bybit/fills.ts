/** Executions of a leg. */
import type { Fill } from '../../domain/exchange-truth.ts';
import type { FillQuery } from '../exchange.ts';
import { fillsOf, readExecutions, type Deps, type LegFill } from './executions.ts';

const DATING_SLACK_MS = 1_000;

export function createFillReader(deps: Deps): (query: FillQuery) => Promise<Fill[]> {
  return async ({ symbol, leg, sinceMs, untilMs = Date.now() }) => {
    const { clock } = deps.api;
    const window = {
      fromMs: clock.toServer(sinceMs) - DATING_SLACK_MS,
      toMs: clock.toServer(untilMs) + DATING_SLACK_MS,
    };
    const fills = await fillsOf(deps, symbol, await readExecutions(deps, symbol, window));
    return fills.filter((fill) => fill.leg === leg).map(plain);
  };
}

function plain(fill: LegFill): Fill {
  const { closes: _, ...told } = fill;
  return told;
}
