/** Tests inside the extension host of a real workbench. `exthost.mjs` starts them. */
import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import type { Api } from '../../src/extension';
import { PREVIEW_SCHEME } from '../../src/names';

const SOURCE = 'def add(left, right):\n    return left + right\n';

async function eventually<T>(
  probe: () => T | undefined | false | Promise<T | undefined | false>,
  what: string,
): Promise<T> {
  const end = Date.now() + 30_000;
  for (;;) {
    const value = await probe();
    if (value !== undefined && value !== false) {
      return value;
    }
    assert.ok(Date.now() < end, `timed out waiting for ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

function inFolder(folder: number, name: string): vscode.Uri {
  const root = vscode.workspace.workspaceFolders?.[folder];
  assert.ok(root);
  return vscode.Uri.joinPath(root.uri, name);
}

async function open(uri: vscode.Uri, line = 0, character = 5): Promise<vscode.TextDocument> {
  const document = await vscode.workspace.openTextDocument(uri);
  const editor = await vscode.window.showTextDocument(document);
  const at = new vscode.Position(line, character);
  editor.selection = new vscode.Selection(at, at);
  return document;
}

/** Runs a command on the document and takes its edit back, in one step. */
async function changed(document: vscode.TextDocument, command: string): Promise<string> {
  const before = document.getText();
  await vscode.commands.executeCommand(command);
  const after = await eventually(
    () => document.getText() !== before && document.getText(),
    `${command} to change ${document.uri.path}`,
  );
  await vscode.commands.executeCommand('undo');
  assert.equal(document.getText(), before, 'one undo takes all of it back');
  return after;
}

function section(): vscode.WorkspaceConfiguration {
  return vscode.workspace.getConfiguration('docstring-ls');
}

const tests: Record<string, (api: Api) => Promise<void>> = {
  'the bundled server runs with the embedded provider': async (api) => {
    await eventually(() => api.status().server === 'running', 'the server');
    assert.equal(api.status().provider, 'offline');
    assert.equal(api.status().error, undefined);
  },

  'every command of the manifest is registered': async () => {
    const registered = new Set(await vscode.commands.getCommands(true));
    const manifest = vscode.extensions.getExtension('docstring-ls.docstring-ls')?.packageJSON as {
      contributes: { commands: { command: string }[] };
    };
    const missing = manifest.contributes.commands.filter(({ command }) => !registered.has(command));
    assert.deepEqual(missing, []);
  },

  'the light bulb offers a docstring': async () => {
    const document = await open(inFolder(0, 'sample.py'));
    const range = new vscode.Range(0, 5, 0, 5);
    const action = await eventually(async () => {
      const actions = await vscode.commands.executeCommand<vscode.CodeAction[]>(
        'vscode.executeCodeActionProvider', document.uri, range, vscode.CodeActionKind.RefactorRewrite.value, 10,
      );
      return actions.find(({ title }) => title === 'Generate docstring');
    }, 'the action');
    assert.ok(action.edit, 'the embedded answer comes as an edit');
    assert.ok(await vscode.workspace.applyEdit(action.edit));
    assert.match(document.getText(), /"""Add/);
    await vscode.commands.executeCommand('undo');
    assert.ok(document.getText().startsWith(SOURCE));
  },

  'hover shows the docstring that would be inserted': async () => {
    const { uri } = await open(inFolder(0, 'sample.py'));
    const hovers = await vscode.commands.executeCommand<vscode.Hover[]>(
      'vscode.executeHoverProvider', uri, new vscode.Position(0, 5),
    );
    const text = hovers.flatMap(({ contents }) => contents.map((part) => (part as vscode.MarkdownString).value));
    assert.match(text.join('\n'), /Args:/);
  },

  'a command writes one docstring, another all of the file': async () => {
    const document = await open(inFolder(0, 'sample.py'));
    const one = await changed(document, 'docstring-ls.generateDocstring');
    assert.equal(one.match(/"""/g)?.length, 2);
    const all = await changed(document, 'docstring-ls.generateFile');
    assert.ok((all.match(/"""/g)?.length ?? 0) >= 4);
    assert.match(all, /Raises:\n\s+ValueError:/);
  },

  'a preview compares and changes nothing until it is inserted': async () => {
    const document = await open(inFolder(0, 'sample.py'));
    const before = document.getText();
    await vscode.commands.executeCommand('docstring-ls.previewDocstring');
    const diff = await eventually(() => {
      const input = vscode.window.tabGroups.activeTabGroup.activeTab?.input;
      return input instanceof vscode.TabInputTextDiff && input;
    }, 'the comparison');
    assert.equal(diff.modified.scheme, PREVIEW_SCHEME);
    const after = (await vscode.workspace.openTextDocument(diff.modified)).getText();
    assert.equal(document.getText(), before);
    await vscode.commands.executeCommand('docstring-ls.insertPreview');
    assert.equal(document.getText(), after);
    assert.match(after, /"""Add/);
    await vscode.commands.executeCommand('undo');
    assert.equal(document.getText(), before);
  },

  'an old preview is not inserted': async () => {
    const document = await open(inFolder(0, 'sample.py'));
    const before = document.getText();
    await vscode.commands.executeCommand('docstring-ls.previewDocstring');
    await eventually(
      () => vscode.window.tabGroups.activeTabGroup.activeTab?.input instanceof vscode.TabInputTextDiff,
      'the comparison',
    );
    const edit = new vscode.WorkspaceEdit();
    edit.insert(document.uri, new vscode.Position(0, 0), '# changed\n');
    await vscode.workspace.applyEdit(edit);
    await vscode.commands.executeCommand('docstring-ls.insertPreview');
    assert.equal(document.getText(), `# changed\n${before}`);
    await vscode.commands.executeCommand('workbench.action.closeActiveEditor');
    await vscode.window.showTextDocument(document);
    await vscode.commands.executeCommand('undo');
    assert.equal(document.getText(), before);
  },

  'Rust gets doc comments': async () => {
    const document = await open(inFolder(0, 'half.rs'), 0, 8);
    assert.match(await changed(document, 'docstring-ls.generateDocstring'), /^\/\/\/ /);
  },

  'a document that was never saved is documented': async () => {
    const document = await vscode.workspace.openTextDocument({ language: 'python', content: SOURCE });
    await vscode.window.showTextDocument(document);
    assert.equal(document.uri.scheme, 'untitled');
    await vscode.commands.executeCommand('docstring-ls.generateDocstring');
    await eventually(() => document.getText().includes('Args:'), 'a docstring');
  },

  'a cell of a notebook is documented': async () => {
    const notebook = await vscode.workspace.openNotebookDocument(inFolder(0, 'cells.ipynb'));
    await vscode.window.showNotebookDocument(notebook);
    const { document } = notebook.cellAt(0);
    await eventually(async () => {
      const hovers = await vscode.commands.executeCommand<vscode.Hover[]>(
        'vscode.executeHoverProvider', document.uri, new vscode.Position(0, 5),
      );
      return hovers.length > 0;
    }, 'a hover in the cell');
    await vscode.commands.executeCommand('notebook.cell.edit');
    await vscode.commands.executeCommand('docstring-ls.generateDocstring');
    await eventually(() => document.getText().includes('"""'), 'a docstring in the cell');
  },

  "the manifest's defaults do not outrank a project's file": async () => {
    const document = await open(inFolder(1, 'other.py'));
    const text = await changed(document, 'docstring-ls.generateDocstring');
    assert.match(text, /Parameters\n\s+-{10}/, 'numpy, as the second folder says');
  },

  'a setting holds as soon as it is changed': async () => {
    const document = await open(inFolder(0, 'sample.py'));
    await section().update('style.python', 'sphinx', vscode.ConfigurationTarget.Workspace);
    try {
      await eventually(
        async () => (await changed(document, 'docstring-ls.generateDocstring')).includes(':param left:'),
        'the other style',
      );
    } finally {
      await section().update('style.python', undefined, vscode.ConfigurationTarget.Workspace);
    }
  },

  'a workspace cannot choose a remote provider': async (api) => {
    await section().update('provider', 'openai', vscode.ConfigurationTarget.Workspace);
    try {
      const document = await open(inFolder(0, 'sample.py'));
      assert.match(await changed(document, 'docstring-ls.generateDocstring'), /"""Add/);
      assert.equal(api.status().provider, 'offline');
    } finally {
      await section().update('provider', undefined, vscode.ConfigurationTarget.Workspace);
    }
  },

  'the user can, and the status says so': async (api) => {
    await section().update('provider', 'ollama', vscode.ConfigurationTarget.Global);
    try {
      await eventually(() => api.status().provider === 'ollama', 'the status');
    } finally {
      await section().update('provider', undefined, vscode.ConfigurationTarget.Global);
    }
    await eventually(() => api.status().provider === 'offline', 'the status');
  },

  'what is missing is shown as a hint, with a fix': async () => {
    const { uri } = await open(inFolder(0, 'sample.py'));
    const missing = await eventually(
      () => vscode.languages.getDiagnostics(uri).find(({ source }) => source === 'docstring-ls'),
      'a diagnostic',
    );
    assert.equal(missing.severity, vscode.DiagnosticSeverity.Hint);
    const fixes = await vscode.commands.executeCommand<vscode.CodeAction[]>(
      'vscode.executeCodeActionProvider', uri, missing.range, vscode.CodeActionKind.QuickFix.value,
    );
    assert.ok(fixes.some(({ title }) => title.startsWith('Generate docstring')));
  },

  'a docstring is offered where its quotes are typed': async () => {
    const document = await open(inFolder(0, 'sample.py'));
    const edit = new vscode.WorkspaceEdit();
    edit.insert(document.uri, new vscode.Position(1, 0), '    """\n');
    await vscode.workspace.applyEdit(edit);
    await eventually(async () => {
      const { items } = await vscode.commands.executeCommand<vscode.CompletionList>(
        'vscode.executeCompletionItemProvider', document.uri, new vscode.Position(1, 7), '"',
      );
      return items.some(({ insertText }) => (insertText instanceof vscode.SnippetString ? insertText.value : insertText)?.includes('Args:'));
    }, 'the completion');
    await vscode.commands.executeCommand('undo');
  },

  'code lenses appear when they are asked for': async () => {
    const { uri } = await open(inFolder(0, 'sample.py'));
    const lenses = (): Thenable<vscode.CodeLens[]> =>
      vscode.commands.executeCommand<vscode.CodeLens[]>('vscode.executeCodeLensProvider', uri, 10);
    assert.deepEqual(await lenses(), []);
    await section().update('editor.code-lens', true, vscode.ConfigurationTarget.Workspace);
    try {
      const [lens] = await eventually(async () => {
        const found = await lenses();
        return found.length > 0 && found;
      }, 'a lens');
      assert.equal(lens?.command?.command, 'docstring-ls.generate');
    } finally {
      await section().update('editor.code-lens', undefined, vscode.ConfigurationTarget.Workspace);
    }
  },

  'the metrics open in a view': async () => {
    await vscode.commands.executeCommand('docstring-ls.showMetrics');
    await eventually(
      () => vscode.window.tabGroups.activeTabGroup.activeTab?.input instanceof vscode.TabInputWebview,
      'the view',
    );
    await vscode.commands.executeCommand('workbench.action.closeActiveEditor');
  },

  'what would be sent is nothing with the embedded provider': async (api) => {
    await open(inFolder(0, 'sample.py'));
    await vscode.commands.executeCommand('docstring-ls.showSent');
    assert.equal(api.status().error, undefined);
  },

  'a wrong path is said, and a restart mends it': async (api) => {
    await section().update('path', '/nowhere/docstring-ls', vscode.ConfigurationTarget.Global);
    await eventually(() => api.status().error?.includes('names no file'), 'the failure');
    assert.equal(api.status().server, 'stopped');
    await section().update('path', undefined, vscode.ConfigurationTarget.Global);
    await eventually(() => api.status().server === 'running', 'the restart');
    const document = await open(inFolder(0, 'sample.py'));
    assert.match(await changed(document, 'docstring-ls.generateDocstring'), /"""Add/);
  },
};

/** The entry point that a workbench under test calls. */
export async function run(): Promise<void> {
  const extension = vscode.extensions.getExtension<Api>('docstring-ls.docstring-ls');
  assert.ok(extension);
  const api = await extension.activate();
  let failed = 0;
  for (const [name, test] of Object.entries(tests)) {
    const start = Date.now();
    try {
      await test(api);
      console.log(`ok - extension host: ${name} (${Date.now() - start} ms)`);
    } catch (error) {
      failed += 1;
      console.log(`not ok - extension host: ${name} # ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
    }
    await vscode.commands.executeCommand('workbench.action.files.revert');
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
  }
  console.log(`# extension host: ${Object.keys(tests).length - failed} passed, ${failed} failed`);
  if (failed > 0) {
    throw new Error(`${failed} failed`);
  }
}
