// Bundles the tests that are written in TypeScript into dist/test.
import { readdirSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const unit = readdirSync(path.join(root, 'test/unit')).filter((name) => name.endsWith('.test.ts'));
await build({
  absWorkingDir: root,
  entryPoints: ['test/exthost/index.ts', ...unit.map((name) => `test/unit/${name}`)],
  outdir: 'dist/test',
  outbase: 'test',
  bundle: true,
  platform: 'node',
  format: 'cjs',
  target: 'node20',
  external: ['vscode'],
  // Where there is no editor, only what a test does not touch may ask for it.
  sourcemap: 'inline',
  logLevel: 'warning',
});
