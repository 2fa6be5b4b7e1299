/** The card of a position with several targets, moving stops and tranches. */
import { describe, expect, it } from 'vitest';
import { card } from '../../domain/position/card.ts';
import { openPosition } from '../support/position-driver.ts';

const shown = ({ state, now }: ReturnType<typeof openPosition>): string[] =>
  card(state, 'w', now).split('\n');

describe('what people see of exits', () => {
  it('is a row for each target, and for what moves the stop', () => {
    const position = openPosition().command({
      type: 'setProtection',
      request: {
        takeProfitLevels: [
          { at: { price: '110000' }, share: '40' },
          { at: { price: '111000' }, share: '30' },
        ],
        trailing: { distance: { percent: '1' }, activation: { price: '110500' } },
        breakEven: { after: { targets: 1 } },
        timeExit: { at: '2027-01-01T00:00:00Z' },
      },
    });
    expect(shown(position)).toEqual(
      expect.arrayContaining([
        '| trailing | 1 % behind, once it is activated |',
        '| break-even | after the first target |',
        expect.stringMatching(/^\| target 1 \| 110000 .*closes 0\.02 \(40%\) \|$/),
        expect.stringMatching(/^\| target 2 \| 111000 .*closes 0\.015 \(30%\) \|$/),
        '| closes at | 2027-01-01T00:00:00.000Z, whatever its price |',
      ]),
    );
    expect(shown(position).some((line) => line.startsWith('| take profit'))).toBe(false);
  });

  it('is a row for a close that rests at a limit', () => {
    const position = openPosition().command({
      type: 'close',
      request: { quantity: '0.02', limitPrice: '109500' },
    });
    expect(shown(position)).toContain('| limit close | 0.02 of t1 at 109500 - |');
  });

  it('is a table where there are several tranches', () => {
    const position = openPosition();
    const [first] = position.state.tranches;
    if (!first) throw new Error('the driver opened nothing');
    const tranche = { ...first, id: 't2', trailing: { distance: { percent: '1' } } };
    position.apply([{ type: 'TrancheAdded', tranche, nowMs: position.now }]);
    const lines = shown(position);
    expect(lines).toContain('| tranche | quantity | entry | stop loss | take profit | moves |');
    expect(lines.find((line) => line.startsWith('| t1 |'))).toMatch(
      /^\| t1 \| 0\.05 \| 109206\.8 \| 108000 live .* \| no \|$/,
    );
    expect(lines.find((line) => line.startsWith('| t2 |'))).toContain('trailing 1 % behind');
  });
});
