/**
 * What reaches the exchange without Temporal and without the journal: for the commands that must work when
 * everything of Holdfast is down, or broken.
 */
import { accountConfig } from '../../config/account.ts';
import type { AccountConfig, HoldfastConfig } from '../../config/config.ts';
import { connection } from '../../config/connection.ts';
import { positionWorkflowId } from '../../contract/ids.ts';
import type { Leg } from '../../domain/terms.ts';
import { createExchange } from '../../exchanges/create.ts';
import type { Exchange } from '../../exchanges/exchange.ts';
import { connect } from '../connect.ts';
import { HoldfastError, type HoldfastErrorCode } from '../errors.ts';
import type { Holdfast } from '../api.ts';
import { createFacade } from '../holdfast.ts';
import { lazyWire } from './session.ts';

export type Direct = {
  config: HoldfastConfig;
  /** A gateway of its own; the caller closes it. Throws on an account that cannot be used as configured. */
  open(account: AccountConfig): Promise<Exchange>;
  /**
   * Whether a workflow protects this leg, with a worker that answers for it; false where nobody can be
   * asked, and for one that only watches.
   */
  keeps(leg: Leg): Promise<boolean>;
  close(): Promise<void>;
};

/** Short: while nobody answers, positions are without a stop. */
const CONNECT_TIMEOUT_MS = 1_500;

export function openDirect(config: HoldfastConfig): Direct {
  const wire = lazyWire(() => connect({ ...config.temporal, timeoutMs: CONNECT_TIMEOUT_MS }));
  return {
    config,
    open: ({ name }) => createExchange(connection(accountConfig(config, name))),
    keeps: createKeeper(createFacade({ wire })),
    close: () => wire.close(),
  };
}

/** What is so for one leg is so for all: nobody is asked again. */
const NOBODY: readonly HoldfastErrorCode[] = ['server_unreachable', 'no_namespace', 'no_worker'];

function createKeeper({ show }: Pick<Holdfast, 'show'>): Direct['keeps'] {
  let nobody = false;
  return async (leg) => {
    if (nobody) return false;
    try {
      const { position } = await show({ workflowId: positionWorkflowId(leg) });
      return position.stage !== 'closed' && position.policy !== 'watch';
    } catch (error) {
      if (error instanceof HoldfastError && NOBODY.includes(error.code)) nobody = true;
      return false;
    }
  };
}
