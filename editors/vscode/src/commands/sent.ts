/** Shows every word that would be sent about the symbol at the cursor. */
import * as vscode from 'vscode';
import type { Parts } from './context';
import { target } from './context';
import { SERVER } from '../names';
import { readQuestions } from '../protocol';
import { written } from '../written';

/** Opens what would be sent, to whom and at what price, as a document. */
export async function showSent({ server, content }: Parts): Promise<void> {
  const { uri, position } = target();
  const questions = readQuestions(await server.run(SERVER.dryRun, { uri, position }));
  if (questions.length === 0) {
    void vscode.window.showInformationMessage(
      'Nothing would be sent: the embedded provider writes, on this machine.',
    );
    return;
  }
  const document = await vscode.workspace.openTextDocument(
    content.offer('what would be sent.md', written(questions)),
  );
  await vscode.window.showTextDocument(document, { preview: true, viewColumn: vscode.ViewColumn.Beside });
}
