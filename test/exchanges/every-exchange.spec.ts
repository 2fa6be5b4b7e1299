/** No exchange is half there: whatever the configuration takes can be traded on, is tried as a whole and is told of. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { accountSchema } from '../../config/account-schema.ts';
import { EXCHANGES, EXCHANGE_NAMES } from '../../domain/exchanges.ts';
import { createCcxtClient } from '../../exchanges/ccxt/load.ts';
import { createExchange } from '../../exchanges/create.ts';
import type { ExchangeConnection } from '../../exchanges/connection.ts';

const ROOT = join(import.meta.dirname, '../..');
const textOf = (path: string): string => readFileSync(join(ROOT, path), 'utf8');

const paper = (exchange: ExchangeConnection['exchange']): ExchangeConnection => ({
  account: 'test',
  exchange,
  mode: 'paper',
  endpoint: 'http://127.0.0.1:9', // nobody answers there, and connecting does not need it
  apiKey: 'k',
  secret: 's',
  timeouts: { httpMs: 50 },
});

it('the configuration takes the exchanges of the list, and no other', () => {
  expect(accountSchema.shape.exchange.unwrap().options).toEqual(EXCHANGE_NAMES);
});

describe.each(EXCHANGE_NAMES)('%s', (name) => {
  const { title, demo, hosts } = EXCHANGES[name];

  it('has an adapter that goes by its name', async () => {
    const exchange = await createExchange(paper(name));
    expect(exchange.name).toBe(name);
    await exchange.close();
  });

  it.skipIf(demo)('refuses demo before anything is sent, as it has none', async () => {
    await expect(createExchange({ ...paper(name), mode: 'demo' })).rejects.toThrow(`${title} has no demo`);
  });

  it('names all hosts that ccxt would send orders to', async () => {
    const client = await createCcxtClient(name, {});
    const urls = urlsIn(client.urls.api).map((url) => client.implodeHostname?.(url) ?? url);
    const called = new Set(urls.map((url) => new URL(url).hostname));
    expect(called.size).toBeGreaterThan(0);
    const strange = [...called].filter((host) => !hosts.some((known) => host.endsWith(`.${known}`)));
    expect(strange).toEqual([]);
  });

  it('is held to the whole conformance suite, in both position modes', () => {
    const spec = textOf(`test/exchanges/${name}-conformance.spec.ts`).replaceAll(/\s+/g, ' ');
    for (const mode of ['one-way', 'hedge']) {
      expect(spec).toContain(`name: '${name}', mode: '${mode}'`);
      expect(spec).toContain(`startVenueUnderTest('${name}', '${mode}'`);
    }
  });

  it('has a row and a section in the documentation, and is named in the example of a configuration', () => {
    const documentation = textOf('docs/exchanges.md');
    const row = new RegExp(`^\\| \`${name}\` \\| ${title} \\|.*\\| ${demo ? 'yes' : 'no'} \\|$`, 'm');
    expect(documentation).toMatch(row);
    expect(documentation).toMatch(new RegExp(`^## .*\\b${title}\\b`, 'm'));
    expect(textOf('holdfast.example.yaml')).toMatch(new RegExp(`exchange: .*#.*\\b${name}\\b`));
  });
});

/** Every url in ccxt's table, however deep. */
function urlsIn(branch: unknown): string[] {
  if (typeof branch === 'string') return [branch];
  return typeof branch === 'object' && branch !== null ? Object.values(branch).flatMap(urlsIn) : [];
}
