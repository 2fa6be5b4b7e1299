/** Why an account is not served, in words that say what to do. */
import { ConfigError, whatIsWrong } from '../config/errors.ts';
import { redactPatterns } from '../exchanges/ccxt/redact.ts';
import type { Objection } from '../exchanges/admission.ts';

export type Trouble = {
  reason: string;
  remedy: string;
  /** Nobody outside this machine was asked. */
  isLocal?: true;
};

/** The exchange, or what is known of the key, speaks against serving the account. */
export class AccountTrouble extends Error {
  override readonly name = 'AccountTrouble';
  readonly remedy: string;

  constructor({ text, remedy }: Pick<Objection, 'text' | 'remedy'>) {
    super(text);
    this.remedy = remedy;
  }
}

export function troubleOf(error: unknown): Trouble {
  if (error instanceof AccountTrouble) return { reason: error.message, remedy: error.remedy };
  if (error instanceof ConfigError) return { ...configTrouble(error), isLocal: true };
  const text = error instanceof Error ? error.message : String(error);
  return { reason: redactPatterns(text), remedy: 'It is tried again by itself; see also holdfast doctor' };
}

const configTrouble = ({ problems }: Pick<ConfigError, 'problems'>): Trouble => ({
  reason: problems.map(whatIsWrong).join('; '),
  remedy: problems.map(({ fix }) => fix).join('; '),
});

/** Of an account whose settings hold a mistake: only another start reads them again. */
export const unusableTrouble = (problems: ConfigError['problems']): Trouble => {
  const { reason, remedy } = configTrouble({ problems });
  return { reason, remedy: `${remedy}; then start the worker anew` };
};
