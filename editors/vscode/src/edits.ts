/** Applies text edits to a text, for previews. */

/** A place, in UTF-16 units as both VS Code and the protocol count. */
export interface Place {
  readonly line: number;
  readonly character: number;
}

/** An edit as the server sends it. */
export interface Edit {
  readonly range: { readonly start: Place; readonly end: Place };
  readonly newText: string;
}

/** The text after all edits. They may come in any order, and do not overlap. */
export function applied(text: string, edits: readonly Edit[]): string {
  const lines = lineStarts(text);
  const offset = ({ line, character }: Place): number => {
    const start = lines[line];
    if (start === undefined) {
      return text.length;
    }
    return Math.min(start + character, lines[line + 1] ?? text.length);
  };
  const ordered = edits
    .map((edit) => ({ start: offset(edit.range.start), end: offset(edit.range.end), edit }))
    .sort((a, b) => a.start - b.start || a.end - b.end);
  let out = '';
  let done = 0;
  for (const { start, end, edit } of ordered) {
    out += text.slice(done, start) + edit.newText;
    done = Math.max(done, end);
  }
  return out + text.slice(done);
}

/** Offsets at which lines begin: after `\n`, `\r\n` and a lone `\r`. */
function lineStarts(text: string): number[] {
  const starts = [0];
  for (const { index, 0: newline } of text.matchAll(/\r\n|\n|\r/g)) {
    starts.push(index + newline.length);
  }
  return starts;
}
