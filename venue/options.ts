/** How a venue is started. */
import type { AccountSpec, FeedKind, MarketSpec, VenueSettings } from './control/types.ts';

export type VenueOptions = {
  /** The folder of the durable books; made if absent. */
  readonly data: string;
  /** 0 (default): the system chooses. */
  readonly port?: number;
  readonly controlPort?: number;
  /** Of the exchange protocol, default 127.0.0.1. */
  readonly host?: string;
  /** Of the control interface, default 127.0.0.1: it asks nobody for a key. */
  readonly controlHost?: string;
  /** Default `walk`. */
  readonly feed?: FeedKind;
  /** For candles and trades. */
  readonly file?: string;
  /** Default: the market whose base asset the file's name begins with or contains, else BTC-USDT. */
  readonly feedSymbol?: string;
  /** Times real time; default 1. */
  readonly speed?: number | 'max';
  readonly seed?: number;
  /** Which of the default markets; default all. */
  readonly symbols?: readonly string[];
  /** Besides them. */
  readonly markets?: readonly MarketSpec[];
  readonly accounts?: readonly AccountSpec[];
  /** How often sockets are pinged, default 5000. */
  readonly pingMs?: number;
  /** Put over what the books have stored. */
  readonly settings?: Partial<VenueSettings>;
};

export const HELP = `A simulated exchange with durable books that speaks the protocols of BingX, Bybit and Binance.

node venue/main.ts --data DIR [options]

  --data DIR              folder of the books (needed)
  --port P                of the exchange protocol, default 0: the system chooses
  --control-port C        of the control interface, default 0
  --host H                of the exchange protocol, default 127.0.0.1
  --control-host H        default 127.0.0.1; the control interface asks nobody for a key
  --feed KIND             walk (default), still, candles, trades
  --file F.csv[.gz]       for candles (timestamp,open,high,low,close) and trades (timestamp,price,amount)
  --feed-symbol S         market that the file drives, default by the file's name, else BTC-USDT
  --speed N|max           times real time, default 1
  --seed S                of the random walk, default 1
  --symbols A,B           which of the default markets, default all
  --markets F.json        more markets: a list of {symbol, price, tickSize, lotSize, ...}
  --accounts F.json       accounts: a list of {name, apiKey, secret, balance?, hedgeMode?}
  --position-lag-ms N     how late positions show, default 1000
  --slippage-bps N        of market orders, default 1
  --no-rate-limits        switch all limits off
  --ip-limits             hold the documented limits per address too

Prints one line of JSON when it is ready: {"event":"listening","port":..,"controlPort":..}.`;
