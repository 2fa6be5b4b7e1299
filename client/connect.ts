/** Connecting to the Temporal server that carries the positions. */
import { Client, Connection } from '@temporalio/client';
import { unreachable } from './translate.ts';

const CONNECT_TIMEOUT_MS = 3_000;

export type ConnectOptions = {
  /** `host:port`. */
  address: string;
  /** Default `default`. */
  namespace?: string;
  timeoutMs?: number;
};

/** Throws `HoldfastError` `server_unreachable`. Close it with `client.connection.close()`. */
export async function connect({ address, namespace = 'default', timeoutMs = CONNECT_TIMEOUT_MS }: ConnectOptions): Promise<Client> {
  try {
    return new Client({ connection: await Connection.connect({ address, connectTimeout: timeoutMs }), namespace });
  } catch (error) {
    throw unreachable(address, error);
  }
}
