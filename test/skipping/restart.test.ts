/** Workers stop and start at every step of a life: the position goes on as if nothing had been. */
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { BTC_NET, BTC_VENUE, LONG, scenes } from '../support/scene.ts';
import { startTimeSkipping } from '../support/time-skipping.ts';

let server: TestWorkflowEnvironment;
const setScene = scenes(() => server);

beforeAll(async () => {
  server = await startTimeSkipping();
});
afterAll(() => server.teardown());

describe('days without a worker', () => {
  it('change nothing of a position that nobody touched', async () => {
    const scene = await setScene();
    const id = await scene.openAndProtect();
    const before = await scene.books();
    await scene.daysWithoutWorkers(3);
    await scene.shows(id, { stage: 'open', quantity: '0.05', covered: true, drift: false, findings: [] });
    expect((await scene.books()).orders).toEqual(before.orders);
    await scene.venue.control.setPrice({ symbol: BTC_VENUE, last: '66400', path: 'walk' });
    await scene.ends(id, { exitReason: 'TAKE_PROFIT' });
  });
});
