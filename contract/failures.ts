/** The closed list of failure types that cross process borders. */

/** A request that was understood and is not done; `details[0]` is a `Refusal`. */
export const REFUSED = 'Refused';

/** A read that the exchange did not answer well; retried by policy. */
export const EXCHANGE_FAULT = 'ExchangeFault';

/** Something is wrong with the set-up: an account this worker does not serve, a bad input. */
export const MISCONFIGURED = 'Misconfigured';

/** This process does not serve the account, or has enough to do for it: nothing was done, its queue is to be asked. */
export const NOT_SERVED_HERE = 'NotServedHere';

/** What a query is told that was handed to a worker before the workflow task it belongs after: ask again. */
export const ASKED_TOO_EARLY = 'what happened came before its workflow task';
