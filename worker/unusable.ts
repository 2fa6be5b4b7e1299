/** Accounts whose settings hold a mistake, as reports: nobody serves them until the worker starts anew. */
import type { HoldfastConfig } from '../config/config.ts';
import type { AccountReport } from '../config/serving.ts';
import { unusableTrouble } from './trouble.ts';

export const unusableReports = ({ unusable }: HoldfastConfig, sinceAt: string): AccountReport[] =>
  Object.values(unusable).map(({ name, problems }) => ({
    account: name,
    status: { state: 'not_served', sinceAt, retryAt: null, ...unusableTrouble(problems) },
    checkedAt: null,
    limits: null,
    watch: null,
  }));
