import assert from 'node:assert/strict';
import { test } from 'node:test';
import { findServer, serverArguments, serverEnvironment, type Places } from '../../src/find';

const BUNDLED = '/ext/bin/docstring-ls';
const ON_PATH = '/usr/bin/docstring-ls';
const OWN = '/home/me/docstring-ls';

function places(files: string[], change: Partial<Places> = {}): Places {
  return {
    setting: undefined,
    extension: '/ext',
    env: { PATH: 'node_modules/.bin::/bin:/usr/bin' },
    home: '/home/me',
    platform: 'linux',
    isTrusted: true,
    exists: (file) => files.includes(file),
    ...change,
  };
}

test('the setting comes before the bundled program, and that before PATH', () => {
  const all = [OWN, BUNDLED, ON_PATH];
  assert.deepEqual(findServer(places(all, { setting: OWN })), { kind: 'setting', command: OWN });
  assert.deepEqual(findServer(places(all, { setting: '~/docstring-ls' })), { kind: 'setting', command: OWN });
  assert.deepEqual(findServer(places(all, { setting: ' ' })), { kind: 'bundled', command: BUNDLED });
  assert.deepEqual(findServer(places([ON_PATH])), { kind: 'environment', command: ON_PATH });
});

test('a wrong setting is not passed over', () => {
  for (const setting of ['/gone/docstring-ls', 'docstring-ls', './bin/docstring-ls']) {
    const found = findServer(places([BUNDLED, ON_PATH], { setting }));
    assert.ok(found.kind === 'none', found.kind);
    assert.match(found.why, new RegExp(setting));
  }
});

test('without trust only the bundled program is started', () => {
  const untrusted = { isTrusted: false, setting: OWN };
  assert.deepEqual(findServer(places([OWN, BUNDLED, ON_PATH], untrusted)), { kind: 'bundled', command: BUNDLED });
  assert.equal(findServer(places([OWN, ON_PATH], untrusted)).kind, 'none');
});

test('a relative entry of PATH does not mean the opened folder', () => {
  const file = 'node_modules/.bin/docstring-ls';
  const found = findServer(places([file, `/work/${file}`, 'docstring-ls']));
  assert.equal(found.kind, 'none');
});

test('on Windows the program has its suffix', () => {
  const found = findServer(
    places(['C:\\tools\\docstring-ls.exe'], {
      platform: 'win32',
      extension: 'C:\\ext',
      env: { Path: 'C:\\Windows;C:\\tools' },
    }),
  );
  assert.deepEqual(found, { kind: 'environment', command: 'C:\\tools\\docstring-ls.exe' });
});

test('without trust the server is configured by nothing but the extension', () => {
  const env = {
    PATH: '/bin', DOCSTRING_LS_PROVIDER: 'openai', docstring_ls_providers_x_base_url: 'http://x',
    DOCSTRING_LS_LOG: 'debug', GONE: undefined,
  };
  assert.deepEqual(serverArguments(false), ['serve', '--isolated']);
  assert.deepEqual(serverEnvironment(env, false), { PATH: '/bin', DOCSTRING_LS_LOG: 'debug' });
  assert.deepEqual(serverArguments(true), ['serve']);
  assert.equal(serverEnvironment(env, true)['DOCSTRING_LS_PROVIDER'], 'openai');
});
