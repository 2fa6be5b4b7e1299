/** One account with its defaults: its own settings, else those at the top of the file, else the built-in ones. */
import { join, resolve } from 'node:path';
import type { AccountLimits } from '../contract/messages.ts';
import { DEFAULT_ADOPTION, type AdoptionSettings } from '../domain/position/adoption.ts';
import { DEFAULT_FREQUENCY, type FrequencyRule } from '../domain/audit/reconciliations.ts';
import { DEFAULT_SETTINGS, type PositionSettings } from '../domain/settings.ts';
import { DEFAULT_EXCHANGE, type FileAccount, type FileAdoption } from './account-schema.ts';
import type { AccountConfig, CredentialSource, SymbolSettings } from './config.ts';
import { layered } from './layered-symbol.ts';
import { resolveSymbol } from './resolve-symbol.ts';
import type { FileConfig } from './schema.ts';
import type { FileSymbol } from './symbol-schema.ts';
import { parseSymbol } from './symbol.ts';

const DEFAULT_MAX_OPEN_POSITIONS = 10;
const DEFAULT_RECONNECT_DELAY_S = 5;

/** As `fromEntries` cannot tell: the same fields, those without a value left out. */
type Defined<Fields> = { [Key in keyof Fields]?: NonNullable<Fields[Key]> };

type Place = { venueUrl: string; dataDir: string; folder: string };

export function resolveAccount(
  name: string,
  account: FileAccount,
  file: FileConfig,
  place: Place,
): AccountConfig {
  const mode = account.mode ?? 'paper';
  const own = <Key extends keyof FileAccount & keyof FileConfig>(key: Key) => account[key] ?? file[key];
  const useMonitor = own('use_position_monitor') ?? true;
  const symbols = { ...bySymbol(file.symbols), ...bySymbol(account.symbols) };
  const instantTp = own('instant_tp_enabled') ?? true;
  const fallback = layered(
    volatilityAndMerging(file),
    volatilityAndMerging(account),
    file.symbols?.['default'],
    account.symbols?.['default'],
  );
  const settings = (symbol: FileSymbol): SymbolSettings => {
    const resolved = resolveSymbol(symbol, instantTp);
    return { ...resolved, instantTpEnabled: useMonitor && resolved.instantTpEnabled };
  };
  return {
    name,
    exchange: account.exchange ?? DEFAULT_EXCHANGE,
    mode,
    endpoint: account.endpoint ?? (mode === 'paper' ? place.venueUrl : null),
    onLocalVenue: mode === 'paper' && account.endpoint === undefined,
    credentials: credentialSource(name, account, place),
    allowUnknownKeyPermissions: account.allow_unknown_key_permissions ?? false,
    positionMode: account.positionMode ?? 'one-way',
    leverage: account.leverage === undefined ? null : String(account.leverage),
    limits: limits(account),
    rateLimits: account.rate_limits ?? null,
    monitor: {
      enabled: useMonitor,
      reconnectDelayMs: Math.round(
        (own('price_monitor_reconnect_delay') ?? DEFAULT_RECONNECT_DELAY_S) * 1000,
      ),
    },
    symbols: Object.fromEntries(
      Object.entries(symbols).map(([symbol, given]) => [symbol, settings(layered(fallback, given))]),
    ),
    otherSymbols: settings(fallback),
    position: positionDefaults(account, file, {
      instantTpEnabled: useMonitor && instantTp,
      batchProtection: own('tp_sl_batch_enabled') ?? true,
    }),
    adoption: adoption({ ...file.adoption, ...account.adoption }),
    reconciliationAlert: frequency({ ...file.reconciliation_alert, ...account.reconciliation_alert }),
  };
}

/** They may stand beside `symbols` too, for all of them. */
const volatilityAndMerging = ({
  atr_timeframe,
  atr_periods,
  merge_profitable_tranches_pct,
}: FileAccount | FileConfig): FileSymbol =>
  Object.fromEntries(
    Object.entries({ atr_timeframe, atr_periods, merge_profitable_tranches_pct }).filter(
      ([, value]) => value !== undefined,
    ),
  );

function bySymbol(symbols: Record<string, FileSymbol> | undefined): Record<string, FileSymbol> {
  const entries = Object.entries(symbols ?? {}).filter(([name]) => name !== 'default');
  return Object.fromEntries(entries.map(([name, settings]) => [parseSymbol(name) ?? name, settings]));
}

function adoption({ policy, stop_loss_pct, take_profit_pct }: FileAdoption): AdoptionSettings {
  const { policy: usual, stopLossPercent, takeProfitPercent } = DEFAULT_ADOPTION;
  return {
    policy: policy ?? usual,
    stopLossPercent: stop_loss_pct === undefined ? stopLossPercent : stop_loss_pct,
    takeProfitPercent: take_profit_pct === undefined ? takeProfitPercent : take_profit_pct,
  };
}

function frequency({
  count,
  window_minutes,
}: NonNullable<FileAccount['reconciliation_alert']>): FrequencyRule {
  const { count: usual, windowMs } = DEFAULT_FREQUENCY;
  return {
    count: count ?? usual,
    windowMs: window_minutes === undefined ? windowMs : window_minutes * 60_000,
  };
}

function limits({ limits: given }: FileAccount): AccountLimits {
  const set = {
    maxNotionalPerPosition: given?.max_notional_per_position,
    maxNotionalTotal: given?.max_notional_total,
    maxOrders: given?.max_orders,
    equityFloor: given?.equity_floor,
    dailyLoss: given?.daily_loss,
    dailyLossPercent: given?.daily_loss_pct,
    allowedSymbols: given?.allowed_symbols,
  };
  return {
    maxOpenPositions: given?.max_open_positions ?? DEFAULT_MAX_OPEN_POSITIONS,
    // What nobody set is absent, not undefined: it travels as JSON.
    ...(Object.fromEntries(Object.entries(set).filter(([, value]) => value !== undefined)) as Defined<
      typeof set
    >),
  };
}

function positionDefaults(
  account: FileAccount,
  file: FileConfig,
  switches: Pick<PositionSettings, 'instantTpEnabled' | 'batchProtection'>,
): PositionSettings {
  const given = Object.entries({ ...file.advanced, ...account.advanced }).filter(
    ([, value]) => value !== undefined,
  );
  return { ...DEFAULT_SETTINGS, ...Object.fromEntries(given), ...switches };
}

function credentialSource(name: string, account: FileAccount, { dataDir, folder }: Place): CredentialSource {
  if (account.keysFile !== undefined) return { from: 'file', path: resolve(folder, account.keysFile) };
  if (account.apiKeyEnv !== undefined && account.secretEnv !== undefined) {
    return { from: 'environment', apiKeyEnv: account.apiKeyEnv, secretEnv: account.secretEnv };
  }
  return { from: 'paper', path: join(dataDir, 'paper-keys', `${name}.json`) };
}
