import assert from 'node:assert/strict';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';

const root = path.resolve(__dirname, '../../..');
const read = (file: string): string => readFileSync(path.join(root, file), 'utf8');
const manifest = JSON.parse(read('package.json')) as {
  version: string;
  icon: string;
  contributes: {
    commands: { command: string; title: string }[];
    keybindings: { command: string; when: string }[];
    menus: Record<string, { command?: string }[]>;
    walkthroughs: { steps: { description: string; completionEvents: string[]; media: Record<string, string> }[] }[];
  };
  devDependencies: Record<string, string>;
};

test('every command that is shown is registered, and the other way round', () => {
  const sources = readdirSync(path.join(root, 'src/commands')).map((file) => read(`src/commands/${file}`));
  const source = sources.join('\n');
  const shown = manifest.contributes.commands.map(({ command }) => command);
  for (const command of shown) {
    assert.ok(source.includes(`'${command}'`), `${command} is not in the code`);
  }
  const known = new Set(shown);
  const used = [
    ...manifest.contributes.keybindings,
    ...Object.values(manifest.contributes.menus).flat(),
  ].flatMap(({ command }) => command ?? []);
  const linked = manifest.contributes.walkthroughs
    .flatMap(({ steps }) => steps)
    .flatMap(({ description }) => [...description.matchAll(/\(command:([\w.-]+)\)/g)].map(([, name]) => name ?? ''));
  for (const command of [...used, ...linked]) {
    assert.ok(known.has(command), `${command} is not in the manifest`);
  }
});

test('the key is bound only where there is something to document', () => {
  for (const { when } of manifest.contributes.keybindings) {
    assert.match(when, /editorTextFocus/);
    assert.match(when, /python\|rust/);
  }
});

test('what the manifest shows is there', () => {
  const media = manifest.contributes.walkthroughs
    .flatMap(({ steps }) => steps)
    .flatMap(({ media: { image, markdown } }) => [image, markdown])
    .filter((file) => file !== undefined);
  for (const file of [manifest.icon, ...media]) {
    assert.ok(existsSync(path.join(root, file)), file);
  }
});

test('licence and version are those of the program', () => {
  const repository = path.resolve(root, '../..');
  assert.equal(read('LICENSE'), readFileSync(path.join(repository, 'LICENSE'), 'utf8'));
  const cargo = readFileSync(path.join(repository, 'Cargo.toml'), 'utf8');
  assert.equal(/^version = "(.+)"$/m.exec(cargo)?.[1], manifest.version);
});

test('versions of the tools are pinned', () => {
  for (const [name, version] of Object.entries(manifest.devDependencies)) {
    assert.match(version, /^\d+\.\d+\.\d+$/, name);
  }
});
