/** Client order ids in our own dialect, which tell executions of another copy of Holdfast from a person's. */
import { parseClientOrderId } from '../domain/ids.ts';

/** The field of a fill, where the exchange names the order and the name is in our dialect; else nothing. */
export const ownStyleId = (id: string | undefined): { clientOrderId?: string } =>
  id !== undefined && parseClientOrderId(id) ? { clientOrderId: id.toLowerCase() } : {};
