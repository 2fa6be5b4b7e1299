import { expect, it } from 'vitest';
import { lostCalls } from '../support/test-server.ts';

const scheduled = (activityId: string) => ({ activityTaskScheduledEventAttributes: { activityId } });

it('finds nothing wrong with a server that waits for what its history has scheduled', () => {
  const events = [{}, scheduled('1'), { activityTaskScheduledEventAttributes: null }, scheduled('2')];
  expect(lostCalls({ pendingActivities: [{ activityId: '2' }], events })).toEqual([]);
  expect(lostCalls({ pendingActivities: null, events })).toEqual([]);
});

it('names the calls that a server waits for and never wrote down', () => {
  const pendingActivities = [{ activityId: '2' }, { activityId: '3' }];
  expect(lostCalls({ pendingActivities, events: [scheduled('2')] })).toEqual(['3']);
});
