/** A situation of the project's list, as it is played on real processes. */
import type { Play } from './play.ts';
import type { Where } from './where.ts';

export type Scenario = {
  /** In the list. */
  number: number;
  title: string;
  on: readonly Where[];
  play: (play: Play) => Promise<unknown>;
};

/** One that happens while no worker runs. */
export type Offline = Omit<Scenario, 'play'> & {
  before: (play: Play) => Promise<unknown>;
  meanwhile: (play: Play) => Promise<unknown>;
  after: (play: Play) => Promise<unknown>;
};
