// Makes the VSIX.
//   node scripts/package.mjs [--program FILE] [--target linux-x64] [--universal] [--out FILE]
// Without --program the release build of this repository goes in; --universal brings none along
// and the extension looks for the program on PATH.
import { spawnSync } from 'node:child_process';
import { chmodSync, copyFileSync, mkdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { program } from './program.mjs';

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const { values } = parseArgs({
  options: {
    program: { type: 'string' },
    target: { type: 'string' },
    universal: { type: 'boolean', default: false },
    out: { type: 'string' },
  },
});

/** This machine, as the marketplace calls it. */
function here() {
  const platform = { linux: 'linux', darwin: 'darwin', win32: 'win32' }[process.platform];
  const arch = { x64: 'x64', arm64: 'arm64', arm: 'armhf' }[process.arch];
  if (!platform || !arch) {
    throw new Error(`there is no target for ${process.platform} ${process.arch}: use --universal`);
  }
  return `${platform}-${arch}`;
}

function run(script, ...args) {
  const { status, error } = spawnSync(process.execPath, [script, ...args], { cwd: root, stdio: 'inherit' });
  if (error) throw error;
  if (status !== 0) process.exit(status ?? 1);
}

const bin = path.join(root, 'bin');
rmSync(bin, { recursive: true, force: true });
const target = values.universal ? undefined : (values.target ?? here());
if (target) {
  const file = path.join(bin, target.startsWith('win32') ? 'docstring-ls.exe' : 'docstring-ls');
  mkdirSync(bin);
  copyFileSync(program(values.program), file);
  chmodSync(file, 0o755);
}
run('scripts/build.mjs');
const out = path.resolve(values.out ?? path.join(root, `docstring-ls-${target ?? 'universal'}.vsix`));
run(
  path.join(root, 'node_modules/@vscode/vsce/vsce'),
  'package',
  '--no-dependencies',
  '--allow-missing-repository',
  ...(target ? ['--target', target] : []),
  '--out',
  out,
);
