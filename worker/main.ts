/**
 * The worker process: `node worker/main.ts [--config FILE] [--data DIR] [--temporal HOST:PORT]
 * [--namespace NAME] [--venue-port N] [--health-port N] [--health-host HOST]`. Says `{"event":"ready"}` on stdout when it
 * takes work. SIGTERM or SIGINT stop it cleanly; SIGKILL at any moment costs nothing but time.
 */
import { useCompileCache } from '../config/compile-cache.ts';

// Before anything that is large is loaded.
useCompileCache();
await import('./process.ts');
