/** Figures and times as people read them. */
import type { HoldfastConfig } from '../../../config/config.ts';
import { isPositive, lt, toPlaces, type Decimal } from '../../../domain/decimal.ts';
import { EXCHANGES, type ExchangeName } from '../../../domain/exchanges.ts';
import type { AccountMode } from '../../../domain/terms.ts';
import type { Colors } from '../context.ts';

export const orDash = (value: string | null): string => value ?? '-';

/** `+51.60` in green, `-3.20` in red. */
export function profit(value: Decimal | null, colors: Colors): string {
  if (value === null) return colors.dim('unknown');
  const text = money(value);
  if (isPositive(value)) return colors.green(`+${text}`);
  return lt(value, '0') ? colors.red(text) : text;
}

/** Two decimals. */
export function money(value: Decimal): string {
  const [whole = '0', places = ''] = toPlaces(value, 2).split('.');
  return `${whole}.${places.padEnd(2, '0')}`;
}

/** Averages have no end: enough places to tell them apart. What is no longer than a price stays as it is. */
export function figure(value: Decimal | null): string {
  if (value === null) return '-';
  const [whole = '0', places = ''] = value.split('.');
  if (value.length <= FIGURE_WIDTH) return value;
  const leadingZeros = whole === '0' ? (/^0*/.exec(places)?.[0].length ?? 0) : 0;
  return toPlaces(value, Math.max(2, FIGURE_WIDTH - 2 - whole.length) + leadingZeros);
}

const FIGURE_WIDTH = 10;

/** `2026-01-02 03:04:05`, UTC as everywhere. */
export const moment = (at: string | null): string => (at === null ? '-' : at.slice(0, 19).replace('T', ' '));

/** `420 ms`, `12 s`, `5 min`, `3.2 h`, `2.1 d`. */
export function duration(ms: number): string {
  const s = ms / 1_000;
  if (ms < 1_000) return `${Math.round(ms)} ms`;
  if (s < 120) return `${Math.round(s)} s`;
  if (s < 7_200) return `${Math.round(s / 60)} min`;
  return s < 172_800 ? `${(s / 3_600).toFixed(1)} h` : `${(s / 86_400).toFixed(1)} d`;
}

/** `1 leg`, `2 legs`. */
export const plural = (count: number, one: string, many: string): string =>
  `${count} ${count === 1 ? one : many}`;

/** Red wherever it is real money. */
export const modeText = (mode: AccountMode, colors: Colors): string =>
  mode === 'live' ? liveMark(colors) : mode;

/** As it writes itself. */
export const exchangeText = (exchange: ExchangeName): string => EXCHANGES[exchange].title;

export const liveMark = (colors: Colors): string => colors.bold(colors.red('LIVE'));

/** The line above every screen that shows or touches real money; empty where none does. */
export function liveBanner(modes: readonly AccountMode[], colors: Colors): string[] {
  return modes.includes('live') ? [colors.bold(colors.red('LIVE: real money'))] : [];
}

/** The modes of the configured accounts, of all or of the named ones. */
export const modesOf = ({ accounts }: HoldfastConfig, names = Object.keys(accounts)): AccountMode[] =>
  Object.values(accounts)
    .filter(({ name }) => names.includes(name))
    .map(({ mode }) => mode);
