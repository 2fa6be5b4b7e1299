/**
 * Orders that are placed at the same moment, put into one request. Each caller gets the outcome of its
 * own order and need not know: to a workflow, a batch is several placements that happen to be answered
 * together. One order alone is sent as one.
 */

/** How long an order waits for company: long enough for two activities of one workflow task. */
const WINDOW_MS = 20;

export type Batching<Order, Outcome> = {
  /** Orders in one request. */
  max: number;
  one: (order: Order) => Promise<Outcome>;
  /** Outcomes in the order of the orders; never throws. */
  many: (orders: readonly Order[]) => Promise<readonly Outcome[]>;
};

type Waiting<Order, Outcome> = { order: Order; settle: (outcome: Promise<Outcome>) => void };

/** @returns what places one order, in company where there is some; never loses or repeats one */
export function createBatcher<Order, Outcome>({ max, one, many }: Batching<Order, Outcome>) {
  let waiting: Waiting<Order, Outcome>[] = [];
  let timer: NodeJS.Timeout | undefined;

  const leave = (): void => {
    clearTimeout(timer);
    timer = undefined;
    const leaving = waiting;
    waiting = [];
    const [only, ...others] = leaving;
    if (!only) return;
    if (others.length === 0) {
      only.settle(one(only.order));
      return;
    }
    const answers = many(leaving.map(({ order }) => order));
    leaving.forEach(({ settle }, index) => settle(answers.then((outcomes) => at(outcomes, index))));
  };

  return (order: Order): Promise<Outcome> =>
    new Promise((settle) => {
      waiting.push({ order, settle });
      if (waiting.length >= max) leave();
      else timer ??= setTimeout(leave, WINDOW_MS);
    });
}

function at<Outcome>(outcomes: readonly Outcome[], index: number): Outcome {
  const outcome = outcomes[index];
  if (outcome === undefined) throw new Error('a batch answered fewer outcomes than it had orders');
  return outcome;
}
