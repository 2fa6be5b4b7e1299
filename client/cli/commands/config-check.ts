/** `holdfast config check [FILE]`: whether a configuration can be used, and what it means. Starts nothing. */
import type { Command } from 'commander';
import { accountConfiguration } from '../../../config/account.ts';
import { checkFile, type CheckedFile } from '../../../config/check-file.ts';
import type { AccountConfig, HoldfastConfig } from '../../../config/config.ts';
import { problemText, type ConfigProblem } from '../../../config/errors.ts';
import { keysFrom } from '../../../config/redact.ts';
import type { Colors, Context } from '../context.ts';
import { EXIT } from '../exit-codes.ts';
import { exchangeText, liveBanner, modesOf, modeText, plural } from '../render/format.ts';
import { protectionWords } from '../render/protection-words.ts';
import { table, type Column } from '../table.ts';
import { addWhere, type Where } from '../where.ts';

type Options = Where & { json?: boolean };

export function addConfigCheck(config: Command, context: Context): void {
  const command = config
    .command('check')
    .description('Check a configuration file without starting anything; exit code 2 if it has mistakes')
    .argument('[file]', 'default: the one that would be used')
    .option('--json', 'as JSON');
  addWhere(command).action((named: string | undefined) => {
    // `config` has the same options, and commander gives them to it.
    const { json, config: option, ...flags } = command.optsWithGlobals<Options>();
    const checked = checkFile({ file: named ?? option, flags });
    if (json) context.out(JSON.stringify(asJson(checked), null, 2));
    else if (checked.config) context.out(meaning(checked.config, context).join('\n'));
    else tell(checked.problems, context);
    if (checked.problems.length > 0) context.exitCode = EXIT.usage;
  });
}

function tell(problems: readonly ConfigProblem[], { err, colors }: Context): void {
  for (const problem of problems) err(`${colors.red('error')} ${problemText(problem)}`);
  err(`${plural(problems.length, 'mistake', 'mistakes')}.`);
}

function asJson({ config, problems }: CheckedFile): unknown {
  if (config === null) return { ok: false, problems };
  const accounts = Object.keys(config.accounts).map((name) => {
    const { exchange, mode, limits, defaults } = accountConfiguration(config, name);
    return { name, exchange, mode, limits, protection: defaults };
  });
  return { ok: true, file: config.file, accounts, problems };
}

function meaning(config: HoldfastConfig, { colors, width }: Context): string[] {
  const accounts = Object.values(config.accounts);
  const usual = groupsOf(config);
  return [
    `${colors.green('ok')} ${config.file ?? 'no file: the built-in configuration'}`,
    ...liveBanner(modesOf(config), colors),
    '',
    ...table(accounts, columns(colors), width, colors.dim).split('\n'),
    '',
    'An entry that names no protection of its own gets:',
    ...usual.flatMap(({ names, lines }) => [
      ...(usual.length > 1 ? [`on ${names.join(', ')}`] : []),
      ...lines.map((line) => `  ${line}`),
    ]),
  ];
}

const columns = (colors: Colors): Column<AccountConfig>[] => [
  { head: 'ACCOUNT', cell: ({ name }) => name, rank: 0 },
  { head: 'EXCHANGE', cell: ({ exchange }) => exchangeText(exchange), rank: 0 },
  { head: 'MONEY', cell: ({ mode }) => modeText(mode, colors), rank: 0 },
  { head: 'POSITIONS', cell: ({ positionMode }) => positionMode, rank: 1 },
  { head: 'MOST', cell: ({ limits }) => String(limits.maxOpenPositions), align: 'right', rank: 3 },
  { head: 'KEYS', cell: ({ credentials }) => keysFrom(credentials), rank: 2 },
];

type Group = { names: string[]; lines: string[] };

/** Accounts that are protected alike are told together. */
function groupsOf(config: HoldfastConfig): Group[] {
  const groups = new Map<string, Group>();
  for (const name of Object.keys(config.accounts)) {
    const { defaults } = accountConfiguration(config, name);
    const lines = Object.entries(defaults).map(([symbol, wish]) => {
      const words = protectionWords(wish).join('; ') || 'nothing';
      return `${symbol === '*' ? allOthers(defaults) : symbol}: ${words}`;
    });
    const group = groups.get(lines.join('\n')) ?? { names: [], lines };
    group.names.push(name);
    groups.set(lines.join('\n'), group);
  }
  return [...groups.values()];
}

const allOthers = (bySymbol: Record<string, unknown>): string =>
  Object.keys(bySymbol).length > 1 ? 'all others' : 'every symbol';
