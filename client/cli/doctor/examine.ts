/** The examinations behind `doctor`, from the ground up: what an earlier one misses explains later ones. */
import type { Client } from '@temporalio/client';
import type { HoldfastConfig } from '../../../config/config.ts';
import { connect } from '../../connect.ts';
import { examineExchanges } from './exchanges.ts';
import { examineData, examineNode } from './here.ts';
import { examineAttributes, examineQueues } from './temporal.ts';

/** `remedy` says what to do; `note`: works, and may surprise. */
export type Finding = { what: string; state: 'ok' | 'note' | 'wrong'; text: string; remedy?: string };

export async function examine(config: HoldfastConfig): Promise<Finding[]> {
  const [temporal, exchanges] = await Promise.all([examineTemporal(config), examineExchanges(config)]);
  return [examineNode(), ...examineData(config), ...temporal, ...exchanges];
}

async function examineTemporal(config: HoldfastConfig): Promise<Finding[]> {
  const { address, namespace, embedded } = config.temporal;
  const what = 'Temporal server';
  let client: Client;
  try {
    client = await connect({ address, namespace });
  } catch {
    const remedy = embedded ? 'Start it with npm start' : 'Start it, or correct temporal.address (--temporal)';
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

/** An examination that itself fails is a finding, not the end of the examination. */
export async function attempt(what: string, remedy: string, look: () => Promise<Finding>): Promise<Finding> {
  try {
    return await look();
  } catch (error) {
    return { what, state: 'wrong', text: error instanceof Error ? error.message : String(error), remedy };
  }
}
