/** `node venue/main.ts --data DIR`: a venue as a process of its own. */
import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import type { AccountSpec, FeedKind, MarketSpec, VenueSettings } from './control/types.ts';
import { HELP } from './options.ts';
import type { VenueOptions } from './options.ts';
import { startVenue } from './venue.ts';

const FEEDS = ['walk', 'still', 'candles', 'trades'] as const satisfies readonly FeedKind[];

function readOptions(args: readonly string[]): VenueOptions | 'help' {
  const text = { type: 'string' } as const;
  const flag = { type: 'boolean' } as const;
  const { values } = parseArgs({
    args: [...args],
    allowPositionals: false,
    options: {
      help: flag,
      data: text,
      port: text,
      'control-port': text,
      host: text,
      'control-host': text,
      feed: text,
      file: text,
      'feed-symbol': text,
      speed: text,
      seed: text,
      symbols: text,
      markets: text,
      accounts: text,
      'position-lag-ms': text,
      'slippage-bps': text,
      'no-rate-limits': flag,
      'ip-limits': flag,
    },
  });
  if (values.help) return 'help';
  if (values.data === undefined) throw new Error('--data DIR is needed: the folder of the books');
  const feed = FEEDS.find((kind) => kind === (values.feed ?? 'walk'));
  if (feed === undefined) throw new Error(`--feed ${values.feed ?? ''}: one of ${FEEDS.join(', ')}`);
  return {
    data: values.data,
    feed,
    port: number('port', values.port, 0),
    controlPort: number('control-port', values['control-port'], 0),
    seed: number('seed', values.seed, 1),
    speed: values.speed === 'max' ? 'max' : number('speed', values.speed, 1),
    settings: readSettings(values),
    ...(values.host !== undefined && { host: values.host }),
    ...(values['control-host'] !== undefined && { controlHost: values['control-host'] }),
    ...(values.file !== undefined && { file: values.file }),
    ...(values['feed-symbol'] !== undefined && { feedSymbol: values['feed-symbol'] }),
    ...(values.symbols !== undefined && {
      symbols: values.symbols.split(',').map((symbol) => symbol.trim()),
    }),
    // The venue checks each market and account itself.
    ...(values.markets !== undefined && { markets: readList(values.markets) as MarketSpec[] }),
    ...(values.accounts !== undefined && { accounts: readList(values.accounts) as AccountSpec[] }),
  };
}

type Flags = {
  readonly 'position-lag-ms'?: string | undefined;
  readonly 'slippage-bps'?: string | undefined;
  readonly 'no-rate-limits'?: boolean | undefined;
  readonly 'ip-limits'?: boolean | undefined;
};

/** Only what was given: the rest keeps what the books have stored. */
function readSettings(flags: Flags): Partial<VenueSettings> {
  return {
    ...(flags['position-lag-ms'] !== undefined && {
      positionLagMs: number('position-lag-ms', flags['position-lag-ms'], 1_000),
    }),
    ...(flags['slippage-bps'] !== undefined && {
      slippageBps: number('slippage-bps', flags['slippage-bps'], 1),
    }),
    ...(flags['no-rate-limits'] && { rateLimits: false }),
    ...(flags['ip-limits'] && { ipLimits: true }),
  };
}

function number(name: string, text: string | undefined, usual: number): number {
  const value = text === undefined ? usual : Number(text);
  if (!Number.isFinite(value) || value < 0) throw new Error(`--${name} ${text ?? ''}: a number from 0`);
  return value;
}

function readList(file: string): unknown[] {
  const value: unknown = JSON.parse(readFileSync(file, 'utf8'));
  if (!Array.isArray(value)) throw new Error(`${file}: expected a list`);
  return value;
}

async function main(): Promise<void> {
  const options = readOptions(process.argv.slice(2));
  if (options === 'help') {
    process.stdout.write(`${HELP}\n`);
    return;
  }
  const venue = await startVenue(options);
  const end = () => void venue.stop().then(() => process.exit(0));
  process.once('SIGTERM', end);
  process.once('SIGINT', end);
  process.stdout.write(
    `${JSON.stringify({ event: 'listening', port: venue.port, controlPort: venue.controlPort, pid: process.pid })}\n`,
  );
}

main().catch((error: unknown) => {
  process.stderr.write(`venue: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
});
