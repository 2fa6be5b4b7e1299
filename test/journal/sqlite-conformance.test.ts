import { describeJournal } from './conformance.ts';
import { open, openReader } from './sqlite-adapter.ts';

describeJournal({
  name: 'sqlite',
  open,
  openReader,
  module: new URL('./sqlite-adapter.ts', import.meta.url),
});
