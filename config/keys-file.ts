/** A file of keys: YAML or JSON with `apiKey` and `secret`, mode 0600. */
import { parse } from 'yaml';
import { z } from 'zod';
import { ConfigError } from './errors.ts';
import { readPrivateFile } from './private-file.ts';

export type Credentials = { apiKey: string; secret: string };

const schema = z.object({ apiKey: z.string().trim().min(1), secret: z.string().trim().min(1) });

/** Throws `ConfigError`, whose text never repeats anything of the file. */
export function readKeysFile(path: string): Credentials {
  const parsed = schema.safeParse(parseQuietly(readPrivateFile(path)));
  if (parsed.success) return parsed.data;
  const fix = 'Write two lines: "apiKey: ..." and "secret: ..."';
  throw new ConfigError([
    { source: path, path: '', problem: 'the file does not hold apiKey and secret', fix },
  ]);
}

/** The parser's own error would quote the file. */
function parseQuietly(text: string): unknown {
  try {
    return parse(text);
  } catch {
    return undefined;
  }
}
