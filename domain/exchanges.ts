/** Which exchanges there are: the one list that configuration, gateways, screens and their tests go by. */

type ExchangeFacts = {
  /** As it writes itself. */
  title: string;
  /** Whose wire protocol it speaks: the adapter in `exchanges/`, and the venue's protocol of that name. */
  protocol: string;
  /** Domains where orders are real, subdomains included: no paper account may point there. */
  hosts: readonly string[];
  /** It documents a place to trade with test money, and ccxt's class knows the way. */
  demo: boolean;
};

/** Bybit's own and those of countries that it serves by the same platform. Source: its v5 docs, guide. */
const BYBIT_HOSTS = [
  'bybit.com',
  'bytick.com',
  'bybit.ae',
  'bybit.eu',
  'bybit.kz',
  'bybit.nl',
  'bybit-tr.com',
  'bybitgeorgia.ge',
];

/** By the name that the configuration uses. */
export const EXCHANGES = {
  bingx: { title: 'BingX', protocol: 'bingx', hosts: ['bingx.com', 'bingx.pro'], demo: true },
  bybit: { title: 'Bybit', protocol: 'bybit', hosts: BYBIT_HOSTS, demo: true },
  binance: { title: 'Binance', protocol: 'binance', hosts: ['binance.com'], demo: true },
  bybitid: { title: 'Bybit Indonesia', protocol: 'bybit', hosts: ['bybit.id'], demo: false },
} as const satisfies Record<string, ExchangeFacts>;

export type ExchangeName = keyof typeof EXCHANGES;

/** The protocols that there is an adapter for. */
export type ExchangeProtocol = (typeof EXCHANGES)[ExchangeName]['protocol'];

// `Object.keys` forgets which keys the declaration above fixes.
export const EXCHANGE_NAMES = Object.keys(EXCHANGES) as readonly ExchangeName[];
