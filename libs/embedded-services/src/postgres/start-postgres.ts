import path from 'node:path';
import { findBinaries, prepareBinaries } from './binaries.js';
import { clusterIn, openCluster, superuser, type Durability } from './cluster.js';
import { chooseFolder, defaultFallbackDirectory } from './folders.js';
import { errorFromFileSystem } from './embedded-postgres-error.js';
import { host } from './port.js';
import { runServer, stopServer } from './postgres-server.js';
import { chooseServiceUser } from './service-user.js';

export interface StartPostgresOptions {
  /** Folder for everything that belongs to the server; made when absent. Its data outlives the server. */
  readonly directory: string;
  /** Default: the port of the last start while it is free, else any free one. */
  readonly port?: number;
  /** Default: `full`. */
  readonly durability?: Durability;
  /** Under root: where data and binaries go when Postgres's user can't reach them. Default: `/var/lib/epochal`. */
  readonly fallbackDirectory?: string;
  /** Is told in a sentence when the data goes elsewhere than to `directory`. Default: nobody. */
  readonly log?: (message: string) => void;
}

/** A Postgres server that accepts connections on 127.0.0.1. It keeps running when this process ends. */
export interface EmbeddedPostgres {
  /** Connects the superuser to the database `postgres`; see `ensureDatabase` for others. Holds the password. */
  readonly url: string;
  /** Whether the server was running already; whoever adopts one that others use should leave it running. */
  readonly adopted: boolean;
  /** Where the cluster is: `directory`, or its stand-in below the fallback directory. */
  readonly directory: string;
  /** Closes all connections and stops the server cleanly, also one that was adopted. */
  stop(): Promise<void>;
}

/**
 * Starts the Postgres that npm installed, or adopts it when it runs already, for this or another process. Recovers
 * by itself from a killed server, a killed parent and a restarted machine. Works as root (under another user).
 *
 * @throws {EmbeddedPostgresError} saying in plain words why it can't run
 */
export async function startPostgres(options: StartPostgresOptions): Promise<EmbeddedPostgres> {
  try {
    return await start(options);
  } catch (error) {
    throw errorFromFileSystem(error) ?? error;
  }
}

async function start(options: StartPostgresOptions): Promise<EmbeddedPostgres> {
  const {
    fallbackDirectory = defaultFallbackDirectory,
    durability = 'full',
    log = () => undefined,
  } = options;
  const wanted = path.resolve(options.directory);
  const wantedUser = await chooseServiceUser(clusterIn(wanted));
  const directory = await chooseFolder({ wanted, user: wantedUser, fallbackDirectory, log });
  const user = await chooseServiceUser(clusterIn(directory));
  const binaries = await prepareBinaries(await findBinaries(), user, fallbackDirectory);
  const context = { binaries, user, durability };
  const cluster = await openCluster(directory, context);
  const { port, adopted } = await runServer(cluster, context, options.port);
  const url = `postgresql://${superuser}:${cluster.password}@${host}:${port}/${superuser}`;
  return { url, adopted, directory, stop: () => stopServer(cluster, context) };
}
