/** What was asked for in the words that people typed it in. */
import type {
  BreakEvenSpec,
  ProtectionPrice,
  TakeProfitLevel,
  TimeExit,
  TrailingStop,
} from '../../../contract/messages.ts';
import type { DefaultProtection } from '../../../domain/account/account.ts';
import { moment } from './format.ts';

/** `42500`, `1%`, `2 atr`, `150 away`. */
export function priceWords(spec: ProtectionPrice | NonNullable<TrailingStop['step']>): string {
  if ('price' in spec) return spec.price;
  if ('percent' in spec) return `${spec.percent}%`;
  return 'distance' in spec ? `${spec.distance} away` : `${spec.atr} atr`;
}

/** One phrase each: `stop 1%`, `targets 1% (40%), 2% (60%)`, `trailing 1% from 2%`. */
export function protectionWords(wish: DefaultProtection): string[] {
  const { stopLoss, takeProfit, takeProfitLevels, trailing, breakEven, timeExit } = wish;
  return [
    ...(stopLoss ? [`stop ${priceWords(stopLoss)}`] : []),
    ...(takeProfit ? [`target ${priceWords(takeProfit)}`] : []),
    ...(takeProfitLevels ? [`targets ${levelWords(takeProfitLevels)}`] : []),
    ...(trailing ? [trailingWords(trailing)] : []),
    ...(breakEven ? [breakEvenWords(breakEven)] : []),
    ...(timeExit ? [timeExitWords(timeExit)] : []),
  ];
}

const levelWords = (levels: readonly TakeProfitLevel[]): string =>
  levels.map(({ at, share }) => `${priceWords(at)} (${share}%)`).join(', ');

function trailingWords({ distance, activation, step }: TrailingStop): string {
  const from = activation ? ` from ${priceWords(activation)}` : '';
  return `trailing ${priceWords(distance)}${from}${step ? `, step ${priceWords(step)}` : ''}`;
}

function breakEvenWords({ after, offset }: BreakEvenSpec): string {
  const when = 'targets' in after ? `after target ${after.targets}` : `at ${priceWords(after)}`;
  return `break-even ${when}${offset !== undefined && offset !== '0' ? ` plus ${offset}%` : ''}`;
}

const timeExitWords = (exit: TimeExit): string =>
  'at' in exit ? `closed at ${moment(exit.at)}` : `closed after ${exit.afterMinutes} min`;
