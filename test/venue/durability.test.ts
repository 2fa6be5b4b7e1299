/** A venue as a process of its own, killed without warning: nothing that it acknowledged may be lost. */
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createVenueControl } from '../../venue/control/client.ts';
import { startVenue } from '../../venue/venue.ts';
import { BTC, folder, KEYS, removeFolder, signedClient } from './support.ts';

const MAIN = join(import.meta.dirname, '../../venue/main.ts');
const ORDER = '/openApi/swap/v2/trade/order';

let data: string;
const children: ChildProcess[] = [];

beforeEach(() => {
  data = folder();
});
afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
  removeFolder(data);
});

async function startProcess(...args: string[]) {
  const child = spawn(process.execPath, [MAIN, '--data', data, '--no-rate-limits', ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  children.push(child);
  const [line] = (await once(createInterface({ input: child.stdout }), 'line')) as [string];
  const { event, port, controlPort } = JSON.parse(line) as {
    event: string;
    port: number;
    controlPort: number;
  };
  expect(event).toBe('listening');
  return {
    child,
    url: `http://127.0.0.1:${port}`,
    control: createVenueControl(`http://127.0.0.1:${controlPort}`),
  };
}

async function end(child: ChildProcess, signal: NodeJS.Signals): Promise<unknown> {
  const exited = once(child, 'exit');
  child.kill(signal);
  return (await exited)[0];
}

describe('a venue process', () => {
  it('keeps every acknowledged order exactly once over SIGKILLs in mid-stream', async () => {
    const acknowledged = new Set<string>();
    let sent = 0;
    for (let round = 0; round < 3; round += 1) {
      const { child, url, control } = await startProcess('--feed', 'walk', '--speed', '20');
      await control.createAccount({ ...KEYS, balance: '100000000' });
      const call = signedClient(url);
      const place = async () => {
        for (;;) {
          const clientOrderId = `order-${sent++}`;
          const answer = await call('POST', ORDER, {
            symbol: BTC,
            side: sent % 2 ? 'BUY' : 'SELL',
            type: 'MARKET',
            quantity: '0.01',
            clientOrderId,
          });
          if (answer.code === 0) acknowledged.add(clientOrderId);
        }
      };
      const clients = Promise.allSettled([place(), place(), place()]);
      const target = (round + 1) * 25;
      await expect.poll(() => acknowledged.size, { timeout: 10_000, interval: 5 }).toBeGreaterThan(target);
      await end(child, 'SIGKILL');
      await clients;
    }
    const { control } = await startProcess('--feed', 'still');
    const { orders, fills, positionHistory, positions } = await control.books(KEYS.name);
    const ids = orders.map((order) => order.clientOrderId);
    expect(ids).toHaveLength(new Set(ids).size);
    expect([...acknowledged].filter((id) => !ids.includes(id))).toEqual([]);
    expect(orders.every((order) => order.state === 'filled')).toBe(true);
    const filled = fills.reduce((sum, fill) => sum + Number(fill.quantity), 0);
    expect(filled).toBeCloseTo(orders.length * 0.01, 8);
    const opened = [...positionHistory, ...positions].length;
    expect(opened).toBeGreaterThan(0);
  }, 40_000);

  it('goes on with its books and its feed', async () => {
    const first = await startProcess('--feed', 'walk', '--seed', '5', '--speed', '50');
    await first.control.createAccount(KEYS);
    const call = signedClient(first.url);
    await call('POST', ORDER, { symbol: BTC, side: 'BUY', type: 'MARKET', quantity: '0.01' });
    const stop = await call('POST', ORDER, {
      symbol: BTC,
      side: 'SELL',
      type: 'STOP_MARKET',
      quantity: '0.01',
      stopPrice: '100',
    });
    expect(stop.code).toBe(0);
    await first.control.setClockSkew(1_234);
    await expect.poll(async () => (await first.control.feed()).position).toBeGreaterThan(20);
    await first.control.pauseFeed();
    const [before, feed, markets] = [
      await first.control.books(KEYS.name),
      await first.control.feed(),
      await first.control.markets(),
    ];
    await end(first.child, 'SIGKILL');

    const second = await startProcess('--feed', 'walk', '--seed', '5', '--speed', '0.001');
    const after = await second.control.books(KEYS.name);
    expect(after.orders).toEqual(before.orders);
    expect(after.positions).toEqual(before.positions);
    expect(after.balance).toBe(before.balance);
    expect(await second.control.markets()).toEqual(markets);
    expect((await second.control.feed()).position).toBe(feed.position);
    expect((await second.control.health()).clockSkewMs).toBe(1_234);
    const next = await call('POST', ORDER, {}).catch((error: unknown) => error);
    expect(next).toBeInstanceOf(Error);
  });

  it('refuses a folder that another live venue holds, and takes one that a dead one left', async () => {
    const { child } = await startProcess('--feed', 'still');
    await expect(startVenue({ data, feed: 'still' })).rejects.toThrow(/in use by another venue/);
    await end(child, 'SIGKILL');
    const venue = await startVenue({ data, feed: 'still' });
    await venue.stop();
  });

  it('stops cleanly on SIGTERM', async () => {
    const { child } = await startProcess();
    expect(await end(child, 'SIGTERM')).toBe(0);
  });

  it('says what is wrong with its arguments', async () => {
    const child = spawn(process.execPath, [MAIN, '--data', data, '--feed', 'candles'], {
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    children.push(child);
    const [line] = (await once(createInterface({ input: child.stderr }), 'line')) as [string];
    expect(line).toContain('needs a file');
  });
});
