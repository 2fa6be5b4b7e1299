/** The documentation, the dashboard and the scrape configuration, held to what the worker tells. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { DEFAULT_BASE_PORT, PORT_OFFSETS } from '../../config/ports.ts';
import { accountHealth } from '../../worker/health/account-health.ts';
import { healthReport } from '../../worker/health/report.ts';
import { EVENTS, STATES } from '../../worker/metrics/catalogue.ts';
import { facts } from '../worker/health/facts.ts';

const read = (file: string): string => readFileSync(join(import.meta.dirname, '../..', file), 'utf8');

const CATALOGUE: Record<string, { kind: string; labels: readonly string[]; help: string }> = {
  ...EVENTS,
  ...STATES,
};
const DOCUMENTATION = read('docs/health.md');

const dashboard = z
  .object({
    schemaVersion: z.number(),
    panels: z.array(
      z.object({
        id: z.number(),
        title: z.string(),
        gridPos: z.object({ x: z.number(), y: z.number(), w: z.number(), h: z.number() }),
        targets: z.array(z.object({ expr: z.string(), refId: z.string() })).min(1),
      }),
    ),
    templating: z.object({ list: z.array(z.object({ query: z.object({ query: z.string() }) })) }),
  })
  .parse(JSON.parse(read('ops/grafana-dashboard.json')));

const expressions = [
  ...dashboard.panels.flatMap(({ targets }) => targets.map(({ expr }) => expr)),
  ...dashboard.templating.list.map(({ query }) => query.query),
];

/** `holdfast_x_seconds_bucket` is a series of the histogram `holdfast_x_seconds`. */
function metricOf(series: string): string {
  const base = series.replace(/_(bucket|sum|count)$/, '');
  return CATALOGUE[base]?.kind === 'histogram' ? base : series;
}

const metricsIn = (text: string): string[] => [
  ...new Set([...text.matchAll(/\bholdfast_\w+/g)].map(([series]) => metricOf(series))),
];

it('every metric is documented with its kind and labels, and none besides', () => {
  const rows = [
    ...DOCUMENTATION.matchAll(/^\| ((?:`holdfast_\w+`(?:, )?)+) \| (\w+) \| ((?:`\w+`(?:, )?)*) ?\|/gm),
  ];
  const documented = rows.flatMap(([, names = '', kind = '', labels = '']) =>
    metricsIn(names).map((name) => [
      name,
      { kind, labels: [...labels.matchAll(/\w+/g)].map(([label]) => label) },
    ]),
  );
  const known = Object.entries(CATALOGUE).map(([name, { kind, labels }]) => [name, { kind, labels }]);
  expect(Object.fromEntries(documented)).toEqual(Object.fromEntries(known));
  expect(documented).toHaveLength(known.length);
});

it('every field of /health is documented', () => {
  const account = accountHealth(facts());
  const report = healthReport({
    pid: 1,
    startedMs: 0,
    nowMs: 0,
    decides: true,
    temporal: { ok: true },
    journal: { ok: true },
    accounts: [account],
  });
  const fields = [report, account, ...account.rate_limits, account.reconciliations].flatMap(Object.keys);
  const missing = fields.filter((field) => !new RegExp(`\`${field}(\\[\\])?\``).test(DOCUMENTATION));
  expect(missing).toEqual([]);
});

it.each(expressions)('the dashboard asks for what there is: %s', (expression) => {
  const metrics = metricsIn(expression);
  expect(metrics.length).toBeGreaterThan(0);
  expect(metrics.filter((name) => !(name in CATALOGUE))).toEqual([]);
  const labels = [...expression.matchAll(/by \(([^)]*)\)|\{(\w+)=~/g)]
    .flatMap(([, by, selected]) => by?.split(', ') ?? selected ?? [])
    .filter((label) => label !== 'le');
  const known = metrics.flatMap((name) => [...(CATALOGUE[name]?.labels ?? [])]);
  expect(labels.filter((label) => !known.includes(label))).toEqual([]);
});

it('a bucket is only asked of a histogram, and a quantile keeps its bounds', () => {
  for (const expression of expressions) {
    if (!expression.includes('histogram_quantile')) expect(expression).not.toContain('_bucket');
    else expect(expression).toMatch(/sum by \(le\b.*_bucket/);
  }
});

it('the panels of the dashboard have ids of their own and do not overlap', () => {
  const { panels } = dashboard;
  expect(new Set(panels.map(({ id }) => id)).size).toBe(panels.length);
  const cells = panels.flatMap(({ gridPos: { x, y, w, h } }) =>
    Array.from({ length: w * h }, (_, cell) => `${x + (cell % w)}/${y + Math.floor(cell / w)}`),
  );
  expect(new Set(cells).size).toBe(cells.length);
});

it('the scrape configuration asks the default port for the metrics', () => {
  expect(parse(read('ops/prometheus.yaml'))).toMatchObject({
    scrape_configs: [
      {
        metrics_path: '/metrics',
        static_configs: [{ targets: [`127.0.0.1:${DEFAULT_BASE_PORT + PORT_OFFSETS.health}`] }],
      },
    ],
  });
});
