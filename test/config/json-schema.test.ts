/** The schema that editors complete and check by. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { configJsonSchema } from '../../config/json-schema.ts';

const PROJECT = join(import.meta.dirname, '../..');

type Node = {
  title?: string;
  description?: string;
  properties?: Record<string, Node>;
  items?: Node;
  additionalProperties?: Node | boolean;
  $ref?: string;
  $defs?: Record<string, Node>;
};

/** Every setting below `node` with its dotted path, groups that are used in several places once. */
function settings(node: Node, at = ''): [string, Node][] {
  const inner = typeof node.additionalProperties === 'object' ? node.additionalProperties : undefined;
  return [
    ...Object.entries(node.properties ?? {}).flatMap(([name, child]): [string, Node][] => [
      [`${at}${name}`, child],
      ...settings(child, `${at}${name}.`),
    ]),
    ...(node.items ? settings(node.items, `${at}[].`) : []),
    ...(inner ? settings(inner, `${at}*.`) : []),
    ...Object.entries(node.$defs ?? {}).flatMap(([name, child]) => settings(child, `${name}.`)),
  ];
}

const schema = configJsonSchema() as Node; // the generator's own output
const groupOf = (node: Node): Node => schema.$defs?.[node.$ref?.split('/').at(-1) ?? ''] ?? node;

describe('the JSON schema', () => {
  it('lies in the project as it is now: bin/holdfast config --schema > holdfast.schema.json', () => {
    const kept: unknown = JSON.parse(readFileSync(join(PROJECT, 'holdfast.schema.json'), 'utf8'));
    expect(kept).toEqual(schema);
  });

  it('says of every setting what it is', () => {
    const all = settings(schema);
    expect(all.length).toBeGreaterThan(80);
    expect(all.filter(([, node]) => groupOf(node).description === undefined).map(([path]) => path)).toEqual(
      [],
    );
  });

  it('gives every group a title', () => {
    const groups = [...settings(schema), ...Object.entries(schema.$defs ?? {})].filter(
      ([, node]) => node.properties ?? typeof node.additionalProperties === 'object',
    );
    expect(groups.length).toBeGreaterThan(10);
    expect(groups.filter(([, { title }]) => title === undefined).map(([path]) => path)).toEqual([]);
  });
});
