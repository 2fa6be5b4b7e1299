/** Every configured account with its exchange: one finding each, whatever the others do. */
import type { AccountConfig, HoldfastConfig } from '../../../config/config.ts';
import { connection } from '../../../config/connection.ts';
import { keysFrom } from '../../../config/redact.ts';
import type { AccountReport } from '../../../config/serving.ts';
import { createExchange } from '../../../exchanges/create.ts';
import type { Session } from '../context.ts';
import { lookAtAccount } from './account.ts';
import { unknownDetails, type AccountDetails } from './account-details.ts';
import { gravest, type Finding } from './finding.ts';
import { problemsOfConfig } from './problems.ts';

export async function examineExchanges(
  config: HoldfastConfig,
  session: Pick<Session, 'holdfast' | 'isDown'>,
  reports: ReadonlyMap<string, AccountReport>,
): Promise<Finding[]> {
  const isDown = session.isDown();
  const details = await Promise.all(
    Object.values(config.accounts).map((account) =>
      lookAtAccount({
        account,
        open: async () => createExchange(connection(account)),
        report: reports.get(account.name),
        views: () => session.holdfast.positions(account.name),
        entries: () => session.holdfast.account(account.name),
        isDown,
      }),
    ),
  );
  return [
    ...details.map((one) => findingOf(config.accounts[one.name], one)),
    ...Object.values(config.unusable).map(({ name, problems }) =>
      findingOf(undefined, {
        ...unknownDetails(name),
        served: reports.get(name)?.status.state ?? 'nobody',
        problems: problemsOfConfig(problems),
      }),
    ),
  ];
}

function findingOf(account: AccountConfig | undefined, details: AccountDetails): Finding {
  const { name, exchange, problems } = details;
  const [worst] = problems;
  return {
    what: account?.onLocalVenue === true ? `venue of ${name}` : `${exchange ?? 'account'} of ${name}`,
    state: gravest(problems.map(({ state }) => state)),
    text: [...(account ? placeOf(account) : []), ...problems.map(({ text }) => text)].join(', '),
    ...(worst !== undefined && { remedy: worst.remedy }),
    account: details,
  };
}

const placeOf = ({ endpoint, exchange, mode, credentials }: AccountConfig): string[] => [
  `${endpoint ?? exchange}, ${mode}`,
  `keys: ${keysFrom(credentials)}`,
];
