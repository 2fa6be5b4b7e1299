/**
 * A process that writes to a journal until it is killed, telling on its standard output what was
 * acknowledged: `<kind> <number>` a line. Arguments: the adapter's module, the place.
 */
import { aFill, aPublication, aTrade, anEvent } from './records.ts';
import type { JournalAdapter } from './conformance.ts';

/** Far more than a test waits for; an orphan ends by itself. */
const MAX_WRITES = 20_000;

const [modulePath = '', place = ''] = process.argv.slice(2);
// The suite passes the module of an adapter, and nothing else.
const adapter = (await import(modulePath)) as JournalAdapter;
const journal = await adapter.open(place);
for (let number = 1; number <= MAX_WRITES; number++) {
  await journal.publish(aPublication(number, { events: [anEvent(number)], fills: [aFill(`f${number}`)] }));
  console.log(`publication ${number}`);
  await journal.writeTrade(aTrade({ symbol: `S${number}/USDT:USDT` }));
  console.log(`trade ${number}`);
}
