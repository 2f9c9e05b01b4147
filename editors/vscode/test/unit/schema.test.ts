import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { pathToFileURL } from 'node:url';

const root = path.resolve(__dirname, '../../..');

interface Script {
  readonly manifestWith: (manifest: object, schema: object) => object;
  readonly schemaOf: (program: string) => object;
}

test("the settings of the manifest are those of the program's schema", async () => {
  const script = pathToFileURL(path.join(root, 'scripts/settings.mjs')).href;
  const { manifestWith, schemaOf } = (await import(script)) as Script;
  const program = process.env['SERVER_PROGRAM'];
  assert.ok(program, 'test/run says which program is tested');
  const manifest = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8')) as object;
  assert.deepEqual(
    manifest,
    manifestWith(manifest, schemaOf(program)),
    'run `npm run settings` in editors/vscode',
  );
});
