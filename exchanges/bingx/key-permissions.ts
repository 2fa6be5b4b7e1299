/** What the key in use may do. */
import type { KeyPermissions } from '../exchange.ts';
import { faultOf } from '../ccxt/failure.ts';
import type { BingxApi } from './api.ts';
import { isNotOffered } from './codes.ts';
import { readBody } from '../rows.ts';
import { keyPermissionsBody } from './wire.ts';

/** 1 spot trading, 2 read, 3 perpetual futures, 4 transfers between own accounts, 7 between sub-accounts. */
const HARMLESS: readonly number[] = [1, 2, 3, 4, 7];
const FUTURES = 3;
/** Withdrawals, and transfers to other users. */
const WITHDRAW = 5;

/** Throws `ExchangeFault` where BingX does not answer; where it has no such endpoint, all is `unknown`. */
export async function readKeyPermissions(api: BingxApi): Promise<KeyPermissions> {
  const reply = await api.call('keyPermissions', {});
  if (!reply.ok && isNotOffered(reply.failure)) return { trade: 'unknown', withdraw: 'unknown' };
  if (!reply.ok) throw faultOf('key permissions', reply.failure);
  const body = readBody('key permissions', reply.body, keyPermissionsBody);
  const numbers = body.permissions ?? undefined;
  return {
    trade: body.enableFutures ?? numbers?.includes(FUTURES) ?? 'unknown',
    withdraw: body.enableWithdrawals === true ? true : withdrawBy(numbers, body.enableWithdrawals),
  };
}

/** A number that nobody documented might be one that moves money. */
function withdrawBy(
  numbers: readonly number[] | undefined,
  flag: boolean | undefined,
): KeyPermissions['withdraw'] {
  if (numbers === undefined) return flag ?? 'unknown';
  if (numbers.includes(WITHDRAW)) return true;
  return numbers.every((one) => HARMLESS.includes(one)) ? false : 'unknown';
}
