/** The crash matrix on Binance, one-way: see `matrix.ts`. */
import { crashMatrix } from './matrix.ts';

crashMatrix('binance');
