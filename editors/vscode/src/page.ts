/** Fits the statistics page of the program into a web view: colours of the theme, live refresh. */

/** The page's own colours, taken from the editor's theme. */
const THEME = `
:root, body.vscode-light, body.vscode-dark, body.vscode-high-contrast {
  --ground: var(--vscode-editor-background);
  --card: var(--vscode-editorWidget-background, var(--vscode-sideBar-background));
  --line: var(--vscode-editorWidget-border, var(--vscode-panel-border));
  --text: var(--vscode-editor-foreground);
  --quiet: var(--vscode-descriptionForeground);
  --track: var(--vscode-editor-lineHighlightBackground, var(--vscode-input-background));
  --a: var(--vscode-charts-blue); --b: var(--vscode-charts-green);
  --c: var(--vscode-charts-yellow); --bad: var(--vscode-charts-red);
}
body { font-family: var(--vscode-font-family); }
`;

/** Puts a new page in the place of the old one, without a jump of the scroll position. */
const REFRESH = `
addEventListener('message', ({ data }) => {
  if (typeof data?.page !== 'string') return;
  const page = new DOMParser().parseFromString(data.page, 'text/html');
  for (const name of ['header', 'main', 'footer']) {
    const [old, fresh] = [document.querySelector(name), page.querySelector(name)];
    if (old && fresh) old.replaceWith(document.adoptNode(fresh));
  }
});
`;

/** The page as it is put into the web view. Only the script with this nonce may run in it. */
export function fitted(page: string, nonce: string): string {
  const policy = `<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; script-src 'nonce-${nonce}'">`;
  const own = /<meta http-equiv="Content-Security-Policy"[^>]*>/;
  const bare = page.replace(own, '');
  return bare
    .replace(/<head>/, () => `<head>\n${policy}`)
    .replace(/<\/head>/, () => `<style>${THEME}</style>\n</head>`)
    .replace(/<\/body>/, () => `<script nonce="${nonce}">${REFRESH}</script>\n</body>`);
}
