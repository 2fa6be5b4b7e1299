/** Registering Holdfast's search attributes and namespace on any Temporal server. */
import type { Connection } from '@temporalio/client';
import proto from '@temporalio/proto';
import { searchAttributeList } from '../contract/search-attributes.ts';
import { pollUntil } from './poll.ts';

export type SearchAttributeSpec = (typeof searchAttributeList)[number];

const CALL_TIMEOUT_MS = 10_000;
/** A server reads its namespaces and attributes from a cache of up to a minute, less on embedded ones. */
const VISIBLE_TIMEOUT_MS = 90_000;

/**
 * Makes sure that the namespace knows every attribute, adding the missing ones.
 * @returns the names that were added
 * @throws if one exists with another type (Temporal cannot change a type), if the store has no room
 * left, or if the connection may not administer the server
 */
export async function ensureSearchAttributes(
  connection: Connection,
  namespace: string,
  wanted: readonly SearchAttributeSpec[] = searchAttributeList,
): Promise<string[]> {
  const existing = await listSearchAttributes(connection, namespace);
  refuseOtherTypes(existing, wanted, namespace);
  const missing = wanted.filter(({ name }) => !existing.has(name));
  if (missing.length === 0) return [];
  await addSearchAttributes(connection, namespace, missing);
  await pollUntil(() => expectAll(connection, namespace, missing), {
    what: `seeing the new search attributes in namespace ${namespace}`,
    timeoutMs: VISIBLE_TIMEOUT_MS,
  });
  return missing.map(({ name }) => name);
}

/** Custom attributes of the namespace, by name, with their types as the wire's numbers. */
async function listSearchAttributes(connection: Connection, namespace: string): Promise<Map<string, number>> {
  const { customAttributes } = await connection.withDeadline(Date.now() + CALL_TIMEOUT_MS, () =>
    connection.operatorService.listSearchAttributes({ namespace }),
  );
  return new Map(Object.entries(customAttributes ?? {}));
}

function refuseOtherTypes(
  existing: ReadonlyMap<string, number>,
  wanted: readonly SearchAttributeSpec[],
  namespace: string,
): void {
  for (const { name, type } of wanted) {
    const found = existing.get(name);
    if (found === undefined || found === wireType(type)) continue;
    throw new Error(
      `Search attribute ${name} of namespace ${namespace} is not of type ${type}. Temporal cannot change ` +
        `a type: use another namespace, or remove it with "temporal operator search-attribute remove".`,
    );
  }
}

async function addSearchAttributes(
  connection: Connection,
  namespace: string,
  missing: readonly SearchAttributeSpec[],
): Promise<void> {
  const searchAttributes = Object.fromEntries(missing.map(({ name, type }) => [name, wireType(type)]));
  try {
    await connection.withDeadline(Date.now() + CALL_TIMEOUT_MS, () =>
      connection.operatorService.addSearchAttributes({ namespace, searchAttributes }),
    );
  } catch (error) {
    const names = missing.map(({ name, type }) => `${name}=${type}`).join(', ');
    const reason = error instanceof Error ? error.message : String(error);
    throw new Error(
      `Could not register the search attributes ${names} in namespace ${namespace}: ${reason}. ` +
        `Register them with "temporal operator search-attribute create", then start again.`,
      { cause: error },
    );
  }
}

async function expectAll(
  connection: Connection,
  namespace: string,
  wanted: readonly SearchAttributeSpec[],
): Promise<void> {
  const existing = await listSearchAttributes(connection, namespace);
  const absent = wanted.filter(({ name }) => !existing.has(name));
  if (absent.length > 0) throw new Error(`not there yet: ${absent.map(({ name }) => name).join(', ')}`);
}

function wireType(type: SearchAttributeSpec['type']): number {
  const types = proto.temporal.api.enums.v1.IndexedValueType;
  switch (type) {
    case 'Keyword':
      return types.INDEXED_VALUE_TYPE_KEYWORD;
    case 'Datetime':
      return types.INDEXED_VALUE_TYPE_DATETIME;
    case 'Bool':
      return types.INDEXED_VALUE_TYPE_BOOL;
    default:
      return type satisfies never;
  }
}
