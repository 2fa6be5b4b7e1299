/** The crash matrix on Bybit, hedge mode: see `matrix.ts`. */
import { crashMatrix } from './matrix.ts';

crashMatrix('bybit');
