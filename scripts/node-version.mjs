/** Imported first by every script: an old Node would only stumble over syntax. */
const MINIMUM_MAJOR = 20;
const major = Number(process.versions.node.split('.')[0]);

if (major < MINIMUM_MAJOR) {
  console.error(
    'Holdfast needs Node.js ' +
      MINIMUM_MAJOR +
      ' or later to begin; this is ' +
      process.versions.node +
      '.\n' +
      'It brings its own Node 24 then, inside the project.',
  );
  process.exit(1);
}
