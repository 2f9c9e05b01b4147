/** Commands that change the document: generate, update, convert. */
import type { Parts } from './context';
import { demandTrust, pick, target } from './context';
import { SERVER } from '../names';

/** Styles by language; a language with a single one has nothing to convert to. */
const STYLES: Readonly<Record<string, readonly string[]>> = {
  python: ['google', 'numpy', 'sphinx', 'epytext', 'pep257'],
};

/** What each style looks like, in a menu. */
const LOOKS: Readonly<Record<string, string>> = {
  google: 'Args:',
  numpy: 'Parameters, underlined',
  sphinx: ':param x:',
  epytext: '@param x:',
  pep257: 'prose only',
};

/** Writes a docstring for the symbol at the cursor. */
export async function generate({ server }: Parts): Promise<void> {
  const { uri, position } = target();
  await server.run(SERVER.generate, { uri, position });
}

/** The same, with a provider that is asked for. */
export async function generateWith({ server }: Parts): Promise<void> {
  const { uri, position } = target();
  demandTrust('Providers can be chosen');
  const providers = await server.providers();
  const chosen = await pick(
    'Generate docstring with…',
    providers.map(({ id, model, state, attempts, successRate }) => ({
      label: id,
      description: model,
      detail: [
        attempts === 0 ? 'not asked yet' : `${attempts} attempts, ${Math.round(successRate * 100)} % accepted`,
        ...(state === 'closed' ? [] : ['down at the moment']),
      ].join(', '),
    })),
  );
  if (chosen !== undefined) {
    await server.run(SERVER.generate, { uri, position, provider: chosen.label });
  }
}

/** Writes every docstring that the file lacks. */
export async function generateFile({ server }: Parts): Promise<void> {
  await server.run(SERVER.generateAll, { uri: target().uri });
}

/** Brings the docstring at the cursor up to date with the code. */
export async function update({ server }: Parts): Promise<void> {
  const { uri, position } = target();
  await server.run(SERVER.update, { uri, position });
}

/** The same for every docstring of the file. */
export async function updateFile({ server }: Parts): Promise<void> {
  await server.run(SERVER.updateAll, { uri: target().uri });
}

/** Lays the docstring at the cursor out in another style. */
export async function convert(parts: Parts): Promise<void> {
  const { uri, position } = target();
  const style = await pickStyle('Convert docstring to…');
  if (style !== undefined) {
    await parts.server.run(SERVER.convert, { uri, position, style });
  }
}

/** The same for every docstring of the file. */
export async function convertFile(parts: Parts): Promise<void> {
  const { uri } = target();
  const style = await pickStyle('Convert all docstrings in this file to…');
  if (style !== undefined) {
    await parts.server.run(SERVER.convert, { uri, style });
  }
}

async function pickStyle(title: string): Promise<string | undefined> {
  const { languageId } = target().document;
  const styles = STYLES[languageId];
  if (styles === undefined) {
    throw new Error('Rust has one style of doc comments, there is nothing to convert to');
  }
  const items = styles.map((style) => ({ label: style, description: LOOKS[style] ?? '' }));
  return (await pick(title, items))?.label;
}
