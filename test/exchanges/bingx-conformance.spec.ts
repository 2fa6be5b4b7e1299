import { describeExchange } from './conformance.ts';
import { startVenueUnderTest } from './venue-under-test.ts';

describeExchange({ name: 'bingx', mode: 'one-way', start: () => startVenueUnderTest('bingx', 'one-way') });
describeExchange({ name: 'bingx', mode: 'hedge', start: () => startVenueUnderTest('bingx', 'hedge') });
