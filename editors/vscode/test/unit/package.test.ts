import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { statSync } from 'node:fs';
import { test } from 'node:test';

const vsix = process.env['VSIX'];
const program = process.env['SERVER_PROGRAM'];

/** Names and sizes in the archive; Python reads it, as Node has nothing for it. */
function contents(file: string): Map<string, number> {
  const script =
    'import sys, zipfile\nfor entry in zipfile.ZipFile(sys.argv[1]).infolist(): print(entry.file_size, entry.external_attr >> 16 & 0o777, entry.filename)';
  const listed = execFileSync('python3', ['-c', script, file], { encoding: 'utf8' });
  const found = new Map<string, number>();
  for (const line of listed.trim().split('\n')) {
    const [, size, mode, name] = /^(\d+) (\d+) (.+)$/.exec(line) ?? [];
    assert.ok(name !== undefined);
    found.set(name, Number(size));
    if (name === 'extension/bin/docstring-ls') {
      assert.ok((Number(mode) & 0o111) !== 0, 'the program can be started');
    }
  }
  return found;
}

test('the package has the program and what is shown, and nothing else', () => {
  assert.ok(vsix && program, 'test/run says which package is tested');
  const files = contents(vsix);
  assert.deepEqual([...files.keys()].sort(), [
    '[Content_Types].xml',
    'extension.vsixmanifest',
    'extension/LICENSE.txt',
    'extension/bin/docstring-ls',
    'extension/changelog.md',
    'extension/dist/extension.js',
    'extension/dist/licences.txt',
    'extension/media/generate.png',
    'extension/media/icon.png',
    'extension/media/preview.md',
    'extension/media/provider.md',
    'extension/media/sent.md',
    'extension/package.json',
    'extension/readme.md',
  ]);
  assert.equal(files.get('extension/bin/docstring-ls'), statSync(program).size);
  const others = [...files].filter(([name]) => !name.includes('/bin/')).map(([, size]) => size);
  assert.ok(others.reduce((sum, size) => sum + size, 0) < 900_000, 'small without the program');
});
