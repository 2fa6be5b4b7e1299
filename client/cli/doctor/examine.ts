/** The examinations behind `doctor`, from the ground up: what an earlier one misses explains later ones. */
import type { HoldfastConfig } from '../../../config/config.ts';
import type { AccountReport } from '../../../config/serving.ts';
import { connect, type ConnectedClient } from '../../connect.ts';
import { reportsOf } from '../not-served.ts';
import { openSession } from '../session.ts';
import { examineExchanges } from './exchanges.ts';
import type { Finding } from './finding.ts';
import { examineHealth } from './health.ts';
import { examineData, examineNode } from './here.ts';
import { examineAttributes, examineQueues } from './temporal.ts';

export async function examine(config: HoldfastConfig): Promise<Finding[]> {
  const reports = reportsOf(config, Date.now());
  const [temporal, health, exchanges] = await Promise.all([
    examineTemporal(config, reports),
    examineHealth(config),
    examineAccounts(config, reports),
  ]);
  return [examineNode(), ...examineData(config), ...temporal, ...health, ...exchanges];
}

type Reports = ReadonlyMap<string, AccountReport>;

async function examineAccounts(config: HoldfastConfig, reports: Reports): Promise<Finding[]> {
  const session = openSession(config);
  try {
    return await examineExchanges(config, session, reports);
  } finally {
    await session.close();
  }
}
async function examineTemporal(config: HoldfastConfig, reports: Reports): Promise<Finding[]> {
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
    // Of an account that is not served its own row says why; that nobody polls its queue says no more.
    const served = Object.keys(config.accounts).filter(
      (name) => reports.get(name)?.status.state !== 'not_served',
    );
    const queues = await examineQueues(client, served);
    return [{ what, state: 'ok', text: `${address}, namespace ${namespace}` }, attributes, ...queues];
  } finally {
    await client.connection.close();
  }
}
