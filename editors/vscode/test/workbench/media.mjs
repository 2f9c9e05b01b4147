// Draws the pictures: a generated docstring, and an animation from the light bulb to an
// updated docstring.
//   node test/workbench/media.mjs FILE.vsix FOLDER
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { animate } from './animation.mjs';
import { Hands } from './hands.mjs';
import { eventually, start } from './workbench.mjs';

const [vsix, folder] = process.argv.slice(2);
const source = `"""Stock of a small shop."""


class Ledger:
    """What is in stock, by article number."""

    def __init__(self) -> None:
        """Start with empty shelves."""
        self._stock: dict[str, int] = {}

    def take(self, sku: str, count: int = 1) -> int:
        if sku not in self._stock:
            raise KeyError(sku)
        available = self._stock[sku]
        taken = min(available, count)
        self._stock[sku] -= taken
        return taken
`;
const lines = source.split('\n');
const line = 1 + lines.findIndex((text) => text.includes('def take('));
const workbench = await start({
  vsix,
  files: { 'stock.py': source },
  size: { width: 880, height: 640 },
  scale: 1.5,
  settings: {
    'security.workspace.trust.enabled': false,
    'workbench.colorTheme': 'Default Light Modern',
    'workbench.activityBar.location': 'hidden',
    'workbench.editor.showTabs': 'single',
    'workbench.layoutControl.enabled': false,
    'breadcrumbs.enabled': false,
    'editor.stickyScroll.enabled': false,
    'editor.occurrencesHighlight': 'off',
    'editor.selectionHighlight': false,
    'editor.overviewRulerBorder': false,
    'editor.hideCursorInOverviewRuler': true,
    'editor.scrollBeyondLastLine': false,
    'editor.folding': false,
    'editor.guides.indentation': false,
    'editor.quickSuggestions': { other: 'off', comments: 'off', strings: 'off' },
    'editor.fontSize': 14,
  },
});
const hands = new Hands(workbench);
const { page } = hands;
const frames = [];
/** Keeps what is on the screen, once it stands still. */
async function frame(milliseconds) {
  let png = await page.screenshot();
  await eventually(async () => {
    const next = await page.screenshot();
    const still = next.equals(png);
    png = next;
    return still;
  }, 'the screen to stand still');
  frames.push({ png, milliseconds });
  return png;
}
try {
  await hands.open('stock.py');
  await hands.statusIs('offline');
  await hands.press('Control+b');
  await hands.cursor(line, 9);
  const action = async (title) => {
    await hands.bulb(title);
    await hands.focusAction(title);
  };
  await page.locator('.editor-instance .lightbulb, .editor-instance [class*=lightBulb]').first().waitFor({ state: 'attached' }).catch(() => undefined);
  await frame(1_200);
  await action('Generate docstring');
  await frame(1_600);
  await hands.press('Enter');
  await hands.sees('Raises:');
  const generated = await frame(3_000);
  // The code moves on: a new parameter.
  await hands.cursor(line, lines[line - 1].indexOf(')') + 1);
  await page.keyboard.type(', *, partial: bool = False');
  await frame(1_000);
  await hands.cursor(line, 9);
  await page.locator("[class*='squiggly-']").first().waitFor({ state: 'attached' });
  await frame(1_600);
  await action('Update docstring');
  await frame(1_600);
  await hands.press('Enter');
  await hands.sees('partial: Whether');
  await page.locator("[class*='squiggly-warning']").first().waitFor({ state: 'detached' });
  await frame(3_500);
  fs.mkdirSync(folder, { recursive: true });
  const files = { 'generate.png': animate([{ png: generated, milliseconds: 0 }]), 'flow.png': animate(frames) };
  for (const [name, bytes] of Object.entries(files)) {
    fs.writeFileSync(path.join(folder, name), bytes);
    console.log(`${name}: ${Math.round(bytes.length / 1000)} KB`);
  }
} catch (error) {
  await page.screenshot({ path: path.join(os.tmpdir(), 'media-failed.png') });
  throw error;
} finally {
  await workbench.close();
}
