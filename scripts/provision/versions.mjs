/**
 * What Holdfast runs beside itself, pinned in one place. `docker-compose.yml` pins the same server
 * through `.env.example`; a test holds the two together.
 */
export const VERSIONS = Object.freeze({
  /** The newest CLI that `go install` accepts: later ones carry a `replace` line in go.mod. */
  temporalCli: '1.5.1',
  /** Java's test server, the one that skips time. */
  testServer: '1.38.0',
  /** The production server; the CLI above embeds the same. */
  temporalServer: '1.29.1',
  /** Oldest server that a `temporal` found on PATH may embed: typed summaries and update-with-start. */
  minimumEmbeddedServer: '1.28.0',
});

/** `true` if dotted version `left` is `right` or later. Missing parts count as 0. */
export function isAtLeast(left, right) {
  const [a, b] = [left, right].map((text) => text.split('.').map(Number));
  for (let i = 0; i < Math.max(a.length, b.length); i += 1) {
    const difference = (a[i] ?? 0) - (b[i] ?? 0);
    if (difference !== 0) return difference > 0;
  }
  return true;
}
