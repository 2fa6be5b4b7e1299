/**
 * fast-check, drawing the same each time: what fails in CI fails everywhere. `HOLDFAST_TEST_SEED=N` draws
 * others, which is how to look for more.
 */
import * as fc from 'fast-check';

const SEED = 20_261_122;

fc.configureGlobal({ seed: Number(process.env['HOLDFAST_TEST_SEED'] ?? SEED) });

export { fc };
