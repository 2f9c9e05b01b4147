import assert from 'node:assert/strict';
import { test } from 'node:test';
import { describe, type State } from '../../src/describe';
import { masked } from '../../src/log';
import { isProviderId } from '../../src/names';
import { fitted } from '../../src/page';
import { readPreview, readProviders, readQuestions } from '../../src/protocol';
import { Keys } from '../../src/secrets';
import { written } from '../../src/written';

const RUNNING: State = {
  server: 'running', provider: 'claude', jobs: 0, error: undefined, isTrusted: true,
};

test('the status names the provider, what runs and what failed', () => {
  assert.equal(describe(RUNNING).text, '$(book) claude');
  assert.equal(describe({ ...RUNNING, jobs: 1 }).text, '$(sync~spin) claude');
  assert.equal(describe({ ...RUNNING, jobs: 3 }).text, '$(sync~spin) claude (3)');
  const faulty = describe({ ...RUNNING, error: 'no answer' });
  assert.equal(faulty.text, '$(warning) claude');
  assert.match(faulty.tooltip, /Last error: no answer/);
  assert.ok(faulty.isFaulty);
  assert.ok(describe({ ...RUNNING, server: 'stopped' }).isFaulty);
  assert.match(describe({ ...RUNNING, isTrusted: false }).tooltip, /not trusted/);
});

test('no key is in the log, in whichever way it is written', () => {
  const key = 'sk-"odd"\\key';
  const traced = `Result: ${JSON.stringify({ key })}, ${key}`;
  assert.equal(masked(traced, [key, '']), 'Result: {"key":"[key]"}, [key]');
});

test('a provider has a name that the configuration takes', () => {
  assert.ok(isProviderId('my-own_1'));
  for (const odd of ['', 'A', '1a', 'a'.repeat(65), 'a b', 'a\n', undefined, null, {}]) {
    assert.ok(!isProviderId(odd), String(odd));
  }
});

function keys(): Keys {
  const stored = new Map<string, string>();
  const remembered = new Map<string, unknown>();
  return new Keys(
    {
      get: (name) => Promise.resolve(stored.get(name)),
      store: (name, value) => Promise.resolve(void stored.set(name, value)),
      delete: (name) => Promise.resolve(void stored.delete(name)),
      onDidChange: () => ({ dispose: () => undefined }),
    },
    {
      keys: () => [...remembered.keys()],
      get: <T>(name: string, other?: T) => (remembered.get(name) ?? other) as T,
      update: (name: string, value: unknown) => Promise.resolve(void remembered.set(name, value)),
    },
  );
}

test('a key is given to its provider, in a trusted folder', async () => {
  const held = keys();
  await held.set('claude', 'secret');
  assert.deepEqual(held.providers(), ['claude']);
  assert.deepEqual(await held.answer({ provider: 'claude' }, true), { key: 'secret' });
  assert.deepEqual(await held.answer({ provider: 'openai' }, true), { key: null });
  assert.deepEqual(await held.answer({ provider: 'claude' }, false), { key: null });
  for (const odd of [undefined, {}, { provider: 3 }, { provider: '../claude' }]) {
    assert.deepEqual(await held.answer(odd, true), { key: null });
  }
  assert.deepEqual([...held.seen], ['secret']);
  await held.set('claude', '');
  assert.deepEqual(held.providers(), []);
  assert.deepEqual(await held.answer({ provider: 'claude' }, true), { key: null });
});

test('answers of the server are read with care', () => {
  for (const odd of [null, undefined, 'text', 3, [], {}]) {
    assert.equal(readPreview(odd), undefined);
    assert.deepEqual(readProviders(odd), []);
    assert.deepEqual(readQuestions(odd), []);
  }
  const stats = {
    providers: { old: { model: 'm' }, claude: { model: 'haiku', state: 'open', totalAttempts: 4, successRate: 0.5 } },
    compatibility: { claude: {} },
  };
  const claude = { id: 'claude', model: 'haiku', state: 'open', attempts: 4, successRate: 0.5 };
  assert.deepEqual(readProviders(stats), [claude]);
});

test('what would be sent cannot break out of its fence', () => {
  const [question] = readQuestions([
    { provider: 'claude', model: 'haiku', inputTokens: 10, maxOutputTokens: 20, maxCostUsd: 0.00012, redacted: 1, user: 'a ```` b' },
  ]);
  assert.ok(question);
  const text = written([question]);
  assert.match(text, /# claude \(haiku\)/);
  assert.match(text, /at most \$0\.000120/);
  assert.match(text, /`````text\na ```` b\n`````/);
  assert.ok(!text.includes('## System'), 'empty parts are left out');
});

test('in the page of the metrics runs nothing but the script that refreshes it', () => {
  const page =
    '<!doctype html><html><head>\n<meta http-equiv="Content-Security-Policy" content="default-src *">\n<title>t</title></head>\n<body><main>$& $1</main></body></html>';
  const shown = fitted(page, 'abc');
  const policies = [...shown.matchAll(/Content-Security-Policy" content="([^"]+)"/g)];
  assert.deepEqual(
    policies.map(([, policy]) => policy),
    ["default-src 'none'; style-src 'unsafe-inline'; script-src 'nonce-abc'"],
  );
  assert.equal(shown.match(/<script nonce="abc">/g)?.length, 1);
  assert.match(shown, /<main>\$& \$1<\/main>/);
  assert.match(shown, /--ground: var\(--vscode-editor-background\)/);
});
