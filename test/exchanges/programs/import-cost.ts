/** Connects one account of each exchange named, and tells which ccxt classes and adapters were loaded for it. */
import { registerHooks } from 'node:module';
import { EXCHANGES, type ExchangeName } from '../../../domain/exchanges.ts';

const loaded: string[] = [];
registerHooks({
  load: (url, context, next) => {
    loaded.push(url);
    return next(url, context);
  },
});

const { createExchange } = await import('../../../exchanges/create.ts');
const before = { ms: performance.now(), bytes: process.memoryUsage().rss };
for (const exchange of process.argv.slice(2) as ExchangeName[]) {
  const connected = await createExchange({
    account: exchange,
    exchange,
    mode: 'paper',
    endpoint: 'http://127.0.0.1:9', // nobody answers there, and connecting does not need it
    apiKey: 'k',
    secret: 's',
    timeouts: { httpMs: 50 },
  });
  await connected.close();
}
const after = { ms: performance.now(), bytes: process.memoryUsage().rss };
const protocols = Object.values(EXCHANGES).map(({ protocol }) => protocol);
const adapter = new RegExp(`/exchanges/(${protocols.join('|')})/`);
const named = (pattern: RegExp): string[] => loaded.flatMap((url) => pattern.exec(url)?.[1] ?? []).toSorted();
process.stdout.write(
  JSON.stringify({
    proClasses: named(/\/ccxt\/js\/src\/pro\/([a-z0-9]+)\.js$/),
    wholeLibrary: loaded.some((url) => /\/ccxt\/js\/ccxt\.js$|\/ccxt\/dist\//.test(url)),
    adapters: [...new Set(named(adapter))],
    ms: Math.round(after.ms - before.ms),
    megabytes: Math.round((after.bytes - before.bytes) / 1e6),
  }),
);
process.exit(0);
