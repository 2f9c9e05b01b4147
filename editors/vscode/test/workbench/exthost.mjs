// Runs a module with `run()` inside the extension host of a real workbench, where it has the whole
// `vscode` API.
//   node test/workbench/exthost.mjs EXTENSION_FOLDER TESTS_FILE
import path from 'node:path';
import { start } from './workbench.mjs';

const [extension, tests] = process.argv.slice(2);
// Two folders in one window: the second one has a style of its own.
const files = {
  'both.code-workspace': JSON.stringify({ folders: [{ path: 'first' }, { path: 'second' }] }),
  'first/sample.py':
    'def add(left, right):\n    return left + right\n\n\ndef take(items, count):\n    if count < 0:\n        raise ValueError("count")\n    return items[:count]\n',
  'first/cells.ipynb': JSON.stringify({
    cells: [
      {
        cell_type: 'code', execution_count: null, metadata: {}, outputs: [],
        source: ['def cell(value):\n', '    return value\n'],
      },
    ],
    metadata: { language_info: { name: 'python' } }, nbformat: 4, nbformat_minor: 5,
  }),
  'first/half.rs': 'pub fn half(value: u32) -> Option<u32> {\n    value.checked_div(2)\n}\n',
  'second/docstring-ls.toml': 'style = "numpy"\n',
  'second/other.py': 'def scale(vector, factor):\n    return [factor * part for part in vector]\n',
};
const workbench = await start({
  files,
  settings: { 'security.workspace.trust.enabled': false },
  // Without it a built workbench ignores the two paths below.
  flags: ['--enable-smoke-test-driver'],
});
let code;
try {
  const { page, remote, url } = workbench;
  await page.exposeFunction('codeAutomationLog', (type, parts) => {
    const line = parts.map((part) => (typeof part === 'string' ? part : JSON.stringify(part))).join(' ');
    if (/^\s*(ok|not ok|#|\d+ passed)/.test(line)) console.log(line);
  });
  const done = new Promise((resolve) => page.exposeFunction('codeAutomationExit', resolve));
  await page.goto(
    url([
      ['extensionDevelopmentPath', remote(path.resolve(extension))],
      ['extensionTestsPath', remote(path.resolve(tests))],
      ['skipWelcome', 'true'],
      ['skipReleaseNotes', 'true'],
    ], path.join(workbench.workspace, 'both.code-workspace')),
  );
  let timer;
  const limit = new Promise((resolve) => {
    timer = setTimeout(() => resolve('timed out'), 180_000);
  });
  code = await Promise.race([done, limit]);
  clearTimeout(timer);
} finally {
  await workbench.close();
}
if (code !== 0) {
  console.log(`not ok - extension host: ${code}`);
  process.exitCode = 1;
}
