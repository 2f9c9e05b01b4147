import assert from 'node:assert/strict';
import { test } from 'node:test';
import { applied, type Edit } from '../../src/edits';

function edit(from: [number, number], to: [number, number], newText: string): Edit {
  const [start, end] = [from, to].map(([line, character]) => ({ line, character }));
  assert.ok(start && end);
  return { range: { start, end }, newText };
}

test('edits are applied in order of place, not of arrival', () => {
  const text = 'one\ntwo\nthree\n';
  const edits = [edit([2, 0], [2, 5], '3'), edit([0, 0], [0, 0], '>'), edit([1, 0], [2, 0], '')];
  assert.equal(applied(text, edits), '>one\n3\n');
});

test('every kind of line end counts', () => {
  assert.equal(applied('a\r\nb\rc\nd', [edit([3, 0], [3, 1], 'D'), edit([2, 0], [2, 0], '!')]), 'a\r\nb\r!c\nD');
});

test('characters are counted as editors do', () => {
  assert.equal(applied('x = "😀y"', [edit([0, 7], [0, 8], 'z')]), 'x = "😀z"');
});

test('a place outside is the nearest one inside', () => {
  assert.equal(applied('a', [edit([9, 0], [9, 9], 'b')]), 'ab');
  assert.equal(applied('a\nb', [edit([1, 50], [1, 60], '!')]), 'a\nb!');
});
