/**
 * What Bybit's codes mean for an order. Raw code first: of the 670 documented ones ccxt leaves 413 unmapped.
 *
 * The rule for what is not a clear no: `busy`, so that a placement is looked up and never guessed.
 * Source: bybit-exchange/docs 072c197, v5/error. 10018 and 110030 as ccxt knows them.
 */
import type { Coded } from '../ccxt/coded-failure.ts';
import type { Failure, FailureClass } from '../ccxt/failure.ts';
import type { WireRecord } from '../ccxt/transport.ts';
import { REFUSED_ELSEWHERE } from './codes-elsewhere.ts';

const CODES: Partial<Record<FailureClass, readonly number[]>> = {
  rate_limited: [10006, 10018, 10429, 20003, 30035, 170005, 170222],
  credentials: [
    -2015, 10003, 10004, 10005, 10007, 10008, 10009, 10010, 10024, 10027, 10028, 33004, 100028, 110088,
    3100181, 3100197,
  ],
  clock: [10002],
  busy: [
    10000, 10016, 10019, 40004, 60071, 60080, 110063, 110079, 110114, 131001, 131003, 131200, 131201, 131230,
    140003, 148019, 148021, 148026, 148034, 148035, 148036, 170001, 170007, 170032, 170035, 170144, 170146,
    170147, 170149, 170150, 170191, 170212, 170234, 170310, 176018, 176019, 177002, 180000, 180018, 500000,
    500001, 700003, 700021, 790000, 3400214, 3777012, 3777043,
  ],
  maintenance: [180023],
  duplicate: [10014, 20006, 110030, 110072, 131082, 170141, 176014, 176021, 177018, 180025, 180031],
  order_gone: [110001, 110008, 110010, 170139, 170142, 170143, 170190, 170213],
  no_position: [110017, 110034],
  would_trigger: [110092, 110093],
  protection_exists: [34040],
  insufficient_funds: [
    30256, 110004, 110006, 110007, 110012, 110014, 110040, 110044, 110045, 110051, 110052, 110053, 110131,
    170033, 170131,
  ],
  position_mode: [110029],
  unknown_symbol: [10029, 110074, 170121, 181012],
  rule: [
    30208, 30209, 30228, 110003, 110009, 110011, 110013, 110020, 110021, 110022, 110023, 110032, 110036,
    110038, 110039, 110041, 110042, 110046, 110047, 110048, 110049, 110057, 110058, 110059, 110060, 110061,
    110064, 110085, 110086, 110087, 110089, 110090, 110094, 110095, 110098, 110099, 110103, 110108, 110109,
    110116, 110118, 110120, 110121, 170124, 170132, 170133, 170134, 170136, 170137, 170140, 170148, 170192,
    170193, 170194, 170203, 170204, 170371, 170372, 170381, 170382, 170810, 3400139,
  ],
  other: [10001, 10017, 110005, 110018, 110019, 110025, 110026, 110033, 110035, 110037, 110043],
};

const BY_CODE = new Map<string, FailureClass>([
  ...REFUSED_ELSEWHERE.map((code) => [String(code), 'other'] as const),
  // `Object.entries` forgets the key type that the declaration above fixes.
  ...(Object.entries(CODES) as [FailureClass, readonly number[]][]).flatMap(([found, codes]) =>
    codes.map((code) => [String(code), found] as const),
  ),
]);

/** Codes that stand for several things; their text tells which. The first match wins. */
const BY_TEXT: readonly { codes: readonly string[]; text: RegExp; means: FailureClass }[] = [
  { codes: ['10001'], text: /position ?idx|position mode/i, means: 'position_mode' },
  { codes: ['10001'], text: /orderlinkid.*(duplicate|exist)|duplicate.*orderlinkid/i, means: 'duplicate' },
  {
    codes: ['10001'],
    text: /symbol.*(invalid|not exist|err)|(invalid|not supported).*symbol/i,
    means: 'unknown_symbol',
  },
  {
    codes: ['10001'],
    text: /(take ?profit|stop ?loss|trigger).*(higher|lower|base_price|price)/i,
    means: 'would_trigger',
  },
  { codes: ['10001'], text: /qty|quantity|price|minimum|maximum|limit|tick|step|leverage/i, means: 'rule' },
];

/**
 * The class of a code that Bybit answered with, its text helping where the code is ambiguous.
 * A code that is not listed is `undefined`: the caller decides by what was asked.
 */
export function classOfCode(code: string, text: string): FailureClass | undefined {
  const special = BY_TEXT.find(({ codes, text: pattern }) => codes.includes(code) && pattern.test(text));
  return special?.means ?? BY_CODE.get(code);
}

/** A definite word that there is no such order. */
export const isOrderGone = (code: string): boolean => classOfCode(code, '') === 'order_gone';

/**
 * 403 is an address that asks too often, or one in a country that the site does not serve: then the page before
 * Bybit's own servers says so, and no waiting helps.
 */
export function classOfStatus(status: number, body = ''): FailureClass | undefined {
  if (status !== 403) return undefined;
  return /block access from your country/i.test(body) ? 'credentials' : 'rate_limited';
}

/** When the limit of an endpoint that was used up is free again, by Bybit's clock. */
export function liftedAtMs({ code }: Failure, { headers }: WireRecord): number | undefined {
  const text = headers?.['x-bapi-limit-reset-timestamp'];
  return code === '10006' && text !== undefined && /^\d{13}$/.test(text) ? Number(text) : undefined;
}

/** The leverage, margin or position mode that was asked for is the one already set. */
export const isAlreadySet = ({ code }: Pick<Failure, 'code'>): boolean =>
  code === '110043' || code === '110025' || code === '110026';

/** Bybit answers everything with a code; 0 is success. */
export function codeOfBody(body: object): Coded | undefined {
  if (!('retCode' in body)) return undefined;
  const code = String(body.retCode);
  if (code === '0' || code === '') return undefined;
  return { code, text: 'retMsg' in body && typeof body.retMsg === 'string' ? body.retMsg : '' };
}
