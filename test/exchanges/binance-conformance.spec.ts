import { describeExchange } from './conformance.ts';
import { startVenueUnderTest } from './venue-under-test.ts';

describeExchange({
  name: 'binance',
  mode: 'one-way',
  start: () => startVenueUnderTest('binance', 'one-way'),
});
describeExchange({ name: 'binance', mode: 'hedge', start: () => startVenueUnderTest('binance', 'hedge') });
