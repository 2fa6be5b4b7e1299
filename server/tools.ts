/**
 * Where provisioning put the programs that run beside Node. `scripts/provision.mjs` writes the record
 * that is read here; nothing is searched again.
 */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';

export type ToolName =
  | 'temporalCli'
  | 'testServer'
  | 'temporalServer'
  | 'temporalSqlTool'
  | 'postgres'
  | 'chromium';

/** A tool that is there and was checked, with the way it came (`PATH`, `the cache`), or why it is not. */
export type Tool = { path: string; version: string; source: string } | { reason: string };

/** The option of `npm run provision --` that gets each tool. */
const OPTIONS: Record<ToolName, string> = {
  temporalCli: '--cli',
  testServer: '--test-server',
  temporalServer: '--production',
  temporalSqlTool: '--production',
  postgres: '--postgres',
  chromium: '--browser',
};

const found = z.object({ path: z.string(), version: z.string(), source: z.string() });
const missing = z.object({ reason: z.string() });
const record = z.object({ tools: z.partialRecord(z.string(), z.union([found, missing])) });

/** Looks a tool up in the record of `toolsDir` (default `.holdfast/tools` in the project). */
export function findTool(toolsDir: string, name: ToolName): Tool {
  const advice = `run "npm run provision -- ${OPTIONS[name]}"`;
  const file = join(toolsDir, 'tools.json');
  if (!existsSync(file)) return { reason: `nothing was provisioned in ${toolsDir}: ${advice}` };
  const tool = record.parse(JSON.parse(readFileSync(file, 'utf8'))).tools[name];
  if (tool === undefined) return { reason: `${name} was not provisioned: ${advice}` };
  if ('reason' in tool) return { reason: `${name} could not be provisioned (${tool.reason}): ${advice}` };
  return existsSync(tool.path) ? tool : { reason: `${tool.path} is gone: ${advice}` };
}

/** As `findTool`, for callers that cannot go on without it. Throws the reason. */
export function requireTool(toolsDir: string, name: ToolName): string {
  const tool = findTool(toolsDir, name);
  if ('reason' in tool) throw new Error(tool.reason);
  return tool.path;
}
