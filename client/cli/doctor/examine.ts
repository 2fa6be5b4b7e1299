/** The examinations behind `doctor`, from the ground up: what an earlier one misses explains later ones. */
import type { HoldfastConfig } from '../../../config/config.ts';
import { connect, type ConnectedClient } from '../../connect.ts';
import { openSession } from '../session.ts';
import { examineExchanges } from './exchanges.ts';
import type { Finding } from './finding.ts';
import { examineData, examineNode } from './here.ts';
import { examineAttributes, examineQueues } from './temporal.ts';

export async function examine(config: HoldfastConfig): Promise<Finding[]> {
  const [temporal, exchanges] = await Promise.all([examineTemporal(config), examineAccounts(config)]);
  return [examineNode(), ...examineData(config), ...temporal, ...exchanges];
}

async function examineAccounts(config: HoldfastConfig): Promise<Finding[]> {
  const session = openSession(config);
  try {
    return await examineExchanges(config, session);
  } finally {
    await session.close();
  }
}
async function examineTemporal(config: HoldfastConfig): Promise<Finding[]> {
  const { address, namespace, embedded } = config.temporal;
  const what = 'Temporal server';
  let client: ConnectedClient;
  try {
    client = await connect({ address, namespace });
  } catch {
    const remedy = embedded
      ? 'Start it with npm start'
      : 'Start it, or correct temporal.address (--temporal)';
    return [{ what, state: 'wrong', text: `nothing answers at ${address}`, remedy }];
  }
  try {
    const attributes = await examineAttributes(client, namespace);
    const queues = await examineQueues(client, Object.keys(config.accounts));
    return [{ what, state: 'ok', text: `${address}, namespace ${namespace}` }, attributes, ...queues];
  } finally {
    await client.connection.close();
  }
}
