/** `holdfast open SYMBOL SIDE QUANTITY`: opens a position through its account's limits. */
import { InvalidArgumentError, type Command } from 'commander';
import { nearest } from '../../../config/nearest.ts';
import { accountConfig } from '../../../config/account.ts';
import type { OpenPositionAnswer, OpenPositionRequest } from '../../../contract/messages.ts';
import type { Decimal } from '../../../domain/decimal.ts';
import type { Side, Symbol, WorkingType } from '../../../domain/terms.ts';
import { HoldfastError } from '../../errors.ts';
import {
  amountArgument,
  chosenAccount,
  sideArgument,
  symbolArgument,
  workingTypeArgument,
} from '../arguments.ts';
import { confirmLive } from '../confirm.ts';
import type { Context, Session } from '../context.ts';
import { insistServed } from '../not-served.ts';
import { priceArgument, targetsArgument } from '../protection-arguments.ts';
import {
  addProtectionOptions,
  addTimeExit,
  askedProtection,
  orNull,
  type ProtectionOptions,
  type TimeExitOption,
} from '../protection-options.ts';
import { positionCard } from '../render/position-card.ts';
import { liveBanner } from '../render/format.ts';
import { waitUntilOpen } from '../wait-until-open.ts';
import { addWhere, withSession, type Where } from '../where.ts';

type Options = Where &
  ProtectionOptions &
  TimeExitOption & {
    account?: string;
    limit?: Decimal;
    visible?: Decimal;
    instantTp?: boolean;
    workingType?: WorkingType;
    requestId?: string;
    wait?: boolean;
    yes?: boolean;
    json?: boolean;
  };

export function addOpen(program: Command, context: Context): void {
  const command = program
    .command('open')
    .description('Open a position: holdfast open btc long 0.05 --sl 1% --tp 2%')
    .argument('<symbol>', 'BTC/USDT:USDT, BTC-USDT, BTCUSDT or btc', symbolArgument)
    .argument('<side>', 'long or short', sideArgument)
    .argument('<quantity>', 'in base units', amountArgument)
    .argument('[settings...]', 'the options below as words: sl=1% tp=2% limit=42000')
    .option('-a, --account <name>', 'which account; needed where there are several')
    .option('--limit <price>', 'limit price; without it the entry goes at market', amountArgument)
    .option('--visible <amount>', 'of a limit entry only so much shows at a time', amountArgument);
  addTimeExit(addProtectionOptions(command))
    .option('--instant-tp', 'close at market when the price is beyond a target that has not filled')
    .option('--no-instant-tp', 'leave it to the target order')
    .option('--working-type <type>', 'CONTRACT_PRICE or MARK_PRICE', workingTypeArgument)
    .option('--request-id <id>', 'sending the same id again opens nothing twice')
    .option('-w, --wait', 'wait until it is open and protected')
    .option('-y, --yes', 'do not ask, on a live account either')
    .option('--json', 'answer in JSON');
  addWhere(command).action(
    (symbol: Symbol, side: Side, quantity: Decimal, words: string[], given: Options) => {
      const options = { ...given, ...readWords(words) };
      return withSession(context.session(options), (session) =>
        open(context, session, requestOf(symbol, side, quantity, options), options),
      );
    },
  );
}

/** `sl=1%` for people who do not like dashes. */
function readWords(words: readonly string[]): Options {
  const options: Options = {};
  for (const word of words) {
    const [, name, value] = /^(sl|tp|limit)[=:](.+)$/i.exec(word) ?? [];
    if (name === undefined || value === undefined)
      throw new InvalidArgumentError(`"${word}" is not understood. Write sl=1%, tp=2% or limit=42000.`);
    if (name.toLowerCase() === 'limit') options.limit = amountArgument(value);
    else if (name.toLowerCase() === 'sl') options.sl = priceArgument(value);
    else options.tp = targetsArgument(value);
  }
  return options;
}

function requestOf(symbol: Symbol, side: Side, quantity: Decimal, given: Options): OpenPositionRequest {
  const options = insistOnLimit(given);
  return {
    symbol,
    side,
    quantity,
    ...(options.limit !== undefined && { limitPrice: options.limit }),
    ...(options.visible !== undefined && { visibleQuantity: options.visible }),
    ...askedProtection(options),
    ...(options.timeExit !== undefined && { timeExit: orNull(options.timeExit) }),
    ...(options.instantTp !== undefined && { instantTp: options.instantTp }),
    ...(options.workingType !== undefined && { workingType: options.workingType }),
    ...(options.requestId !== undefined && { requestId: options.requestId }),
  };
}

/** What shows of an order that never rests is no question. */
export function insistOnLimit<Options extends { limit?: Decimal; visible?: Decimal }>(
  options: Options,
): Options {
  if (options.visible === undefined || options.limit !== undefined) return options;
  throw new InvalidArgumentError('--visible is for entries at a limit: add --limit PRICE.');
}

async function open(
  context: Context,
  session: Session,
  request: OpenPositionRequest,
  options: Options,
): Promise<void> {
  const name = chosenAccount(session.config, options.account);
  const { mode } = accountConfig(session.config, name);
  insistServed(session.config, name, context.now());
  const words = `open ${request.side} ${request.quantity} ${request.symbol} on ${name}`;
  if (!(await confirmLive(context, mode, words, options.yes))) return;
  const answer = await session.holdfast
    .openPosition(name, request)
    .catch((error: unknown) => explain(error, session, name, request.symbol));
  if (options.wait) return showWhenOpen(context, session, answer, options.json === true);
  if (options.json) return context.out(JSON.stringify(answer, null, 2));
  const lines = [
    ...liveBanner([mode], context.colors),
    `Opening ${request.side} ${request.quantity} ${request.symbol} on ${name}.`,
    `Watch it: holdfast show '${answer.workflowId}'`,
  ];
  context.out(lines.join('\n'));
}

async function showWhenOpen(
  context: Context,
  { holdfast }: Session,
  { workflowId }: OpenPositionAnswer,
  asJson: boolean,
): Promise<void> {
  const { shown, settled } = await waitUntilOpen(context, holdfast, workflowId);
  context.out(
    asJson ? JSON.stringify(shown.position, null, 2) : positionCard(shown, context.colors, context.now()),
  );
  if (!settled)
    throw new HoldfastError(
      'no_answer',
      'It is not open yet. It goes on by itself: look with holdfast show.',
    );
}

/** A symbol that the exchange does not list gets the nearest one that it does. */
async function explain(error: unknown, session: Session, name: string, symbol: Symbol): Promise<never> {
  if (!(error instanceof HoldfastError) || error.code !== 'unknown_symbol') throw error;
  const listed = await session
    .exchange(name)
    .then((exchange) => exchange.symbols())
    .catch(() => []);
  const guess = nearest(symbol, listed);
  const hint =
    guess === undefined
      ? listed.length === 0
        ? ''
        : ` It lists ${listed.slice(0, 8).join(', ')}${listed.length > 8 ? ', ...' : ''}.`
      : ` Did you mean ${guess}?`;
  throw new HoldfastError('unknown_symbol', `${error.message.replace(/\.?$/, '.')}${hint}`, {
    cause: error,
    reasons: error.reasons,
  });
}
