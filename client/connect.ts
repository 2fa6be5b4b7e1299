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

/** A client whose connection can be closed and used for administration too. */
export type ConnectedClient = Client & { readonly connection: Connection };

/** Throws `HoldfastError` `server_unreachable`. Close it with `client.connection.close()`. */
export async function connect({
  address,
  namespace = 'default',
  timeoutMs = CONNECT_TIMEOUT_MS,
}: ConnectOptions): Promise<ConnectedClient> {
  try {
    const connection = await Connection.connect({ address, connectTimeout: timeoutMs });
    // The client hands back the very connection it was given.
    return new Client({ connection, namespace }) as ConnectedClient;
  } catch (error) {
    throw unreachable(address, error);
  }
}
