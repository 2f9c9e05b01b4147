// Finds the program that goes into the package, or that a test starts.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const repository = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../../..');
const name = process.platform === 'win32' ? 'docstring-ls.exe' : 'docstring-ls';

/** `given`, else `$SERVER_PROGRAM`, else the release build, which is made if need be. */
export function program(given = process.env.SERVER_PROGRAM) {
  if (given) {
    const file = path.resolve(given);
    if (!existsSync(file)) throw new Error(`there is no ${file}`);
    return file;
  }
  const file = path.join(process.env.CARGO_TARGET_DIR ?? path.join(repository, 'target'), 'release', name);
  const { status, error } = spawnSync('cargo', ['build', '--release', '--locked'], {
    cwd: repository,
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  if (error) throw error;
  if (status !== 0) throw new Error('cargo build failed');
  return file;
}
