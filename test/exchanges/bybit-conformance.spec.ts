import { describeExchange } from './conformance.ts';
import { startVenueUnderTest } from './venue-under-test.ts';

describeExchange({ name: 'bybit', mode: 'one-way', start: () => startVenueUnderTest('bybit', 'one-way') });
describeExchange({ name: 'bybit', mode: 'hedge', start: () => startVenueUnderTest('bybit', 'hedge') });
