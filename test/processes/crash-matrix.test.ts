/** The crash matrix on BingX, one-way: see `matrix.ts`. */
import { crashMatrix } from './matrix.ts';

crashMatrix('bingx');
