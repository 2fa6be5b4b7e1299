/** A Temporal server that runs elsewhere: made ready for positions, never started or stopped. */
import type { HoldfastConfig } from '../../../config/config.ts';
import { ensureNamespace } from '../../../server/namespace.ts';
import { ensureSearchAttributes } from '../../../server/search-attributes.ts';
import { connect } from '../../connect.ts';

const RETENTION_DAYS = 30;

/** Throws `HoldfastError` `server_unreachable`, and what the server says to namespace or attributes. */
export async function prepareExternal({ temporal: { address, namespace } }: HoldfastConfig): Promise<void> {
  const { connection } = await connect({ address, namespace });
  try {
    await ensureNamespace(connection, namespace, RETENTION_DAYS);
    await ensureSearchAttributes(connection, namespace);
  } finally {
    await connection.close();
  }
}
