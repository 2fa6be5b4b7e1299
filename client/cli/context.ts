/** What a command gets to work with; tests bring a context of their own. */
import type { createColors } from 'picocolors';
import type { HoldfastConfig } from '../../config/config.ts';
import type { Exchange } from '../../exchanges/exchange.ts';
import type { Journal } from '../../journal/journal.ts';
import type { VenueControl } from '../../venue/control/client.ts';
import type { Holdfast } from '../api.ts';
import type { Direct } from './direct.ts';
import type { Where } from './where.ts';

export type Colors = ReturnType<typeof createColors>;

export type Context = {
  /** Writes lines to standard output. */
  out: (text: string) => void;
  /** Writes lines to standard error. */
  err: (text: string) => void;
  colors: Colors;
  /** Columns of the terminal, as it is now. */
  readonly width: number;
  /** Rows of the terminal, as it is now. */
  readonly height: number;
  /** Whether a person is looking at standard output. */
  isTty: boolean;
  now(): number;
  /** Writes to standard output as it is, for screens that change in place. */
  raw: (text: string) => void;
  /** Asks a person; only called when `isTty`. */
  confirm(question: string): Promise<boolean>;
  /** Aborts when the program is asked to end. */
  stopping: AbortSignal;
  /** Waits; ends early when the program is asked to stop. False: stop. */
  pause(ms: number): Promise<boolean>;
  /** The configuration, as what runs on its data folder has it. Connects nowhere. */
  config(where: Where): HoldfastConfig;
  /** The configuration as written, whatever runs. */
  ownConfig(where: Where): HoldfastConfig;
  /** Loads the configuration and connects to Temporal and journal. */
  session(where: Where): Promise<Session>;
  /** Loads the configuration; connects to an exchange alone, where one is asked for. */
  direct(where: Where): Promise<Direct>;
  /** The control interface of this copy's venue. */
  venue(where: Where): VenueControl;
  /** Set by commands that end well with a finding. */
  exitCode: number;
};

export type Session = {
  config: HoldfastConfig;
  /** Nothing runs on this copy's data folder right now: what the journal says is how it ended. */
  isDown(): boolean;
  holdfast: Holdfast;
  /** A gateway to the account's exchange; closed with the session. */
  exchange(account: string): Promise<Exchange>;
  /** The journal to write to, made where there is none yet; closed with the session. */
  journal(): Journal;
  close(): Promise<void>;
};
