/** Shows the document with and without the docstring side by side; nothing is changed. */
import * as vscode from 'vscode';
import type { Parts } from './context';
import { target } from './context';
import { applied, type Edit } from '../edits';
import { PREVIEW_SCHEME } from '../names';
import { readPreview } from '../protocol';

/** What the shown preview would do, and to which state of which document. */
interface Pending {
  readonly document: vscode.TextDocument;
  readonly version: number;
  readonly edits: readonly Edit[];
}

const pending = new Map<string, Pending>();

/** Opens a comparison of the document before and after. */
export async function preview({ server, content, context }: Parts): Promise<void> {
  const { document, uri, position } = target();
  const found = await vscode.window.withProgress(
    { location: vscode.ProgressLocation.Notification, title: 'Previewing the docstring', cancellable: true },
    async (_, token) => {
      const params = { textDocument: { uri }, position };
      const { version } = document;
      const text = document.getText();
      const answer = readPreview(await server.request('docstring-ls/preview', params, token));
      return answer === undefined ? undefined : { answer, version, text };
    },
  );
  if (found === undefined) {
    return;
  }
  const { answer, version, text } = found;
  const name = document.uri.path.split('/').pop() ?? 'document';
  // The name ends like the document's, so that the language is recognised.
  const after = content.offer(`${answer.symbol || 'module'}/${name}`, applied(text, answer.edits));
  pending.set(after.toString(), { document, version, edits: answer.edits });
  context.subscriptions.push(new vscode.Disposable(() => pending.delete(after.toString())));
  const by = `${answer.style}, ${answer.provider}${answer.fromCache ? ', kept answer' : ''}`;
  await vscode.commands.executeCommand(
    'vscode.diff',
    document.uri,
    after,
    `${name}: docstring of ${answer.symbol || 'the module'} (${by})`,
    { preview: true, preserveFocus: false },
  );
  for (const warning of answer.warnings) {
    void vscode.window.showWarningMessage(warning);
  }
}

/** Applies the preview that is open, if the document is still the one that was previewed. */
export async function insertPreview(): Promise<void> {
  const shown = vscode.window.tabGroups.activeTabGroup.activeTab?.input;
  const uri = shown instanceof vscode.TabInputTextDiff ? shown.modified : undefined;
  const waiting = uri?.scheme === PREVIEW_SCHEME ? pending.get(uri.toString()) : undefined;
  if (waiting === undefined) {
    throw new Error('there is no preview here');
  }
  const { document, version, edits } = waiting;
  if (document.isClosed || document.version !== version) {
    throw new Error('the document has changed since: ask for a new preview');
  }
  const edit = new vscode.WorkspaceEdit();
  edit.set(
    document.uri,
    edits.map(({ range: { start, end }, newText }) =>
      vscode.TextEdit.replace(
        new vscode.Range(start.line, start.character, end.line, end.character),
        newText,
      ),
    ),
  );
  if (!(await vscode.workspace.applyEdit(edit))) {
    throw new Error('the editor did not take the edit');
  }
  pending.delete(uri?.toString() ?? '');
  await vscode.commands.executeCommand('workbench.action.closeActiveEditor');
  await vscode.window.showTextDocument(document);
}
