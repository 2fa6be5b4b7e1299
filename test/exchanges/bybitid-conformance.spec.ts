import { describeExchange } from './conformance.ts';
import { startVenueUnderTest } from './venue-under-test.ts';

describeExchange({
  name: 'bybitid',
  mode: 'one-way',
  start: () => startVenueUnderTest('bybitid', 'one-way'),
});
describeExchange({ name: 'bybitid', mode: 'hedge', start: () => startVenueUnderTest('bybitid', 'hedge') });
