/** Client sockets and the mischief that can be done to their pushes. Protocol-independent. */
import type { WebSocket } from 'ws';
import type { SocketAction, SocketMatch } from './control/types.ts';

/** Held pushes beyond this are lost, the oldest first. */
const MAX_HELD = 10_000;

export type Client = {
  readonly socket: WebSocket;
  readonly stream: 'public' | 'private';
  readonly account: string | null;
  /** Encodes and sends at once. */
  readonly transmit: (message: object) => void;
  readonly state: PushState;
};

type PushState = {
  silent: boolean;
  holding: boolean;
  held: object[];
  duplicate: number;
  reorder: number;
  lose: number;
  kept: object | undefined;
};

export const createPushState = (): PushState => ({
  silent: false,
  holding: false,
  held: [],
  duplicate: 0,
  reorder: 0,
  lose: 0,
  kept: undefined,
});

/** Sends a push, or does with it what was planned for it. */
export function push(client: Client, message: object): void {
  const { state } = client;
  if (state.silent) return;
  if (state.holding) {
    state.held.push(message);
    if (state.held.length > MAX_HELD) state.held.shift();
    return;
  }
  if (state.lose > 0) {
    state.lose -= 1;
    return;
  }
  if (state.reorder > 0 && state.kept === undefined) {
    state.reorder -= 1;
    state.kept = message;
    return;
  }
  client.transmit(message);
  if (state.duplicate > 0) {
    state.duplicate -= 1;
    client.transmit(message);
  }
  if (state.kept === undefined) return;
  client.transmit(state.kept);
  state.kept = undefined;
}

/** Applies an action to the matching sockets. Returns how many there were. */
export function actOn(clients: ReadonlySet<Client>, action: SocketAction, match: SocketMatch = {}): number {
  const chosen = [...clients].filter(
    (client) =>
      (match.account === undefined || client.account === match.account) &&
      (match.stream === undefined || client.stream === match.stream),
  );
  for (const client of chosen) apply(client, action);
  return chosen.length;
}

function apply(client: Client, action: SocketAction): void {
  const { state } = client;
  switch (action.action) {
    case 'drop':
      client.socket.terminate();
      return;
    case 'silent':
      state.silent = true;
      return;
    case 'speak':
      state.silent = false;
      return;
    case 'hold':
      state.holding = true;
      return;
    case 'release': {
      state.holding = false;
      for (const message of state.held.splice(0)) push(client, message);
      return;
    }
    case 'duplicate':
      state.duplicate += action.count;
      return;
    case 'reorder':
      state.reorder += action.count;
      return;
    case 'lose':
      state.lose += action.count;
      return;
    default:
      action satisfies never;
  }
}
