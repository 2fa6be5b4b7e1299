/** A validated configuration: everything decided, nothing secret. */
import type { AccountLimits } from '../contract/messages.ts';
import type { DefaultProtection } from '../domain/account/account.ts';
import type { AdoptionSettings } from '../domain/position/adoption.ts';
import type { Decimal } from '../domain/decimal.ts';
import type { FrequencyRule } from '../domain/audit/reconciliations.ts';
import type { PositionSettings } from '../domain/settings.ts';
import type { AccountMode, ExchangeName, PositionMode, Symbol } from '../domain/terms.ts';
import type { Demo } from './schema.ts';
import type { ConfigProblem } from './errors.ts';

/** Where an account's keys are read from, at the moment they are needed. */
export type CredentialSource =
  | { from: 'environment'; apiKeyEnv: string; secretEnv: string }
  /** YAML or JSON with `apiKey` and `secret`, readable by its owner only. */
  | { from: 'file'; path: string }
  /** Made up for this data folder and registered with its venue. */
  | { from: 'paper'; path: string };

/** How positions of one symbol behave, and how they are protected where a request does not say. */
export type SymbolSettings = Pick<
  PositionSettings,
  'workingType' | 'instantTpEnabled' | 'mergeProfitable' | 'volatility'
> & { protection: DefaultProtection };

export type AccountConfig = {
  name: string;
  exchange: ExchangeName;
  mode: AccountMode;
  /** Base URL; null: the exchange's own. */
  endpoint: string | null;
  /** Whether this copy's own venue is the endpoint. */
  onLocalVenue: boolean;
  credentials: CredentialSource;
  /** Serve it in live mode although nobody knows whether its key can withdraw. */
  allowUnknownKeyPermissions: boolean;
  positionMode: PositionMode;
  /** null: as it is set at the exchange. */
  leverage: Decimal | null;
  limits: AccountLimits;
  /** null: by mode; see the gateway. */
  rateLimits: 'uid-and-ip' | 'uid' | 'off' | null;
  monitor: {
    /** Off: no price stream; the orders at the exchange act alone. */
    enabled: boolean;
    reconnectDelayMs: number;
  };
  /** By unified symbol. */
  symbols: Readonly<Record<Symbol, SymbolSettings>>;
  /** For every other symbol. */
  otherSymbols: SymbolSettings;
  position: PositionSettings;
  /** What becomes of positions that no workflow keeps; percentages for symbols without their own. */
  adoption: AdoptionSettings;
  /** When reconciliations count as frequent. */
  reconciliationAlert: FrequencyRule;
};

/** An account whose settings hold a mistake: the others go on without it. */
export type UnusableAccount = { name: string; problems: readonly ConfigProblem[] };

export type HoldfastConfig = {
  /** Absolute path of the file that was read; null: none, all defaults. */
  file: string | null;
  /** Which paper accounts these are; null: those of the file. */
  demo: Demo | null;
  /** Absolute. */
  dataDir: string;
  temporal: {
    /** `host:port`. */
    address: string;
    namespace: string;
    /** Whether `up` starts the server itself. */
    embedded: boolean;
    port: number;
    uiPort: number;
  };
  venue: {
    port: number;
    controlPort: number;
    seed: number | null;
    /** Absolute paths; at most one of the two. */
    candles: string | null;
    trades: string | null;
    speed: number | 'max' | null;
  };
  /** Where the worker tells how it is. */
  health: {
    enabled: boolean;
    host: string;
    /** 0: one that the system chooses. */
    port: number;
  };
  /** The comparison of all accounts with their exchanges; `at` is HH:MM, UTC. */
  dailySync: { enabled: boolean; at: string; execute: boolean };
  accounts: Readonly<Record<string, AccountConfig>>;
  /** Accounts that the file has and that cannot be used as they are written there. */
  unusable: Readonly<Record<string, UnusableAccount>>;
};
