/** Every configured account with its exchange: one finding each, whatever the others do. */
import type { AccountConfig, HoldfastConfig } from '../../../config/config.ts';
import { connection } from '../../../config/connection.ts';
import { problemText } from '../../../config/errors.ts';
import { keysFrom } from '../../../config/redact.ts';
import { accountReports, readWorkerReports } from '../../../config/serving.ts';
import { createExchange } from '../../../exchanges/create.ts';
import type { Session } from '../context.ts';
import { lookAtAccount } from './account.ts';
import { unknownDetails, type AccountDetails } from './account-details.ts';
import { gravest, type Finding } from './finding.ts';

export async function examineExchanges(
  config: HoldfastConfig,
  session: Pick<Session, 'holdfast' | 'isDown'>,
): Promise<Finding[]> {
  const reports = accountReports(readWorkerReports(config.dataDir, Date.now()));
  const isDown = session.isDown();
  const details = await Promise.all(
    Object.values(config.accounts).map((account) =>
      lookAtAccount({
        account,
        open: async () => createExchange(connection(account)),
        report: reports.get(account.name),
        views: () => session.holdfast.positions(account.name),
        isDown,
      }),
    ),
  );
  return [
    ...details.map((one) => findingOf(config.accounts[one.name], one)),
    ...Object.values(config.unusable).map(({ name, problems }) => {
      const [first] = problems;
      const found: AccountDetails = {
        ...unknownDetails(name),
        problems: problems.map(({ fix, ...problem }) => ({
          state: 'wrong',
          text: problemText({ ...problem, fix }),
          remedy: fix,
        })),
      };
      return findingOf(undefined, found, first?.fix);
    }),
  ];
}

function findingOf(account: AccountConfig | undefined, details: AccountDetails, fallback?: string): Finding {
  const { name, exchange, problems } = details;
  const [worst] = problems;
  const remedy = worst?.remedy ?? fallback;
  return {
    what: account?.onLocalVenue === true ? `venue of ${name}` : `${exchange ?? 'account'} of ${name}`,
    state: gravest(problems.map(({ state }) => state)),
    text: [...(account ? placeOf(account) : []), ...problems.map(({ text }) => text)].join(', '),
    ...(remedy !== undefined && { remedy }),
    account: details,
  };
}

const placeOf = ({ endpoint, exchange, mode, credentials }: AccountConfig): string[] => [
  `${endpoint ?? exchange}, ${mode}`,
  `keys: ${keysFrom(credentials)}`,
];
