/** What the exchanges say: reachable, clock, position mode. */
import type { AccountConfig, HoldfastConfig } from '../../../config/config.ts';
import { connection } from '../../../config/connection.ts';
import { keysFrom } from '../../../config/redact.ts';
import { createExchange } from '../../../exchanges/create.ts';
import { attempt, type Finding } from './finding.ts';

/** Exchanges refuse requests whose time is off by more than 5 s. */
const CLOCK_NOTE_MS = 1_000;
const CLOCK_WRONG_MS = 5_000;

export const examineExchanges = (config: HoldfastConfig): Promise<Finding[]> =>
  Promise.all(Object.values(config.accounts).map((account) => examineExchange(account)));

function examineExchange(account: AccountConfig): Promise<Finding> {
  const what = account.onLocalVenue ? `venue of ${account.name}` : `${account.exchange} of ${account.name}`;
  const place = account.endpoint ?? account.exchange;
  const remedy = account.onLocalVenue
    ? 'Start it with npm start'
    : 'See the text; check network, keys and endpoint';
  return attempt(what, remedy, async () => {
    const exchange = await createExchange(connection(account));
    try {
      const { reachable, clockSkewMs = 0, positionMode, problems } = await exchange.health();
      if (!reachable)
        return {
          what,
          state: 'wrong',
          text: `${place} does not answer${problems.length > 0 ? `: ${problems.join('; ')}` : ''}`,
          remedy,
        };
      const skew = Math.abs(clockSkewMs);
      const text = [
        `${place}, ${account.mode}`,
        `keys: ${keysFrom(account.credentials)}`,
        `clock ${clockSkewMs >= 0 ? '+' : ''}${clockSkewMs} ms`,
        `position mode ${positionMode ?? 'unknown'}`,
        ...problems,
      ].join(', ');
      if (positionMode !== undefined && positionMode !== account.positionMode) {
        return {
          what,
          state: 'wrong',
          text,
          remedy: `The configuration says positionMode: ${account.positionMode}; make the two the same`,
        };
      }
      if (skew >= CLOCK_WRONG_MS)
        return { what, state: 'wrong', text, remedy: "Set this machine's clock (NTP)" };
      if (problems.length > 0) return { what, state: 'wrong', text, remedy };
      return { what, state: skew >= CLOCK_NOTE_MS ? 'note' : 'ok', text };
    } finally {
      await exchange.close();
    }
  });
}
