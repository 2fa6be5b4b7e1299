import { join } from 'node:path';
import { openSqliteJournal } from '../../journal/sqlite.ts';

const fileIn = (place: string): string => join(place, 'journal.sqlite');

export const open = (place: string) => openSqliteJournal({ file: fileIn(place) });
export const openReader = (place: string) => openSqliteJournal({ file: fileIn(place), readonly: true });
