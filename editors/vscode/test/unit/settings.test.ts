import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { contributedKeys, explicitSettings, type Inspected, isPersonal, offeredWords } from '../../src/settings';

const root = path.resolve(__dirname, '../../..');
const manifest: unknown = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8'));

function explicit(found: Record<string, Inspected>, isTrusted = true): Record<string, unknown> {
  return explicitSettings(Object.keys(found), (key) => found[key], isTrusted);
}

test('only what somebody set is sent', () => {
  const found: Record<string, Inspected & { defaultValue?: unknown }> = {
    scope: { defaultValue: 'public' },
    'line-length': { defaultValue: 'auto', globalValue: 99 },
    'style.python': { globalValue: 'numpy', workspaceValue: 'google' },
    exclude: { globalValue: null },
    path: { globalValue: '/x' },
    'trace.server': { globalValue: 'verbose' },
  };
  assert.deepEqual(explicit(found), { 'line-length': 99, 'style.python': 'google' });
});

test('a workspace may forbid remote providers, and not choose one', () => {
  const provider = (globalValue: unknown, workspaceValue: unknown) =>
    explicit({ provider: { globalValue, workspaceValue } });
  assert.deepEqual(provider('claude', 'openai'), { provider: 'claude' });
  assert.deepEqual(provider(undefined, 'openai'), {});
  assert.deepEqual(provider('claude', 'offline'), { provider: 'offline' });
});

test('what is personal does not come from a workspace', () => {
  const workspaceValue = { evil: { 'base-url': 'http://x' } };
  assert.deepEqual(explicit({ providers: { workspaceValue } }), {});
  assert.deepEqual(explicit({ providers: { workspaceValue, globalValue: {} } }), { providers: {} });
  assert.deepEqual(explicit({ 'orchestrator.cache': { workspaceValue: 'redis://x' } }), {});
  assert.deepEqual(explicit({ 'prompts.templates': { workspaceValue: '/' } }), {});
  assert.deepEqual(explicit({ 'of-the-future': { workspaceValue: true } }), {});
  assert.deepEqual(explicit({ 'telemetry.otlp-endpoint': { workspaceValue: 'http://x' } }), {});
});

test('without trust the embedded provider writes, and the workspace has no say', () => {
  const found = {
    provider: { globalValue: 'claude', workspaceValue: 'openai' },
    providers: { globalValue: { claude: {} } },
    'orchestrator.cache': { globalValue: 'redis://x' },
    'style.python': { globalValue: 'numpy', workspaceValue: 'google' },
  };
  assert.deepEqual(explicit(found, false), { provider: 'offline', 'style.python': 'numpy' });
});

test('the settings of the manifest are known', () => {
  const keys = contributedKeys(manifest, 'docstring-ls');
  for (const key of ['path', 'provider', 'providers', 'style.python', 'orchestrator.timeout']) {
    assert.ok(keys.includes(key), key);
  }
  assert.ok(offeredWords(manifest, 'docstring-ls.provider').includes('offline'));
  assert.deepEqual(offeredWords(manifest, 'docstring-ls.nothing'), []);
});

test('the manifest and the code agree on what is personal', () => {
  const { contributes, capabilities } = manifest as {
    contributes: { configuration: { properties: Record<string, { scope: string }> }[] };
    capabilities: { untrustedWorkspaces: { restrictedConfigurations: string[] } };
  };
  const settings = contributes.configuration.flatMap(({ properties }) => Object.entries(properties));
  const personal = settings.filter(([, { scope }]) => scope === 'machine').map(([name]) => name);
  const expected = contributedKeys(manifest, 'docstring-ls').filter(isPersonal);
  assert.deepEqual(personal, expected.map((key) => `docstring-ls.${key}`));
  const restricted = new Set(capabilities.untrustedWorkspaces.restrictedConfigurations);
  assert.deepEqual([...restricted].sort(), [...personal, 'docstring-ls.provider'].sort());
});

test('odd manifests have no settings', () => {
  for (const odd of [undefined, null, 3, [], { contributes: { configuration: [null, 4] } }]) {
    assert.deepEqual(contributedKeys(odd, 'docstring-ls'), []);
    assert.deepEqual(offeredWords(odd, 'x'), []);
  }
});
