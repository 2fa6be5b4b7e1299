import { fc } from '../support/properties.ts';
import { describe, expect, it } from 'vitest';
import type { PositionEvent } from '../../domain/position/events.ts';
import { evolve, KEPT_INTENTS, MAX_FINDINGS } from '../../domain/position/evolve.ts';
import { planIntent } from '../../domain/position/orders.ts';
import { openQuantity } from '../../domain/position/quantities.ts';
import type { PositionState } from '../../domain/position/position.ts';
import { openPosition, PositionDriver, settle } from '../support/position-driver.ts';

const ENTRY = 1;
const nowMs = 10;
const progressed = (filledQuantity: string): PositionEvent => ({
  type: 'IntentProgressed',
  number: ENTRY,
  orderId: '1',
  filledQuantity,
  averagePrice: '109000',
  atMs: 5,
  nextAskAtMs: null,
});
/** All that may be heard of one limit entry that filled 0.03 of 0.05 and was cancelled. */
const ANSWERS: PositionEvent[] = [
  { type: 'IntentAccepted', number: ENTRY, orderId: '1', atMs: 5, sentAtMs: 4, nowMs },
  { type: 'IntentUnknown', number: ENTRY, why: 'placement', reason: 'timeout', sentAtMs: 4, nowMs },
  { type: 'IntentAsked', number: ENTRY, result: 'none', askedAtMs: 6, nextAtMs: 20 },
  progressed('0.01'),
  progressed('0.02'),
  { type: 'IntentUnknown', number: ENTRY, why: 'vanished', reason: 'not listed', sentAtMs: 7, nowMs },
  { type: 'IntentRefused', number: ENTRY, kind: 'other', code: null, reason: 'duplicate', nowMs },
  {
    type: 'IntentEnded',
    number: ENTRY,
    how: 'cancelled',
    reason: null,
    orderId: '1',
    filledQuantity: '0.03',
    averagePrice: '109000',
    atMs: 9,
    nowMs,
  },
];
const before = (): PositionState => new PositionDriver({ limitPrice: '109000' }).state;
const shuffled = fc.shuffledSubarray(ANSWERS, { minLength: ANSWERS.length, maxLength: ANSWERS.length });

describe('events in any order', () => {
  it('give the same fill, and the order ends, once all of them were heard', () => {
    fc.assert(
      fc.property(shuffled, fc.array(fc.constantFrom(...ANSWERS), { maxLength: 5 }), (once, again) => {
        const state = [...once, ...again].reduce(evolve, before());
        expect(openQuantity(state)).toBe('0.03');
        expect(state.intents).toMatchObject([
          { orderId: '1', averagePrice: '109000', status: { name: 'done' } },
        ]);
      }),
    );
  });

  it('never shrink a fill on the way, nor wake what is done', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...ANSWERS), { maxLength: 12 }), (events) => {
        let state = before();
        for (const event of events) {
          const next = evolve(state, event);
          expect(Number(openQuantity(next))).toBeGreaterThanOrEqual(Number(openQuantity(state)));
          if (state.intents[0]?.status.name === 'done')
            expect(next.intents[0]?.status).toEqual(state.intents[0].status);
          state = next;
        }
      }),
    );
  });

  it('settle the plan, whatever was heard, at any time', () => {
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom(...ANSWERS), { maxLength: 12 }),
        fc.nat(1e6),
        (events, laterMs) => {
          const { state } = settle(before(), events, laterMs);
          expect(settle(state, [], laterMs).recorded).toEqual([]);
        },
      ),
    );
  });

  it('count one external execution once', () => {
    const change = {
      fillId: 'x',
      orderId: '9',
      trancheId: 't1',
      quantity: '-0.01',
      price: '1',
      fee: null,
      atMs: 1,
      cause: 'manual',
    } as const;
    const event: PositionEvent = { type: 'ExternallyChanged', change };
    expect(openQuantity([event, event].reduce(evolve, openPosition().state))).toBe('0.04');
  });
});

describe('what a state may hold', () => {
  it('forgets the oldest orders that ended without effect, and never uses a number twice', () => {
    let { state } = openPosition();
    const numbers = new Set(state.intents.map(({ number }) => number));
    for (let attempt = 0; attempt < KEPT_INTENTS + 50; attempt++) {
      const intent = planIntent(state, 'close', 't1', { kind: 'market', quantity: '0.05' }, { nowMs });
      expect(numbers.has(intent.number)).toBe(false);
      numbers.add(intent.number);
      const refused: PositionEvent = {
        type: 'IntentRefused',
        number: intent.number,
        kind: 'other',
        code: null,
        reason: 'no',
        nowMs,
      };
      state = [{ type: 'IntentPlanned' as const, intent }, refused].reduce<PositionState>(evolve, state);
    }
    expect(state.intents).toHaveLength(KEPT_INTENTS);
    expect(state.intents.slice(0, 3).map(({ role }) => role)).toEqual(['entry', 'stop', 'target']);
  });

  it('keeps a bounded number of findings, alarms longest', () => {
    const raise = (kind: 'alarm' | 'note', index: number): PositionEvent => ({
      type: 'FindingRaised',
      finding: { kind, code: `${kind}${index}`, text: '', atMs: index },
    });
    const events = Array.from({ length: 100 }, (_, index) => raise(index < 5 ? 'alarm' : 'note', index));
    const { findings } = events.reduce(evolve, before());
    expect(findings).toHaveLength(MAX_FINDINGS);
    expect(findings.filter(({ kind }) => kind === 'alarm')).toHaveLength(5);
  });

  it('tells a defect by throwing: an answer about an order that was never planned', () => {
    expect(() => evolve(before(), { type: 'LookWanted', number: 99, nowMs })).toThrow('never planned');
  });
});
