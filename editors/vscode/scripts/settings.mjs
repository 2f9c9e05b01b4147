// The settings of the manifest, made from the server's own JSON Schema, so that the two cannot
// disagree.
//   node scripts/settings.mjs [PROGRAM]      rewrites `contributes.configuration` in package.json
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));

/** Groups of the settings page in their order, with the first part of the keys in them. */
const GROUPS = [
  ['Docstrings', ['style', 'scope', 'line-length', 'include', 'exclude']],
  ['Python', ['python']],
  ['Rust', ['rust']],
  ['Checks', ['lint']],
  ['Editor', ['editor']],
  ['Providers', ['provider', 'fallback', 'providers']],
  ['Prompts', ['prompts']],
  ['Orchestration', ['orchestrator']],
  ['Telemetry', ['telemetry']],
];

/** What a workspace may set; the rest is the user's own. `src/settings.ts` has the same rule. */
const OPEN =
  /^(style|scope|line-length|include|exclude|python|rust|lint|editor|provider|trace)(\.|$)|^prompts\.instructions$/;

/** Settings of the extension itself. */
const OWN = {
  path: {
    type: 'string',
    default: '',
    scope: 'machine',
    markdownDescription:
      'Absolute path of the `docstring-ls` program (`~/` is your home folder). Empty: the one that came with the extension, else the first on `PATH`. Not used in a folder that is not trusted.',
  },
  'trace.server': {
    type: 'string',
    enum: ['messages', 'verbose'],
    default: 'messages',
    scope: 'window',
    markdownDescription: 'What of the messages between the editor and the server is in the log, when its level is *Trace*. Keys are left out.',
  },
};

/** Settings by dotted key, from the schema's nested objects. */
function flatten(schema, prefix = '') {
  const found = {};
  for (const [name, value] of Object.entries(schema.properties ?? {})) {
    const key = prefix + name;
    // One value for all, or a table with one for each: the settings page shows the table.
    const table = value.properties ? value : value.anyOf?.find((branch) => branch.properties);
    if (table) {
      Object.assign(found, flatten(table, `${key}.`));
    } else {
      found[key] = value;
    }
  }
  return found;
}

/** The JSON type that VS Code wants beside `enum`, `const` and `anyOf`. */
function typeOf(schema) {
  if (schema.type) return [schema.type].flat();
  const values = schema.enum ?? ('const' in schema ? [schema.const] : undefined);
  if (values) return [...new Set(values.map((value) => typeof value))];
  return [...new Set((schema.anyOf ?? []).flatMap(typeOf))];
}

function setting(key, schema) {
  const { description, ...rest } = schema;
  const types = typeOf(schema);
  const heed =
    key === 'provider'
      ? " In a workspace's settings only `offline` is heeded, and in a folder that is not trusted nothing else is."
      : '';
  return {
    type: types.length === 1 ? types[0] : types,
    ...rest,
    // A table of tables has no page of its own; it starts empty.
    ...(types[0] === 'object' && !('default' in rest) ? { default: {} } : {}),
    scope: !OPEN.test(key) ? 'machine' : key === 'provider' ? 'machine-overridable' : 'window',
    markdownDescription: `${description ?? key}${heed}`,
  };
}

/** `contributes.configuration` for a schema. */
export function configuration(schema) {
  const all = flatten(schema);
  const groups = GROUPS.map(([title, heads]) => [title, new Set(heads)]);
  const known = new Set(GROUPS.flatMap(([, heads]) => heads));
  for (const key of Object.keys(all)) {
    const head = key.split('.')[0];
    if (!known.has(head)) {
      known.add(head);
      groups.push([head[0].toUpperCase() + head.slice(1), new Set([head])]);
    }
  }
  const made = groups.map(([title, heads]) => ({
    title,
    properties: Object.fromEntries(
      Object.entries(all)
        .filter(([key]) => heads.has(key.split('.')[0]))
        .map(([key, value]) => [`docstring-ls.${key}`, setting(key, value)]),
    ),
  }));
  made.push({
    title: 'Extension',
    properties: Object.fromEntries(
      Object.entries(OWN).map(([key, value]) => [`docstring-ls.${key}`, value]),
    ),
  });
  return made.filter(({ properties }) => Object.keys(properties).length > 0);
}

/** The settings that a folder without trust must not decide. */
export function restricted(groups) {
  return groups
    .flatMap(({ properties }) => Object.entries(properties))
    .filter(([, { scope }]) => scope.startsWith('machine'))
    .map(([name]) => name);
}

/** The manifest as it should be. */
export function manifestWith(manifest, schema) {
  const made = structuredClone(manifest);
  made.contributes.configuration = configuration(schema);
  made.capabilities.untrustedWorkspaces.restrictedConfigurations = restricted(
    made.contributes.configuration,
  );
  return made;
}

/** The schema that a program prints. */
export function schemaOf(program) {
  return JSON.parse(execFileSync(program, ['config', '--schema'], { encoding: 'utf8' }));
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const { program } = await import('./program.mjs');
  const file = path.join(root, 'package.json');
  const manifest = JSON.parse(readFileSync(file, 'utf8'));
  const made = manifestWith(manifest, schemaOf(program(process.argv[2])));
  writeFileSync(file, `${JSON.stringify(made, null, 2)}\n`);
}
