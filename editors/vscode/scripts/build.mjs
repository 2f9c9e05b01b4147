// Bundles the extension into one file.
//   node scripts/build.mjs [--development]
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const isDevelopment = process.argv.includes('--development');
rmSync(path.join(root, 'dist'), { recursive: true, force: true });
const { metafile } = await build({
  absWorkingDir: root,
  entryPoints: ['src/extension.ts'],
  outfile: 'dist/extension.js',
  bundle: true,
  platform: 'node',
  format: 'cjs',
  target: 'node20',
  external: ['vscode'],
  minify: !isDevelopment,
  sourcemap: isDevelopment,
  metafile: true,
  logLevel: 'warning',
});

// The licences of what is bundled.
const packages = new Set();
for (const input of Object.keys(metafile.inputs)) {
  const [, folder] = /^(.*node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(input) ?? [];
  if (folder) packages.add(folder);
}
const notices = [...packages].sort().map((folder) => {
  const { name, version, license } = JSON.parse(readFileSync(path.join(root, folder, 'package.json'), 'utf8'));
  const file = readdirSync(path.join(root, folder)).find((entry) => /^licen[cs]e/i.test(entry));
  if (!file || !existsSync(path.join(root, folder, file))) throw new Error(`${name} has no licence file`);
  const text = readFileSync(path.join(root, folder, file), 'utf8').trim();
  return `${name} ${version} (${license})\n\n${text}\n`;
});
writeFileSync(path.join(root, 'dist/licences.txt'), notices.join(`\n${'-'.repeat(80)}\n\n`));
