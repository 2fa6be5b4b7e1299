/** A position in Temporal's Web UI, as a person meets it: found, read, and its stop moved by an update. */
import { join } from 'node:path';
import { Client, Connection } from '@temporalio/client';
import { DefaultLogger, NativeConnection, Runtime } from '@temporalio/worker';
import { chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startEmbeddedServer, type EmbeddedServer } from '../../server/embedded.ts';
import { pollUntil } from '../../server/poll.ts';
import { eventually } from '../support/eventually.ts';
import { createStage, type Stage } from '../support/stage.ts';
import { folderForAll } from '../support/temporary.ts';
import { chromium as chromiumTool, pathOf, temporalCli } from '../support/tools.ts';

const SHOWN_TIMEOUT_MS = 30_000;
const browserTool = chromiumTool();
const missing = 'reason' in browserTool ? browserTool.reason : undefined;

Runtime.install({ logger: new DefaultLogger('ERROR') });

describe.skipIf(missing !== undefined)(`the Web UI${missing === undefined ? '' : ` (${missing})`}`, () => {
  const cleanUp: (() => Promise<void>)[] = [];
  let server: EmbeddedServer;
  let stage: Stage;
  let workflowId: string;
  let page: Page;

  beforeAll(async () => {
    const folder = folderForAll();
    server = await startEmbeddedServer({
      executable: pathOf(temporalCli()),
      dataDir: join(folder, 'temporal'),
      host: '127.0.0.1',
      port: 0,
      uiPort: 0,
      namespace: 'default',
    });
    cleanUp.push(() => server.stop());
    const connection = await NativeConnection.connect({ address: server.address });
    cleanUp.push(() => connection.close());
    const plain = await Connection.connect({ address: server.address });
    cleanUp.push(() => plain.close());
    stage = await createStage({
      folder,
      client: new Client({ connection: plain }),
      connection,
      maxCachedWorkflows: 10,
    });
    cleanUp.push(() => stage.close());
    await stage.startWorkers();
    workflowId = await openPosition();
    const browser = await chromium.launch({ executablePath: pathOf(browserTool), args: ['--no-sandbox'] });
    cleanUp.push(() => browser.close());
    page = await browser.newPage({ viewport: { width: 1400, height: 1100 } });
  });

  afterAll(async () => {
    for (const step of cleanUp.toReversed()) await step();
  });

  test('the list finds it by what people ask for', async () => {
    const query = encodeURIComponent(`Symbol = 'BTC/USDT:USDT' AND Side = 'long' AND Covered = true`);
    await eventually(async () => {
      await page.goto(`${server.uiUrl}/namespaces/default/workflows?query=${query}`);
      await page.getByRole('link', { name: workflowId }).waitFor({ timeout: 5_000 });
    }, SHOWN_TIMEOUT_MS);
  });

  test('its card tells stage, protection with order ids, and both ids of the entry', async () => {
    const { position } = await stage.holdfast.show({ workflowId });
    await page.goto(await pageOf('user-metadata'));
    const [tranche] = position.tranches;
    for (const text of [
      'LONG 0.05 BTC/USDT:USDT: open',
      `${tranche?.stopLoss.price} live`,
      String(tranche?.stopLoss.orderId),
      String(tranche?.takeProfit.orderId),
      String(position.entryOrderId),
      String(position.exchangePositionId),
    ]) {
      await shown(text);
    }
  });

  test('the stop is moved by an update that is sent from the page, and rests at the exchange', async () => {
    await page.goto(await pageOf('user-metadata'));
    await page.getByRole('button', { name: 'More Actions' }).click();
    await page.getByRole('menuitem', { name: 'Send an Update' }).click();
    const dialog = page.locator('dialog[open]');
    await dialog.getByTestId('update-select-button').click();
    await dialog.getByRole('option', { name: 'setProtection' }).click();
    await dialog.getByRole('textbox').last().fill('{"stopLoss": {"price": "64600"}}');
    // On leaving the field the page lays the JSON out on five lines, which moves the button away from a
    // mouse; the key finds it.
    await dialog.getByTestId('confirm-modal-button').press('Enter');

    await eventually(async () => {
      const { orders } = await stage.venue.control.books('paper');
      const resting = orders.filter(({ state, type }) => state === 'new' && type === 'STOP_MARKET');
      expect(resting.map(({ stopPrice }) => stopPrice)).toEqual(['64600']);
    }, SHOWN_TIMEOUT_MS);
    await page.goto(await pageOf('user-metadata'));
    await shown('64600 live');
  });

  async function openPosition(): Promise<string> {
    const opened = await stage.holdfast.openPosition('paper', {
      symbol: 'BTC/USDT:USDT',
      side: 'long',
      quantity: '0.05',
      stopLoss: { percent: '1' },
      takeProfit: { percent: '2' },
    });
    await eventually(async () => {
      const { position } = await stage.holdfast.show({ workflowId: opened.workflowId });
      expect(position).toMatchObject({ stage: 'open', covered: true });
      expect(position.tranches[0]?.takeProfit.state).toBe('live');
      expect(position.exchangePositionId).not.toBeNull();
    }, SHOWN_TIMEOUT_MS);
    return opened.workflowId;
  }

  async function pageOf(tab: string): Promise<string> {
    const { runId } = await stage.client.workflow.getHandle(workflowId).describe();
    return `${server.uiUrl}/namespaces/default/workflows/${encodeURIComponent(workflowId)}/${runId}/${tab}`;
  }

  /** Markdown is drawn in frames of its own, so all of them are looked at. */
  async function shown(text: string): Promise<void> {
    await pollUntil(
      async () => {
        const texts = await Promise.all(page.frames().map((frame) => frame.locator('body').innerText()));
        expect(texts.join('\n')).toContain(text);
      },
      { what: `"${text}" on the page`, timeoutMs: SHOWN_TIMEOUT_MS },
    );
  }
});
