/** The configuration of a production Temporal server on one machine and one PostgreSQL. */
import { stringify } from 'yaml';
import { TUNED_DYNAMIC_CONFIG } from './embedded-arguments.ts';

export type ProductionConfig = {
  host: string;
  /** gRPC of the frontend, then seven more for the other services and their membership. */
  ports: readonly number[];
  postgres: { host: string; port: number; user: string; password: string };
  /** Path of the file with `dynamicConfig()`. */
  dynamicConfigFile: string;
};

export const PORTS_NEEDED = 8;
const SERVICES = ['frontend', 'history', 'matching', 'worker'] as const;
/** Fixed for the life of a database. Four are plenty for the positions of one desk. */
const HISTORY_SHARDS = 4;
const MAX_CONNECTIONS = 20;

/** YAML for `temporal-server start`. It holds the password: write it for the owner's eyes only. */
export function productionConfig({ host, ports, postgres, dynamicConfigFile }: ProductionConfig): string {
  const frontend = `${host}:${ports[0]}`;
  return stringify({
    log: { stdout: true, level: 'warn' },
    persistence: {
      numHistoryShards: HISTORY_SHARDS,
      defaultStore: 'default',
      visibilityStore: 'visibility',
      datastores: {
        default: { sql: store(postgres, DATABASES.default) },
        visibility: { sql: store(postgres, DATABASES.visibility) },
      },
    },
    global: { membership: { maxJoinDuration: '30s', broadcastAddress: host } },
    services: Object.fromEntries(
      SERVICES.map((service, i) => [
        service,
        { rpc: { grpcPort: ports[2 * i], membershipPort: ports[2 * i + 1], bindOnIP: host } },
      ]),
    ),
    clusterMetadata: {
      enableGlobalNamespace: false,
      failoverVersionIncrement: 10,
      masterClusterName: 'active',
      currentClusterName: 'active',
      clusterInformation: {
        active: { enabled: true, initialFailoverVersion: 1, rpcName: 'frontend', rpcAddress: frontend },
      },
    },
    dcRedirectionPolicy: { policy: 'noop' },
    archival: { history: { state: 'disabled' }, visibility: { state: 'disabled' } },
    publicClient: { hostPort: frontend },
    dynamicConfigClient: { filepath: dynamicConfigFile, pollInterval: '60s' },
  });
}

/** Database and embedded schema of each store. */
export const DATABASES = {
  default: { name: 'temporal', schema: 'postgresql/v12/temporal' },
  visibility: { name: 'temporal_visibility', schema: 'postgresql/v12/visibility' },
} as const;

export const SQL_PLUGIN = 'postgres12';

/** The tuned settings in the file format of the production server. */
export function dynamicConfig(): string {
  return stringify(
    Object.fromEntries(Object.entries(TUNED_DYNAMIC_CONFIG).map(([key, value]) => [key, [{ value }]])),
  );
}

function store(
  { host, port, user, password }: ProductionConfig['postgres'],
  database: { name: string },
): object {
  return {
    pluginName: SQL_PLUGIN,
    databaseName: database.name,
    connectAddr: `${host}:${port}`,
    connectProtocol: 'tcp',
    user,
    password,
    maxConns: MAX_CONNECTIONS,
    maxIdleConns: MAX_CONNECTIONS,
    maxConnLifetime: '1h',
  };
}
