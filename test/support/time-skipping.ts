/** The time-skipping server, with Holdfast's search attributes. */
import { TestWorkflowEnvironment } from '@temporalio/testing';
import { DefaultLogger, Runtime } from '@temporalio/worker';
import proto from '@temporalio/proto';
import { searchAttributeList } from '../../contract/search-attributes.ts';
import { testServerExecutable } from './tools.ts';

const TYPES = { Keyword: proto.temporal.api.enums.v1.IndexedValueType.INDEXED_VALUE_TYPE_KEYWORD, Datetime: proto.temporal.api.enums.v1.IndexedValueType.INDEXED_VALUE_TYPE_DATETIME, Bool: proto.temporal.api.enums.v1.IndexedValueType.INDEXED_VALUE_TYPE_BOOL } as const;

/** Small tests run one after the other on it: it stalls with many at once. */
export async function startTimeSkipping(): Promise<TestWorkflowEnvironment> {
  // What a test provokes belongs in its assertions, not on the screen.
  Runtime.install({ logger: new DefaultLogger('ERROR') });
  const server = await TestWorkflowEnvironment.createTimeSkipping({ server: { executable: testServerExecutable() } });
  // It can add attributes but not list them, so `ensureSearchAttributes` is not for it.
  await server.connection.operatorService.addSearchAttributes({
    namespace: server.namespace ?? 'default',
    searchAttributes: Object.fromEntries(searchAttributeList.map(({ name, type }) => [name, TYPES[type]])),
  });
  return server;
}
