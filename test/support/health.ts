/** What a worker of real processes tells of itself. */
import type { HoldfastConfig } from '../../config/config.ts';
import type { HealthReport } from '../../worker/health/report.ts';

export type Told = { status: number; report: HealthReport };

export async function askHealth(config: HoldfastConfig): Promise<Told> {
  const answer = await ask(config, '/health');
  // Whether it has this shape is what tests hold it to.
  return { status: answer.status, report: (await answer.json()) as HealthReport };
}

/** By series, as it is written: `name{label="value"}`. */
export async function askMetrics(config: HoldfastConfig): Promise<Map<string, number>> {
  const lines = (await (await ask(config, '/metrics')).text()).split('\n');
  return new Map(
    lines
      .filter((line) => line !== '' && !line.startsWith('#'))
      .map((line) => {
        const end = line.lastIndexOf(' ');
        return [line.slice(0, end), Number(line.slice(end + 1))];
      }),
  );
}

export const ask = ({ health: { host, port } }: HoldfastConfig, path: string): Promise<Response> =>
  fetch(`http://${host}:${port}${path}`, { signal: AbortSignal.timeout(10_000) });
