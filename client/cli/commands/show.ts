/** `holdfast show POSITION`: one position in full. */
import type { Command } from 'commander';
import { addPositionArgument, chosenPosition, type PositionOptions } from '../chosen-position.ts';
import type { Context } from '../context.ts';
import { reportsOf } from '../not-served.ts';
import { positionCard } from '../render/position-card.ts';
import { withPrice } from '../seen-price.ts';
import { addWhere, withSession, type Where } from '../where.ts';

type Options = Where & PositionOptions & { json?: boolean };

export function addShow(program: Command, context: Context): void {
  const command = addPositionArgument(
    program.command('show').description('Show one position in full'),
  ).option('--json', 'as JSON: PositionView, with answeredBy');
  addWhere(command).action((text: string, options: Options) =>
    withSession(context.session(options), async ({ holdfast, config }) => {
      const { position: known, ...answer } = await holdfast.show(chosenPosition(text, options, config));
      const position = withPrice(known, reportsOf(config, context.now()), context.now());
      context.out(
        options.json
          ? JSON.stringify({ ...position, ...answer }, null, 2)
          : positionCard({ position, ...answer }, context.colors, context.now()),
      );
    }),
  );
}
