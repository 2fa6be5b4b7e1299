/**
 * What Binance's USDT-M codes mean for an order. Raw code first: ccxt picks its table by the url, maps
 * -4116 to no duplicate and takes -2015 for a flood once a key has worked.
 *
 * The rule for what is not a clear no: `busy`, so that a placement is looked up and never guessed.
 * Source: developers.binance.com, derivatives/usds-margined-futures/error-code (2026); -4109, -4120, -4130,
 * -4509, -4531 and -5000 from its change log and recorded answers; -20124 and -20132 from its algo service.
 */
import type { Coded } from '../ccxt/coded-failure.ts';
import type { FailureClass } from '../ccxt/failure.ts';

const CODES: Partial<Record<FailureClass, readonly number[]>> = {
  // -1008 is a brake of the whole system: what it turns away was not taken.
  rate_limited: [-1003, -1008, -1015],
  credentials: [-1002, -1005, -1011, -1022, -1099, -1109, -2014, -2015, -2017, -4056, -4057, -4080, -4109],
  clock: [-1021, -5028],
  // -4117: the conditional order is on its way right now, so it is neither there nor gone.
  busy: [-1000, -1001, -1006, -1007, -1010, -4078, -4083, -4117],
  maintenance: [-1016],
  duplicate: [-4116, -20132],
  order_gone: [-2011, -2013, -20124],
  no_position: [-2022, -2024, -4509],
  would_trigger: [-2021, -4142],
  protection_exists: [-4130],
  quantity_locked: [-4118],
  insufficient_funds: [-2018, -2019, -2028, -4050, -4051],
  position_mode: [-4060, -4061, -4067, -4068, -4531],
  unknown_symbol: [-1121, -1122, -4144],
  rule: [
    -1013, -1111, -2025, -2026, -2027, -4001, -4002, -4003, -4004, -4005, -4006, -4007, -4013, -4014, -4016,
    -4020, -4022, -4023, -4024, -4028, -4029, -4030, -4031, -4045, -4131, -4135, -4136, -4137, -4138, -4139,
    -4140, -4141, -4161, -4164, -4183, -4184, -4202, -4203, -4205, -4206, -4208, -4209, -4210, -4211, -4403,
    -5021, -5022, -5029, -5037, -5038, -5039, -5040, -5041, -32603,
  ],
  other: [
    -1004, -1014, -1020, -1023, -1100, -1101, -1102, -1103, -1104, -1105, -1106, -1108, -1110, -1112, -1113,
    -1114, -1115, -1116, -1117, -1118, -1119, -1120, -1125, -1126, -1127, -1128, -1130, -1131, -1136, -2007,
    -2010, -2012, -2016, -2020, -2023, -4000, -4008, -4009, -4010, -4011, -4012, -4015, -4017, -4018, -4019,
    -4021, -4025, -4026, -4027, -4032, -4033, -4044, -4046, -4047, -4048, -4049, -4052, -4053, -4054, -4055,
    -4058, -4059, -4062, -4063, -4064, -4065, -4066, -4069, -4070, -4071, -4072, -4073, -4074, -4075, -4076,
    -4077, -4079, -4081, -4082, -4084, -4085, -4086, -4087, -4088, -4104, -4114, -4115, -4120, -4165, -4167,
    -4168, -4169, -4170, -4171, -4172, -4192, -4400, -4401, -4402, -5000, -5024, -5025, -5026, -5027,
  ],
};

const BY_CODE = new Map<string, FailureClass>(
  // `Object.entries` forgets the key type that the declaration above fixes.
  (Object.entries(CODES) as [FailureClass, readonly number[]][]).flatMap(([found, codes]) =>
    codes.map((code) => [String(code), found] as const),
  ),
);

/** Codes that stand for several things; their text tells which. */
const BY_TEXT: readonly { codes: readonly string[]; text: RegExp; means: FailureClass }[] = [
  // An account in hedge mode wants no reduceOnly at all.
  { codes: ['-1106', '-4062'], text: /reduce-?only/i, means: 'position_mode' },
  { codes: ['-2010', '-1130', '-4015'], text: /duplicate/i, means: 'duplicate' },
];

/** The class of a code; `undefined` where none is listed: the caller decides by what was asked. */
export function classOfCode(code: string, text: string): FailureClass | undefined {
  const special = BY_TEXT.find(({ codes, text: pattern }) => codes.includes(code) && pattern.test(text));
  return special?.means ?? BY_CODE.get(code);
}

/** The codes of success that some answers carry. */
const SUCCESS = ['0', '200'];

/** A refusal is a code below zero with a text. */
export function codeOfBody(body: object): Coded | undefined {
  if (!('code' in body)) return undefined;
  const code = String(body.code);
  if (SUCCESS.includes(code) || code === '') return undefined;
  return { code, text: 'msg' in body && typeof body.msg === 'string' ? body.msg : '' };
}

const NOT_OFFERED = ['-5000', 'HTTP 404', 'HTTP 405'];

/** Whether there is no such endpoint, for calls that name no order and have another way to be answered. */
export const isNotOffered = ({ code = '' }: { code?: string | undefined }): boolean =>
  NOT_OFFERED.includes(code);

/** When a ban ends that the text of -1003 announces, by Binance's own clock. */
export function unbannedAtMs(text: string): number | undefined {
  const match = /banned until (\d{13})/i.exec(text);
  return match ? Number(match[1]) : undefined;
}
