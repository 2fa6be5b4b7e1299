/** Makes the paper accounts known to this copy's own venue. */
import type { HoldfastConfig } from '../../../config/config.ts';
import { connection } from '../../../config/connection.ts';
import { ConfigError } from '../../../config/errors.ts';
import { createVenueControl } from '../../../venue/control/client.ts';

/** Again changes nothing. An account without keys is left out: it is not served before it has some. */
export async function registerPaperAccounts(config: HoldfastConfig): Promise<void> {
  const control = createVenueControl(`http://127.0.0.1:${config.venue.controlPort}`);
  for (const account of Object.values(config.accounts).filter(({ onLocalVenue }) => onLocalVenue)) {
    const keys = keysOf(account);
    if (keys)
      await control.createAccount({
        ...keys,
        name: account.name,
        hedgeMode: account.positionMode === 'hedge',
      });
  }
}

function keysOf(account: HoldfastConfig['accounts'][string]): { apiKey: string; secret: string } | undefined {
  try {
    const { apiKey, secret } = connection(account);
    return { apiKey, secret };
  } catch (error) {
    if (error instanceof ConfigError) return undefined;
    throw error;
  }
}
