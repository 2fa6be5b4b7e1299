/** The TypeScript client library of Holdfast. */
export type { AddedTranche, Holdfast, Shown, SyncRequest, TrancheRequest } from './api.ts';
export type { CheckResult } from './check.ts';
export type { CloseAllOptions, ClosingPosition, ClosingProgress } from './close-all.ts';
export { compare } from '../domain/audit/compare.ts';
export type { Diagnosis } from '../domain/audit/diagnosis.ts';
export type { Difference } from '../domain/audit/difference.ts';
export type { SyncReport } from '../domain/audit/sync-report.ts';
export { connect, type ConnectOptions } from './connect.ts';
export { HoldfastError, type HoldfastErrorCode, type Reason } from './errors.ts';
export { createHoldfast, type HoldfastOptions } from './holdfast.ts';
export type { PositionRef } from './position-ref.ts';
