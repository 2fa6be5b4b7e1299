/** The closed list of failure types that cross process borders. */

/** A request that was understood and is not done; `details[0]` is a `Refusal`. */
export const REFUSED = 'Refused';

/** A read that the exchange did not answer well; retried by policy. */
export const EXCHANGE_FAULT = 'ExchangeFault';

/** Something is wrong with the set-up: an account this worker does not serve, a bad input. */
export const MISCONFIGURED = 'Misconfigured';
