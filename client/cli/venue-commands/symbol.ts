/** A symbol in BingX spelling, as the venue has it: `BTC-USDT`. */
import { symbolArgument } from '../arguments.ts';

export const venueSymbol = (text: string): string => toVenueSymbol(symbolArgument(text));

export const toVenueSymbol = (symbol: string): string => symbol.replace(/:.*$/, '').replace('/', '-');
