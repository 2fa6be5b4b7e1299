import { expect, it } from 'vitest';
import { lostCalls, lostUpdate } from '../support/test-server.ts';

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

it('calls an update lost that no task brought, and no other', () => {
  const [scheduledTask, completedTask] = [
    { workflowTaskScheduledEventAttributes: {} },
    { workflowTaskCompletedEventAttributes: {} },
  ];
  const accepted = { workflowExecutionUpdateAcceptedEventAttributes: {} };
  expect(lostUpdate(0, [scheduledTask, completedTask])).toBe(true);
  expect(lostUpdate(0, [scheduledTask, completedTask, accepted])).toBe(false);
  expect(lostUpdate(1, [scheduledTask, completedTask, accepted])).toBe(true);
  expect(lostUpdate(0, [scheduledTask, completedTask, scheduledTask])).toBe(false);
});
