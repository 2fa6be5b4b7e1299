/** On which line of a file a setting stands. */
import { isMap, isPair, isScalar, isSeq, LineCounter, parseDocument, type Document } from 'yaml';

export type SourceText = {
  /** Plain data; undefined where `broken` says why. */
  raw: unknown;
  broken: { line: number; code: string } | null;
  /** Of a setting, else of the nearest group around it that is there; from 1. Undefined for an empty file. */
  lineOf(at: readonly PropertyKey[]): number | undefined;
};

/** JSON is YAML too. Nothing here repeats a part of the file: it may hold a secret. */
export function readSource(text: string): SourceText {
  const lines = new LineCounter();
  const document = parseDocument(text, { prettyErrors: false, lineCounter: lines });
  const [error] = document.errors;
  const lineAt = (offset: number): number => lines.linePos(offset).line;
  return {
    raw: error ? undefined : (document.toJS() ?? {}),
    broken: error ? { line: lineAt(error.pos[0]), code: error.code } : null,
    lineOf: (at) => {
      const offset = offsetOf(document, at);
      return offset === undefined ? undefined : lineAt(offset);
    },
  };
}

/** Where its key begins: that is the line that people look for. */
function offsetOf({ contents }: Document, at: readonly PropertyKey[]): number | undefined {
  let node: unknown = contents;
  let offset: number | undefined;
  for (const part of at) {
    const child = childOf(node, part);
    if (child === undefined) return offset;
    offset = child.offset ?? offset;
    node = child.node;
  }
  return offset;
}

function childOf(
  node: unknown,
  part: PropertyKey,
): { node: unknown; offset: number | undefined } | undefined {
  if (isSeq(node)) {
    const item = node.items[Number(part)];
    return item === undefined ? undefined : { node: item, offset: startOf(item) };
  }
  if (!isMap(node)) return undefined;
  const pair = node.items.find(({ key }) => isScalar(key) && String(key.value) === String(part));
  return isPair(pair) ? { node: pair.value, offset: startOf(pair.key) } : undefined;
}

const startOf = (node: unknown): number | undefined =>
  isScalar(node) || isMap(node) || isSeq(node) ? (node.range?.[0] ?? undefined) : undefined;
