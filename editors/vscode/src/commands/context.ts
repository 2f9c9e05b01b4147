/** What every command works with. */
import * as vscode from 'vscode';
import type { Content } from '../content';
import type { Keys } from '../secrets';
import { SELECTOR, type Server } from '../server';
import type { Status } from '../status';

/** The parts of the running extension. */
export interface Parts {
  readonly context: vscode.ExtensionContext;
  readonly server: Server;
  readonly status: Status;
  readonly secrets: Keys;
  readonly content: Content;
  readonly log: vscode.LogOutputChannel;
}

/** Where a command is to do something: the document and the cursor in it. */
export interface Target {
  readonly document: vscode.TextDocument;
  readonly uri: string;
  readonly position: { readonly line: number; readonly character: number };
}

/** The cursor in the editor that has the focus; an error in words where there is none. */
export function target(): Target {
  const editor = vscode.window.activeTextEditor;
  if (editor === undefined || vscode.languages.match(SELECTOR, editor.document) === 0) {
    throw new Error('open a Python or Rust file first');
  }
  const { line, character } = editor.selection.active;
  return { document: editor.document, uri: editor.document.uri.toString(), position: { line, character } };
}

/** Asks for one of several things; `undefined` when the user leaves. */
export async function pick<T extends vscode.QuickPickItem>(
  title: string,
  items: readonly T[],
): Promise<T | undefined> {
  return vscode.window.showQuickPick(items, { title, matchOnDescription: true, ignoreFocusOut: false });
}

/** Refuses what is for trusted folders only. */
export function demandTrust(what: string): void {
  if (!vscode.workspace.isTrusted) {
    throw new Error(`${what} only in a folder that you trust`);
  }
}
