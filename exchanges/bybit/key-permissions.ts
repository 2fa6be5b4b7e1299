/** What the key in use may do. */
import type { KeyPermissions } from '../exchange.ts';
import { readBody } from '../rows.ts';
import type { BybitApi } from './api.ts';
import { keyBody } from './wire.ts';

/** Moves between own accounts: the money stays with its owner. */
const HARMLESS: readonly string[] = ['AccountTransfer', 'SubMemberTransfer', 'SubMemberTransferList'];

/** Throws `ExchangeFault` where Bybit does not answer. */
export async function readKeyPermissions(api: BybitApi): Promise<KeyPermissions> {
  const body = await api.read('key permissions', 'keyPermissions', {});
  const { readOnly, permissions } = readBody('key permissions', body, keyBody);
  if (!permissions || readOnly === undefined || readOnly === null)
    return { trade: 'unknown', withdraw: 'unknown' };
  if (readOnly === READ_ONLY) return { trade: false, withdraw: false };
  const orders = permissions.ContractTrade?.includes('Order') ?? false;
  const derivatives = permissions.Derivatives?.includes('DerivativesTrade') ?? false;
  return { trade: orders || derivatives, withdraw: withdrawBy(permissions.Wallet) };
}

const READ_ONLY = '1';

/** A right that nobody documented might be one that moves money. */
function withdrawBy(wallet: readonly string[] | undefined): KeyPermissions['withdraw'] {
  if (wallet?.includes('Withdraw')) return true;
  return wallet?.every((right) => HARMLESS.includes(right)) ? false : 'unknown';
}
