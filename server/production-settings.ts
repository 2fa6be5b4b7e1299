/** What fills in `ops/temporal/server.yaml` when the production server runs without a container. */
import { join, resolve } from 'node:path';

/** The folder that docker-compose.yml lays into its container as /etc/holdfast. */
export const SERVER_CONFIG_DIR = resolve(import.meta.dirname, '../ops/temporal');

/** Database and embedded schema of each store; ops/set-up-schema.sh sets up the same. */
export const DATABASES = [
  { name: 'temporal', schema: 'postgresql/v12/temporal' },
  { name: 'temporal_visibility', schema: 'postgresql/v12/visibility' },
] as const;

export const SQL_PLUGIN = 'postgres12';

/** One variable for each port of the server, in the order of `ports`. */
const PORT_VARIABLES = [
  'FRONTEND_PORT',
  'FRONTEND_MEMBERSHIP_PORT',
  'HISTORY_PORT',
  'HISTORY_MEMBERSHIP_PORT',
  'MATCHING_PORT',
  'MATCHING_MEMBERSHIP_PORT',
  'WORKER_PORT',
  'WORKER_MEMBERSHIP_PORT',
] as const;

export const PORTS_NEEDED = PORT_VARIABLES.length;

export type ProductionSettings = {
  host: string;
  /** `PORTS_NEEDED` of them, the frontend's first. */
  ports: readonly number[];
  postgres: { host: string; port: number; user: string; password: string };
};

/** The environment of `temporal-server`; the only place where it is told the password. */
export function serverEnvironment({ host, ports, postgres }: ProductionSettings): Record<string, string> {
  return {
    FRONTEND_BIND: host,
    ...Object.fromEntries(PORT_VARIABLES.map((variable, i) => [variable, String(ports[i])])),
    POSTGRES_ADDRESS: `${postgres.host}:${postgres.port}`,
    POSTGRES_USER: postgres.user,
    POSTGRES_PASSWORD: postgres.password,
    DYNAMIC_CONFIG_FILE: join(SERVER_CONFIG_DIR, 'dynamic-config.yaml'),
  };
}
