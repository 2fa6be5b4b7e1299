/** What a position packs for the journal comes out as it went in, whatever it says. */
import { createHash } from 'node:crypto';
import { fc } from '../support/properties.ts';
import { expect, it } from 'vitest';
import { unpacked } from '../../activities/unpacking.ts';
import { DICTIONARY } from '../../contract/packed-publication.ts';
import { forgotten, type PositionPublication } from '../../domain/publication.ts';
import { packed } from '../../workflows/packing.ts';

const KEY = { account: 'paper', symbol: 'BTC/USDT:USDT', leg: 'net', epoch: '0mwqsjtih' } as const;

const publication = (events: readonly (readonly [string, unknown])[]): PositionPublication => ({
  ...forgotten(KEY),
  events: events.map(([type, why], index) => ({
    ...KEY,
    sequence: index + 1,
    type,
    atMs: 1_795_288_719_449 + index,
    data: { why },
  })),
  generation: events.length,
});

it('any events come out as they went in', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.string(), fc.jsonValue())), (events) => {
      const told = publication(events);
      // JSON knows no -0.
      expect(unpacked(packed(told, null))).toEqual(
        JSON.parse(JSON.stringify({ publication: told, trade: null, left: false })),
      );
    }),
    { numRuns: 200 },
  );
});

it('what an earlier version packed is still read', () => {
  // `packed(publication([['CoverLost', 'test']]), null)`, when version 1 was made.
  const bytes = Buffer.from(
    'w9O9QGp5GJpbmhpZWJgbWpqYWCLaB6A4xl6gE9lvQO0oGOSWFxZnlWRmgAIZR30Az59AceR8Z1gLAA==',
    'base64',
  );
  expect(unpacked(bytes).publication).toEqual(publication([['CoverLost', 'test']]));
});

it('the dictionary never changes: what is on its way needs it', () => {
  expect(createHash('sha256').update(DICTIONARY).digest('hex')).toBe(
    '89a764b8639f1cf67e76122decc8273841bd12edd585a669f005d6eb805078ac',
  );
});

it('what no position packed is refused', () => {
  expect(() => unpacked(Buffer.from('{}'))).toThrow();
});
