import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { symbolSchema } from '../../config/symbol-schema.ts';
import { configOf } from '../client/config-of.ts';

const EXAMPLE = readFileSync(join(import.meta.dirname, '../../holdfast.example.yaml'), 'utf8');

describe('the example configuration', () => {
  it('is valid as it stands', () => {
    const { accounts } = configOf(EXAMPLE);
    expect(accounts['paper']?.symbols['BTC/USDT:USDT']).toEqual({
      protection: { stopLoss: { percent: '1' }, takeProfit: { percent: '2' } },
      workingType: 'MARK_PRICE',
      instantTpEnabled: true,
      volatility: { timeframe: '15m', periods: 14 },
    });
  });

  it('says how editors find the schema, from where it is copied to', () => {
    expect(EXAMPLE).toMatch(/^# yaml-language-server: \$schema=holdfast\.schema\.json\n/);
  });

  it('has company in the README that is valid too', () => {
    const readme = readFileSync(join(import.meta.dirname, '../../README.md'), 'utf8');
    const blocks = [...readme.matchAll(/^```yaml\n(.*?)^```$/gms)].map(([, text = '']) => text);
    expect(blocks.length).toBeGreaterThanOrEqual(2);
    for (const block of blocks) expect(configOf(block).unusable, block).toEqual({});
  });

  it('names every setting of a symbol', () => {
    const missing = Object.keys(symbolSchema.shape).filter((name) => !EXAMPLE.includes(`${name}:`));
    expect(missing).toEqual([]);
  });

  it('is valid with everything that is commented out', () => {
    const everything = EXAMPLE.replace(/^( *)# (?=(?: *)[A-Za-z_]+:(?: |$))/gm, '$1');
    const { accounts, temporal } = configOf(everything);
    expect(Object.values(accounts).map(({ name, mode }) => `${name} ${mode}`)).toEqual([
      'paper paper',
      'practice demo',
      'main live',
    ]);
    expect(temporal.address).toBe('temporal.example:7233');
  });
});
