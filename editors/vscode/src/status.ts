/** The item in the status bar: who writes, what is running, what went wrong last. */
import * as vscode from 'vscode';
import { describe, type State } from './describe';

/** The item, kept up to date. */
export class Status implements vscode.Disposable {
  private readonly item: vscode.StatusBarItem;
  private readonly running = new Set<string>();
  private state: State;

  constructor(command: string, selector: vscode.DocumentSelector) {
    this.state = {
      server: 'starting',
      provider: undefined,
      jobs: 0,
      error: undefined,
      isTrusted: vscode.workspace.isTrusted,
    };
    this.item = vscode.window.createStatusBarItem('docstring-ls', vscode.StatusBarAlignment.Right, 90);
    this.item.name = 'docstring-ls';
    this.item.command = command;
    this.selector = selector;
    this.show();
  }

  private readonly selector: vscode.DocumentSelector;

  /** What is shown, for tests and for the menu. */
  get current(): State {
    return this.state;
  }

  /** Takes over what changed. */
  set(change: Partial<State>): void {
    this.state = { ...this.state, ...change };
    this.show();
  }

  /** Notes a message of the server's progress. */
  progress(token: string | number, kind: 'begin' | 'report' | 'end'): void {
    const name = String(token);
    if (kind === 'begin') {
      this.running.add(name);
      this.set({ error: undefined });
    } else if (kind === 'end') {
      this.running.delete(name);
    }
    this.set({ jobs: this.running.size });
  }

  /** Forgets what was running: the server is gone. */
  stopped(error: string | undefined): void {
    this.running.clear();
    this.set({ server: 'stopped', jobs: 0, error });
  }

  /** Shows the item where there is something to document, or something to say. */
  show(): void {
    const { text, tooltip, isFaulty } = describe(this.state);
    this.item.text = text;
    this.item.tooltip = tooltip;
    this.item.accessibilityInformation = { label: `docstring-ls: ${tooltip.replaceAll('\n', ', ')}` };
    this.item.backgroundColor = isFaulty
      ? new vscode.ThemeColor('statusBarItem.warningBackground')
      : undefined;
    const editor = vscode.window.activeTextEditor;
    const isRelevant =
      editor !== undefined && vscode.languages.match(this.selector, editor.document) > 0;
    if (isRelevant || isFaulty || this.state.jobs > 0) {
      this.item.show();
    } else {
      this.item.hide();
    }
  }

  dispose(): void {
    this.item.dispose();
  }
}
