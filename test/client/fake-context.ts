/** A context that records what a command prints, with a facade made by the test. */
import { createColors } from 'picocolors';
import type { Context, Session } from '../../client/cli/context.ts';
import { run } from '../../client/cli/program.ts';
import type { Holdfast } from '../../client/api.ts';
import type { HoldfastConfig } from '../../config/config.ts';
import type { Exchange } from '../../exchanges/exchange.ts';
import type { Journal } from '../../journal/journal.ts';
import { createVenueControl } from '../../venue/control/client.ts';
import { configOf } from './config-of.ts';

export type Ran = { code: number; out: string; err: string };

export type Setting = {
  holdfast?: Partial<Holdfast>;
  exchange?: Partial<Exchange>;
  journal?: Journal;
  config?: HoldfastConfig;
  /** Symbols that a running Holdfast answers for. */
  keeps?: readonly string[];
  isDown?: boolean;
  width?: number;
  isTty?: boolean;
  colors?: boolean;
  confirm?: (question: string) => boolean;
  nowMs?: number;
};

const DEFAULT_CONFIG = configOf('');
const unexpected = () => Promise.reject(new Error('the test did not expect this call'));

/** Runs one command line; a method of the facade that the test did not give rejects. */
export async function holdfast(line: string | readonly string[], setting: Setting = {}): Promise<Ran> {
  const {
    config = DEFAULT_CONFIG,
    width = 100,
    isTty = false,
    confirm = () => false,
    nowMs = Date.parse('2026-01-02T03:05:30Z'),
  } = setting;
  let out = '';
  let err = '';
  const facade = new Proxy(
    { ...setting.holdfast },
    { get: (target, name) => Reflect.get(target, name) ?? unexpected },
  );
  const session: Session = {
    config,
    isDown: () => setting.isDown ?? false,
    holdfast: facade as Holdfast, // the proxy answers every other method with a rejection
    exchange: async () => setting.exchange as Exchange, // a test that asks for an exchange gives what it needs of one
    journal: () => {
      if (!setting.journal) throw new Error('the test did not expect anything to be written');
      return setting.journal;
    },
    close: async () => {},
  };
  const context: Context = {
    out: (text) => void (out += `${text}\n`),
    err: (text) => void (err += `${text}\n`),
    raw: (text) => void (out += text),
    colors: createColors(setting.colors ?? false),
    width,
    height: 40,
    isTty,
    now: () => nowMs,
    confirm: async (question) => confirm(question),
    stopping: new AbortController().signal,
    pause: async () => false,
    config: () => config,
    ownConfig: () => config,
    session: async () => session,
    direct: async () => ({
      config,
      open: async () => setting.exchange as Exchange, // as above
      keeps: async ({ symbol }) => setting.keeps?.includes(symbol) ?? false,
      close: async () => {},
    }),
    venue: () => createVenueControl('http://127.0.0.1:1'),
    exitCode: 0,
  };
  const code = await run(typeof line === 'string' ? line.split(' ') : line, context);
  return { code, out, err };
}
