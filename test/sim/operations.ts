/** What becomes of the processes and of what the exchange tells them: outages, silence, lies, a new run. */
import { one, type Scene } from './scene.ts';
import { DISTORTIONS } from './faults.ts';

type Operation = 'read' | 'oldReading' | 'watcherLost' | 'silence' | 'lie' | 'outage' | 'carryOver';

const READING_LIES = ['empty', 'lagging', 'noOrders', 'staleOrders'] as const;

export function operate({ desk, pick, world }: Scene, deed: Operation): string | undefined {
  const { watch } = desk;
  switch (deed) {
    case 'read':
      watch.hint();
      return undefined;
    case 'oldReading': {
      const reading = one(watch.readings, pick);
      const life =
        reading &&
        one(
          desk.running.filter(({ state }) => state.symbol === reading.symbol && state.leg === reading.leg),
          0,
        );
      if (reading && life) life.signal(reading.snapshot);
      return life && 'an old reading is told once more';
    }
    case 'watcherLost':
      watch.lose(2_000 + (pick % 20) * 1_000);
      return 'the watcher is lost';
    case 'lie': {
      const kind = READING_LIES[pick % READING_LIES.length] ?? 'empty';
      const forMs = 2_000 + (pick % 8) * 1_000;
      return desk.misread(DISTORTIONS[kind], forMs) ? `every list is ${kind} for ${forMs} ms` : undefined;
    }
    case 'outage': {
      const forMs = [4_000, 12_000, 40_000, 150_000][pick % 4] ?? 4_000;
      desk.lose(forMs);
      return `no worker for ${forMs} ms`;
    }
    case 'silence':
      watch.silent = pick % 2 === 0;
      return `the socket is ${watch.silent ? 'silent' : 'heard'}`;
    case 'carryOver':
      for (const life of desk.running) if (life.idle) life.carryOver();
      return `carried over at ${world.nowMs}`;
  }
}
