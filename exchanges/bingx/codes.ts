/**
 * What BingX's codes mean for an order. Raw code first: ccxt knows 9 of the 81 documented ones and
 * maps some of those wrongly (100421 to BadSymbol, 80017 to OrderNotFound).
 *
 * The rule for what is not a clear no: `busy`, so that a placement is looked up and never guessed.
 * Source: BingX-API/api-ai-skills d40bcc6, error-code tables; the 80xxx codes as ccxt recorded them.
 */
import type { Coded } from '../ccxt/coded-failure.ts';
import type { FailureClass } from '../ccxt/failure.ts';

const CODES: Partial<Record<FailureClass, readonly string[]>> = {
  rate_limited: ['429', '418', '100410', '109403', '109429'],
  credentials: [
    '401',
    '403',
    '100001',
    '100004',
    '100403',
    '100412',
    '100413',
    '100414',
    '100419',
    '100441',
    '100450',
    '101210',
    '101402',
    '101483',
    '101484',
    '104414',
  ],
  clock: ['100421'],
  busy: [
    '500',
    '504',
    '80001',
    '100500',
    '100503',
    '101214',
    '101219',
    '101412',
    '109500',
    '109701',
    '110500',
  ],
  maintenance: ['503'],
  duplicate: ['101481', '109201'],
  order_gone: ['80016', '80018', '109421'],
  no_position: ['80017', '101205', '101290', '109420'],
  would_trigger: ['110411', '110412', '110413', '110414'],
  protection_exists: ['110406', '110407'],
  quantity_locked: ['110203'],
  insufficient_funds: ['80012', '100202', '101204', '101206', '101212', '101253', '102201', '110424'],
  position_mode: ['104103', '104108'],
  unknown_symbol: ['100204', '100490', '109417', '109425'],
  rule: [
    '100440',
    '101201',
    '101202',
    '101209',
    '101211',
    '101215',
    '101222',
    '101414',
    '101419',
    '101429',
    '101434',
    '101460',
    '101461',
    '101485',
    '110206',
    '110287',
    '110400',
    '110402',
    '110415',
    '110418',
    '110419',
    '110420',
    '110422',
    '110425',
    '110426',
    '110427',
    '110428',
    '112414',
  ],
  other: [
    '400',
    '404',
    '80014',
    '100400',
    '100404',
    '100437',
    '101400',
    '101413',
    '101415',
    '101479',
    '104424',
    '109400',
    '109430',
    '110280',
    '110284',
  ],
};

const BY_CODE = new Map<string, FailureClass>(
  // `Object.entries` forgets the key type that the declaration above fixes.
  (Object.entries(CODES) as [FailureClass, readonly string[]][]).flatMap(([found, codes]) =>
    codes.map((code) => [code, found] as const),
  ),
);

/** Codes that stand for several things; their text tells which. The first match wins. */
const BY_TEXT: readonly { codes: readonly string[]; text: RegExp; means: FailureClass }[] = [
  {
    codes: ['101400', '109400', '110400', '110426', '80014'],
    text: /client ?order ?id.*(used|duplicate|exist|repeat)|duplicate.*client ?order ?id/i,
    means: 'duplicate',
  },
  { codes: ['101400'], text: /duplicate clientorderid|same order number/i, means: 'duplicate' },
  { codes: ['109400', '100400', '80014'], text: /timestamp|recv ?window/i, means: 'clock' },
  {
    codes: ['109400', '80014', '101414', '101400'],
    text: /position ?side|position mode|one-?way|hedge/i,
    means: 'position_mode',
  },
  {
    codes: ['100400', '100404', '109400', '101400', '80014', '80017'],
    text: /order (does|is|was)?( )?not (exist|found)|order not exist/i,
    means: 'order_gone',
  },
  {
    codes: ['101400', '109400', '110400', '110426'],
    text: /(tp|sl|stop ?loss|take ?profit|stop ?price|trigger).*(direction|price|current)/i,
    means: 'would_trigger',
  },
  {
    codes: ['101400', '109400', '110400', '110426', '80014'],
    text: /min(imum)?|precision|step|quantity|amount|tick/i,
    means: 'rule',
  },
];

/**
 * The class of a code that BingX answered with, its text helping where the code is ambiguous.
 * A code that is not listed is `undefined`: the caller decides by what was asked.
 */
export function classOfCode(code: string, text: string): FailureClass | undefined {
  const special = BY_TEXT.find(({ codes, text: pattern }) => codes.includes(code) && pattern.test(text));
  return special?.means ?? BY_CODE.get(code);
}

const NOT_OFFERED = ['100400', '100404', 'HTTP 404', 'HTTP 405'];

/** Whether there is no such endpoint, for calls that name no order and have another way to be answered. */
export const isNotOffered = ({ code = '' }: { code?: string | undefined }): boolean =>
  NOT_OFFERED.includes(code);

/** When BingX lifts a ban that it announces in the text of 100410, by its own clock. */
export function unblockedAtMs(text: string): number | undefined {
  const match = /unblocked after (\d{13})/i.exec(text);
  return match ? Number(match[1]) : undefined;
}

/** BingX answers everything with a code; 0 is success. */
export function codeOfBody(body: object): Coded | undefined {
  if (!('code' in body)) return undefined;
  const code = String(body.code);
  if (code === '0' || code === '') return undefined;
  return { code, text: 'msg' in body && typeof body.msg === 'string' ? body.msg : '' };
}
