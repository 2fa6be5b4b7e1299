/**
 * Deliberate bugs, each of a kind that has cost somebody money, and the tests that must catch it.
 *
 * `edits`: each replaces the one place in `file` that reads exactly `text`. Where the code has changed
 * and the text is no longer there, the bug is planted anew, not dropped.
 * `caughtBy`: test files of which at least one test must fail.
 */
const SCENARIOS = 'test/domain/scenarios';

export const BUGS = [
  {
    name: 'a timeout is treated as a refusal',
    edits: [
      {
        file: 'domain/position/outcomes.ts',
        text: "    case 'unknown':\n      return [",
        replacement:
          "    case 'unknown':\n      return refused(state, intent, { ...report, outcome: 'refused', kind: 'other' }, nowMs);\n      return [",
      },
    ],
    caughtBy: ['test/domain/unknown-placement.spec.ts'],
  },
  {
    name: 'the client order id takes part in the number of attempts',
    edits: [
      {
        file: 'domain/position/evolve-intent.ts',
        text: "      if (intent.status.name !== 'planned' && intent.status.name !== 'unknown') return intent;\n      return {\n        ...intent,\n",
        replacement:
          "      if (intent.status.name !== 'planned' && intent.status.name !== 'unknown') return intent;\n      return {\n        ...intent,\n        request: { ...intent.request, clientOrderId: `${intent.request.clientOrderId}r` },\n",
      },
    ],
    caughtBy: ['test/domain/unknown-placement.spec.ts'],
  },
  {
    name: 'an order that was not found once counts as never sent',
    edits: [
      {
        file: 'domain/position/look-ups.ts',
        text: '    status.notFound + 1 >= 2 && status.sentAtMs > 0 && askedAtMs >= status.sentAtMs + RECEIVE_WINDOW_MS;',
        replacement: '    status.notFound >= 0;',
      },
    ],
    caughtBy: ['test/domain/unknown-placement.spec.ts'],
  },
  {
    name: 'a stop is cancelled before its replacement rests',
    edits: [
      {
        file: 'domain/position/protection.ts',
        text: 'if (state.singleProtection && active.length > 0)',
        replacement: 'if (active.length > 0)',
      },
      {
        file: 'domain/position/effects.ts',
        text: '    .filter((effect) => !bares(state, effect));',
        replacement: '    .filter((effect) => bares(state, effect) || true);',
      },
    ],
    caughtBy: ['test/domain/protection.spec.ts'],
  },
  {
    name: 'the old stop goes while the new one is in doubt',
    edits: [
      {
        file: 'domain/position/protection.ts',
        text: '    if (!isLive(fitting)) return [];\n',
        replacement: '',
      },
    ],
    caughtBy: ['test/domain/protection.spec.ts'],
  },
  {
    name: 'a stale reading is compared',
    edits: [
      {
        file: 'domain/reconcile/reconcile.ts',
        text: '  if (state.lastSnapshotAtMs !== null && snapshot.takenAtMs < state.lastSnapshotAtMs) return [];\n',
        replacement: '',
      },
    ],
    caughtBy: [`${SCENARIOS}/bad-information.spec.ts`],
  },
  {
    name: 'an incomplete reading is compared',
    edits: [
      {
        file: 'domain/reconcile/reconcile.ts',
        text: '  if (!snapshot.complete) return [];\n',
        replacement: '',
      },
    ],
    caughtBy: [`${SCENARIOS}/bad-information.spec.ts`],
  },
  {
    name: 'an empty list is read as flat',
    edits: [
      {
        file: 'domain/reconcile/evidence.ts',
        text: '  if (steady && !doubtful) return believe(',
        replacement: '  if (gone || (steady && !doubtful)) return believe(',
      },
    ],
    caughtBy: [`${SCENARIOS}/bad-information.spec.ts`, `${SCENARIOS}/start-up.spec.ts`],
  },
  {
    name: 'an exit is attributed by its size',
    edits: [
      {
        file: 'domain/reconcile/executions.ts',
        text: '  const mine = fills.filter((fill) => fill.orderId === intent.orderId);',
        replacement:
          '  const mine = fills.filter((fill) => fill.orderId === intent.orderId || (fill.side === intent.request.side && fill.quantity === intent.request.quantity));',
      },
    ],
    caughtBy: [`${SCENARIOS}/closed-while-offline.spec.ts`],
  },
  {
    name: 'what closed it is taken for an own close where nobody knows',
    edits: [
      {
        file: 'domain/position/attribution.ts',
        text: "  if (cause === 'adl') return 'ADL';\n  return 'EXCHANGE_CLOSED_RECONCILIATION';",
        replacement: "  if (cause === 'adl') return 'ADL';\n  return 'USER_CLOSE';",
      },
    ],
    caughtBy: [`${SCENARIOS}/closed-while-offline.spec.ts`],
  },
  {
    name: 'protection waits until the entry has filled in full',
    edits: [
      {
        file: 'domain/position/protection.ts',
        text: "  if (state.policy === 'watch') return [];\n",
        replacement:
          "  if (activeIntents(state, 'entry').length > 0 || state.policy === 'watch') return [];\n",
      },
    ],
    caughtBy: ['test/domain/entering.spec.ts', `${SCENARIOS}/start-up.spec.ts`],
  },
  {
    name: 'protective orders are not reduce-only',
    edits: [
      {
        file: 'domain/position/orders.ts',
        text: '      reduceOnly: !entering,',
        replacement: "      reduceOnly: role === 'close',",
      },
    ],
    caughtBy: ['test/domain/protection.spec.ts'],
  },
  {
    name: 'a stop that vanished is believed to rest',
    edits: [
      {
        file: 'domain/reconcile/listed-orders.ts',
        text: "  if (intent.status.name !== 'live' || !restedBefore) return [];",
        replacement: "  if (intent.status.name !== 'live' || restedBefore) return [];",
      },
    ],
    caughtBy: [`${SCENARIOS}/protection.spec.ts`],
  },
  {
    name: 'a stop whose outcome is unknown counts as cover',
    edits: [
      {
        file: 'domain/position/cover.ts',
        text: '      .filter((intent) => isLive(intent) && protects(state, intent))',
        replacement: "      .filter((intent) => intent.status.name !== 'done' && protects(state, intent))",
      },
    ],
    caughtBy: ['test/domain/protection.spec.ts'],
  },
  {
    name: 'a stop that somebody moved is trusted',
    edits: [
      {
        file: 'domain/position/protection.ts',
        text: 'eq(restingTrigger(intent) ?? ZERO, price)',
        replacement: 'eq(intent.request.triggerPrice ?? ZERO, price)',
      },
    ],
    caughtBy: [`${SCENARIOS}/protection.spec.ts`],
  },
  {
    name: 'fills are counted twice',
    edits: [
      {
        file: 'domain/position/evolve-intent.ts',
        text: '  return { ...intent, filledQuantity: filled, averagePrice',
        replacement:
          '  return { ...intent, filledQuantity: String(Number(filled) + Number(intent.filledQuantity)), averagePrice',
      },
    ],
    caughtBy: [`${SCENARIOS}/protection.spec.ts`, `${SCENARIOS}/start-up.spec.ts`],
  },
  {
    name: 'a fill goes backwards',
    edits: [
      {
        file: 'domain/position/evolve-intent.ts',
        text: '  if (!gt(filled, intent.filledQuantity))\n',
        replacement: '  if (filled === intent.filledQuantity)\n',
      },
    ],
    caughtBy: [`${SCENARIOS}/bad-information.spec.ts`],
  },
  {
    name: 'a position is closed before its row is written',
    edits: [
      {
        file: 'domain/position/plan.ts',
        text: '  return flatProven(state) && journalComplete(state, nowMs) ?',
        replacement: '  return flatProven(state) ?',
      },
    ],
    caughtBy: ['test/domain/closing.spec.ts'],
  },
  {
    name: 'the journal keeps trades without a key',
    edits: [
      {
        file: 'journal/migrations/sqlite/0001-first-tables.sql',
        text: '  figure_origins TEXT NOT NULL,\n  PRIMARY KEY (account, symbol, leg, epoch)\n) STRICT, WITHOUT ROWID;',
        replacement: '  figure_origins TEXT NOT NULL\n) STRICT;',
      },
      {
        file: 'journal/sqlite/trades.ts',
        text: "  ON CONFLICT (account, symbol, leg, epoch) DO UPDATE SET ${COLUMNS.map((name) => `${name} = excluded.${name}`).join(', ')}`",
        replacement: '`',
      },
    ],
    caughtBy: ['test/journal/sqlite-conformance.test.ts'],
  },
  {
    name: 'limits do not count reservations',
    edits: [
      {
        file: 'domain/account/risk.ts',
        text: '  const count = legs.length + others;',
        replacement: "  const count = legs.filter(({ state }) => state === 'running').length + others;",
      },
    ],
    caughtBy: ['test/domain/risk.spec.ts'],
  },
  {
    name: 'one sighting is enough to take a position up',
    edits: [
      {
        file: 'activities/observe/differences.ts',
        text: 'export const SIGHTINGS = 2;',
        replacement: 'export const SIGHTINGS = 1;',
      },
    ],
    caughtBy: [`${SCENARIOS}/adoption.spec.ts`, 'test/activities/observe/differences.test.ts'],
  },
  {
    name: 'a second writer is taken for somebody else',
    edits: [
      {
        file: 'domain/reconcile/foreign-orders.ts',
        text: "    return forgotten ? 'leftover' : 'second_writer';",
        replacement: "    return 'leftover';",
      },
    ],
    caughtBy: [`${SCENARIOS}/orders-in-flight.spec.ts`],
  },
  {
    name: 'a position that is only watched gets orders',
    edits: [
      {
        file: 'domain/position/protection.ts',
        text: "  if (state.policy === 'watch') return [];\n",
        replacement: '',
      },
    ],
    caughtBy: ['test/domain/adoption.spec.ts'],
  },
  {
    name: 'an emergency close gives up after the first try',
    edits: [
      {
        file: 'domain/position/plan.ts',
        text: '    if (!isPositive(quantity) || closesAtMarket(state, tranche.id).length > 0) continue;',
        replacement:
          "    if (!isPositive(quantity) || intentsOf(state, 'close', tranche.id).length > 0) continue;",
      },
    ],
    caughtBy: [`${SCENARIOS}/start-up.spec.ts`],
  },
  {
    name: 'a crossed target is closed while its order may still fill',
    edits: [
      {
        file: 'domain/position/crossings.ts',
        text: "  const resting = kind === 'target' ? ordersOf(state, kind, crossing) : [];",
        replacement: '  const resting: Intent[] = [];',
      },
    ],
    caughtBy: ['test/domain/targets.spec.ts'],
  },
  {
    name: 'a stop that follows the price loosens the one that was asked for',
    edits: [
      {
        file: 'domain/position/protective-prices.ts',
        text: '  return isTighter(state.side, moved.price, asked) ? moved.price : asked;',
        replacement: '  return moved.price;',
      },
    ],
    caughtBy: ['test/domain/trailing.spec.ts'],
  },
  {
    name: 'a slice of an entry is sent while the one before rests',
    edits: [
      {
        file: 'domain/position/iceberg.ts',
        text: '  if (!last || !isDone(last)) return [];\n  if (!hasFilled(last))',
        replacement: '  if (!last) return [];\n  if (isDone(last) && !hasFilled(last))',
      },
    ],
    caughtBy: ['test/domain/iceberg.spec.ts'],
  },
  {
    name: 'merged tranches leave what happened outside behind',
    edits: [
      {
        file: 'domain/position/evolve-tranches.ts',
        text: '    externals: state.externals.map(moved),',
        replacement: '    externals: state.externals,',
      },
    ],
    caughtBy: ['test/domain/merging.spec.ts', 'test/domain/tranches.property.test.ts'],
  },
  {
    name: 'a merge loosens the stop of one of its parts',
    edits: [
      {
        file: 'domain/position/merge.ts',
        text: 'b !== null && isTighter(state.side, b, a)',
        replacement: 'b !== null && isTighter(state.side, a, b)',
      },
    ],
    caughtBy: ['test/domain/merging.spec.ts'],
  },
  {
    name: 'an addition is held against the limit of a position by itself',
    edits: [
      {
        file: 'domain/account/risk.ts',
        text: 'gt(add(before, notional), maxNotionalPerPosition)',
        replacement: 'gt(notional, maxNotionalPerPosition)',
      },
    ],
    caughtBy: ['test/domain/additions.spec.ts'],
  },
];
