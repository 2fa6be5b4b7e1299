/** The workflows that a worker bundles. */
export { account } from './account.ts';
export { position } from './position.ts';
export { sync } from './sync.ts';
