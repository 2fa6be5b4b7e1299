/** The TypeScript client library of Holdfast. */
export type { CheckResult } from './check.ts';
export { compare } from '../domain/audit/compare.ts';
export type { Diagnosis } from '../domain/audit/diagnosis.ts';
export type { Difference } from '../domain/audit/difference.ts';
export type { SyncReport } from '../domain/audit/sync-report.ts';
export { connect, type ConnectOptions } from './connect.ts';
export { HoldfastError, type HoldfastErrorCode, type Reason } from './errors.ts';
export {
  createHoldfast,
  type Holdfast,
  type HoldfastOptions,
  type Shown,
  type SyncRequest,
} from './holdfast.ts';
export type { PositionRef } from './position-ref.ts';
