/** The smallest workflow that shows a server to work: a timer, an update and a search attribute. */
import { condition, defineUpdate, setHandler, upsertSearchAttributes } from '@temporalio/workflow';
import { searchAttributes } from '../../../contract/search-attributes.ts';

export const name = defineUpdate<string, [string]>('name');

export async function hello(): Promise<string> {
  let named: string | undefined;
  setHandler(name, (given) => {
    named = given;
    return `noted ${given}`;
  });
  upsertSearchAttributes([{ key: searchAttributes.stage, value: 'open' }]);
  await condition(() => named !== undefined);
  return `hello ${named}`;
}
