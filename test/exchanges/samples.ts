/** Recorded bodies and documented tables of exchanges, where they are at hand. */
import { existsSync, readFileSync } from 'node:fs';
import type { TestContext } from 'vitest';
import { z } from 'zod';

const FOLDER = '../shared/exchange-samples';

/** Begins a test on recorded samples; where they are not at hand it is skipped, and says why. */
export function needSamples({ skip }: TestContext): void {
  skip(!existsSync(FOLDER), `there is no ${FOLDER}`);
}

const errorTable = z.object({
  rows: z.array(z.object({ section: z.string(), code: z.string(), text: z.string() })),
});
const responses = z.object({
  cases: z.array(
    z.object({ method: z.string(), description: z.string(), httpResponse: z.unknown(), expect: z.unknown() }),
  ),
});
const requests = z.object({
  cases: z.array(
    z.object({ description: z.string(), path: z.string(), query: z.record(z.string(), z.string()) }),
  ),
});
const endpoints = z.array(z.object({ endpoint: z.string(), rateLimit: z.string() }));

const read = <S extends z.ZodType>(file: string, schema: S): z.output<S> =>
  schema.parse(JSON.parse(readFileSync(`${FOLDER}/${file}`, 'utf8')));

const codes = z.object({ rows: z.array(z.object({ code: z.string(), text: z.string() })) });
const documented = z.object({
  samples: z.array(z.object({ file: z.string(), section: z.string(), kind: z.string(), json: z.unknown() })),
});

export const bybitErrors = () => read('bybit_errors.json', codes).rows;
export const bybitSamples = () => read('bybit_samples.json', documented).samples;

export const bingxErrors = () => read('bingx_errors.json', errorTable).rows;
export const bingxResponses = () => read('bingx_response_selected.json', responses).cases;
export const bingxRequests = () => read('bingx_request_selected.json', requests).cases;
export const bingxEndpoints = () => read('bingx_endpoints.json', endpoints);
