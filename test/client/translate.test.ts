import {
  ServiceError,
  WorkflowUpdateFailedError,
  WorkflowUpdateRPCTimeoutOrCancelledError,
} from '@temporalio/client';
import { ApplicationFailure, NamespaceNotFoundError, WorkflowNotFoundError } from '@temporalio/common';
import { describe, expect, it } from 'vitest';
import { connect } from '../../client/connect.ts';
import { translate } from '../../client/translate.ts';

const POSITION = 'position/paper/BTC/USDT:USDT/net';

/** As grpc-js throws them: recognised by these fields. */
function grpcError(code: number): Error {
  return Object.assign(new Error(`grpc ${code}`), { code, details: '', metadata: {} });
}

const refused = (type: string, ...details: unknown[]) =>
  new WorkflowUpdateFailedError(
    'Workflow Update failed',
    ApplicationFailure.nonRetryable('3 of 3 positions are open.', type, ...details),
  );

describe('an error of Temporal', () => {
  it.each([
    ['a workflow that is not there', new WorkflowNotFoundError('x', POSITION, undefined), 'no_such_position'],
    ['a missing namespace', new NamespaceNotFoundError('n'), 'no_namespace'],
    ['a silent update', new WorkflowUpdateRPCTimeoutOrCancelledError('t'), 'no_answer'],
    ['a deadline', new ServiceError('x', { cause: grpcError(4) }), 'no_answer'],
    ['nobody listening', new ServiceError('x', { cause: grpcError(14) }), 'server_unreachable'],
    ['a query that nobody polls for', new ServiceError('x', { cause: grpcError(9) }), 'no_worker'],
    ['something else', new TypeError('boom'), 'unexpected'],
  ])('%s has a code of ours', (_, error, code) => {
    expect(translate(error, POSITION).code).toBe(code);
  });

  it('a missing account workflow is told apart from a missing position', () => {
    const error = translate(new WorkflowNotFoundError('x', 'account/main', undefined), 'account/main');
    expect(error).toMatchObject({
      code: 'no_such_account',
      message: 'Account main is not running. Its worker starts it: see holdfast doctor.',
    });
  });
});

describe('a refusal', () => {
  it('keeps its sentence and its reasons', () => {
    const reasons = [{ code: 'max_open_positions', text: '3 of 3 positions are open.' }];
    expect(translate(refused('Refused', reasons), 'account/paper')).toMatchObject({
      code: 'refused',
      message: '3 of 3 positions are open.',
      reasons,
    });
  });

  it('of a busy leg has a code of its own', () => {
    expect(translate(refused('Refused', { code: 'leg_busy', text: 'x' }), 'account/paper').code).toBe(
      'leg_busy',
    );
  });

  it('with details that nobody understands is still a refusal', () => {
    expect(translate(refused('Refused', 7, null), 'account/paper')).toMatchObject({
      code: 'refused',
      reasons: [],
    });
  });

  it('of an unknown type is a fault', () => {
    expect(translate(refused('TypeError'), POSITION).code).toBe('unexpected');
  });
});

describe('connecting', () => {
  it('to nobody says how to start the server', async () => {
    await expect(connect({ address: '127.0.0.1:1', timeoutMs: 300 })).rejects.toMatchObject({
      code: 'server_unreachable',
      message:
        'No Temporal server answers at 127.0.0.1:1. Start one with npm start, or name yours with --temporal.',
    });
  });
});
