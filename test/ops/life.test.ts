/** One whole life of a position on the production server: Temporal on PostgreSQL, venue, ccxt, journal. */
import { Client, Connection } from '@temporalio/client';
import { DefaultLogger, NativeConnection, Runtime } from '@temporalio/worker';
import { describe, expect, onTestFinished, test } from 'vitest';
import { startProductionServer, type ProductionServer } from '../../server/production.ts';
import { eventually } from '../support/eventually.ts';
import { createStage } from '../support/stage.ts';
import { temporaryFolder } from '../support/temporary.ts';
import { productionServer } from '../support/tools.ts';

Runtime.install({ logger: new DefaultLogger('ERROR') });

const tools = productionServer();
const missing = 'reason' in tools ? tools.reason : undefined;

describe.skipIf(missing !== undefined)(
  `a life on PostgreSQL${missing === undefined ? '' : ` (${missing})`}`,
  () => {
    test('opens, is protected, outlives a restart of server and workers, and ends in the journal', async () => {
      if ('reason' in tools) throw new Error(tools.reason);
      const serverDir = temporaryFolder();
      const first = await startProductionServer({ ...tools, dataDir: serverDir });
      onTestFinished(() => first.stop());
      const folder = temporaryFolder();
      const before = await connect(first);
      const stage = await createStage({ folder, ...before, maxCachedWorkflows: 100 });
      await stage.startWorkers();
      const { workflowId } = await stage.holdfast.openPosition('paper', {
        symbol: 'BTC/USDT:USDT',
        side: 'short',
        quantity: '0.02',
        stopLoss: { percent: '1' },
        takeProfit: { percent: '1' },
      });
      const opened = await eventually(async () => {
        const { position } = await stage.holdfast.show({ workflowId });
        expect(position).toMatchObject({ stage: 'open', covered: true, entryPrice: '65000' });
        expect(position.tranches[0]?.takeProfit.state).toBe('live');
        return position;
      }, 30_000);
      await stage.close();
      await before.close();
      await first.stop();

      const second = await startProductionServer({ ...tools, dataDir: serverDir });
      onTestFinished(() => second.stop());
      const after = await connect(second);
      const resumed = await createStage({ folder, ...after, maxCachedWorkflows: 100 });
      await resumed.startWorkers();
      expect((await resumed.holdfast.show({ workflowId })).position).toMatchObject({
        entryOrderId: opened.entryOrderId,
        entryAt: opened.entryAt,
        stage: 'open',
      });
      await resumed.venue.control.setPrice({ symbol: 'BTC-USDT', last: '64000', path: 'walk' });
      await after.client.workflow.getHandle(workflowId).result();

      const [row, ...others] = await resumed.journal.trades();
      expect(others).toEqual([]);
      const { positionHistory, orders } = await resumed.venue.control.books('paper');
      const [closed] = positionHistory;
      expect(orders.filter(({ state }) => state === 'new')).toEqual([]);
      expect(row).toMatchObject({
        exitReason: 'TAKE_PROFIT',
        figuresSource: 'exchange',
        netPnl: closed?.netPnl,
        entryPrice: '65000',
        closePrice: '64350',
      });
      await resumed.close();
      await after.close();
    });
  },
);

async function connect({ address, namespace }: ProductionServer) {
  const connection = await NativeConnection.connect({ address });
  const plain = await Connection.connect({ address });
  const close = async (): Promise<void> => {
    await plain.close();
    await connection.close();
  };
  return { client: new Client({ connection: plain, namespace }), connection, close };
}
