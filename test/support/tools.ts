/** The programs that tests run beside Node, or why one is missing: `describe.skipIf` wants a reason. */
import { join } from 'node:path';
import { findTool, type Tool, type ToolName } from '../../server/tools.ts';

const PROJECT_DIR = join(import.meta.dirname, '../..');

/** As the provisioning scripts choose it; tests and scripts are outside `config/`. */
export const TOOLS_DIR = process.env['HOLDFAST_TOOLS_DIR'] || join(PROJECT_DIR, '.holdfast/tools');

/** The `temporal` CLI with the development server. */
export const temporalCli = (): Tool => tool('temporalCli');

/** A headless Chromium. */
export const chromium = (): Tool => tool('chromium');

/** For `TestWorkflowEnvironment.createTimeSkipping({ server: { executable } })`. Throws the reason if missing. */
export function testServerExecutable(): { type: 'existing-path'; path: string } {
  return { type: 'existing-path', path: pathOf(tool('testServer')) };
}

/** What `startProductionServer` needs, or the first thing that is missing. */
export function productionServer(): { toolsDir: string } | { reason: string } {
  for (const name of ['temporalServer', 'temporalSqlTool', 'postgres'] as const) {
    const found = tool(name);
    if ('reason' in found) return found;
  }
  return { toolsDir: TOOLS_DIR };
}

/** The path of a tool that a test cannot do without. Throws the reason it is missing. */
export function pathOf(found: Tool): string {
  if ('reason' in found) throw new Error(found.reason);
  return found.path;
}

const tool = (name: ToolName): Tool => findTool(TOOLS_DIR, name);
