import { play } from './run.ts';
import { scheduleOf } from './schedule.ts';
const args = process.argv.slice(2);
if (args[0] === '--seed') {
  const o = play(scheduleOf(Number(args[1])), console.log);
  console.log(o.broken, o.longestGapMs);
} else {
  const from = Number(args[0] ?? 1),
    n = Number(args[1] ?? 50);
  const t = Date.now();
  let bad = 0,
    lives = 0,
    gap = 0;
  const kinds: Record<string, number[]> = {};
  for (let s = from; s < from + n; s++) {
    const o = play(scheduleOf(s));
    lives += o.lives;
    gap = Math.max(gap, o.longestGapMs);
    if (o.broken) {
      bad++;
      const k = o.broken.what.replace(/[0-9a-z]{9}|[\d.]+/g, '#').slice(0, 300);
      (kinds[k] ??= []).push(s);
    }
  }
  console.log({ n, bad, lives, gap, ms: Date.now() - t });
  for (const [k, v] of Object.entries(kinds)) console.log(v.length, v.slice(0, 6).join(','), k);
}
