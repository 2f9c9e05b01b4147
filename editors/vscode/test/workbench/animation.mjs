// Puts screenshots together to an animated PNG, without any package: each picture after the first
// is the rectangle that changed.
import { deflateSync, inflateSync } from 'node:zlib';

const SIGNATURE = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);

const TABLE = Array.from({ length: 256 }, (_, index) => {
  let value = index;
  for (let bit = 0; bit < 8; bit += 1) value = value & 1 ? 0xedb88320 ^ (value >>> 1) : value >>> 1;
  return value >>> 0;
});

function checksum(bytes) {
  let value = 0xffffffff;
  for (const byte of bytes) value = TABLE[(value ^ byte) & 0xff] ^ (value >>> 8);
  return (value ^ 0xffffffff) >>> 0;
}

function chunk(type, ...parts) {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), ...parts]);
  return Buffer.concat([u32(body.length - 4), body, u32(checksum(body))]);
}

function u32(...numbers) {
  const out = Buffer.alloc(4 * numbers.length);
  numbers.forEach((number, index) => out.writeUInt32BE(number, 4 * index));
  return out;
}

/** Reads a picture with 8 bits for red, green and blue, as browsers write them. */
export function decode(png) {
  if (!png.subarray(0, 8).equals(SIGNATURE)) throw new Error('this is no PNG');
  const data = [];
  let width = 0;
  let height = 0;
  let channels = 3;
  for (let at = 8; at < png.length; ) {
    const length = png.readUInt32BE(at);
    const type = png.toString('latin1', at + 4, at + 8);
    const body = png.subarray(at + 8, at + 8 + length);
    if (type === 'IHDR') {
      [width, height] = [body.readUInt32BE(0), body.readUInt32BE(4)];
      if (body[8] !== 8 || ![2, 6].includes(body[9]) || body[12] !== 0) throw new Error('not a plain picture');
      channels = body[9] === 6 ? 4 : 3;
    } else if (type === 'IDAT') {
      data.push(body);
    }
    at += length + 12;
  }
  const raw = inflateSync(Buffer.concat(data));
  const row = width * channels;
  const pixels = Buffer.alloc(row * height);
  for (let y = 0; y < height; y += 1) {
    const filter = raw[y * (row + 1)];
    for (let x = 0; x < row; x += 1) {
      const left = x >= channels ? pixels[y * row + x - channels] : 0;
      const up = y > 0 ? pixels[(y - 1) * row + x] : 0;
      const corner = y > 0 && x >= channels ? pixels[(y - 1) * row + x - channels] : 0;
      const guess = [0, left, up, (left + up) >> 1, paeth(left, up, corner)][filter];
      pixels[y * row + x] = (raw[y * (row + 1) + 1 + x] + guess) & 0xff;
    }
  }
  const rgb = Buffer.alloc(width * height * 3);
  for (let index = 0; index < width * height; index += 1) {
    pixels.copy(rgb, index * 3, index * channels, index * channels + 3);
  }
  return { width, height, rgb };
}

function paeth(left, up, corner) {
  const guess = left + up - corner;
  const [a, b, c] = [left, up, corner].map((value) => Math.abs(guess - value));
  return a <= b && a <= c ? left : b <= c ? up : corner;
}

/** The smallest rectangle outside of which two pictures are the same. */
function difference(one, other) {
  const { width, height } = one;
  let [left, top, right, bottom] = [width, height, -1, -1];
  for (let y = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1) {
      const at = (y * width + x) * 3;
      if (one.rgb.compare(other.rgb, at, at + 3, at, at + 3) !== 0) {
        [left, right] = [Math.min(left, x), Math.max(right, x)];
        [top, bottom] = [Math.min(top, y), Math.max(bottom, y)];
      }
    }
  }
  return right < 0 ? { x: 0, y: 0, width: 1, height: 1 } : { x: left, y: top, width: right - left + 1, height: bottom - top + 1 };
}

/** The colours of all pictures, the rare ones replaced by the nearest common one. */
function palette(pictures) {
  const counts = new Map();
  for (const { rgb } of pictures) {
    for (let at = 0; at < rgb.length; at += 3) {
      const colour = rgb.readUIntBE(at, 3);
      counts.set(colour, (counts.get(colour) ?? 0) + 1);
    }
  }
  const colours = [...counts].sort((a, b) => b[1] - a[1]).map(([colour]) => colour);
  const kept = colours.slice(0, 256);
  const parts = (colour) => [colour >> 16, (colour >> 8) & 0xff, colour & 0xff];
  const index = new Map(kept.map((colour, place) => [colour, place]));
  for (const colour of colours.slice(256)) {
    const [r, g, b] = parts(colour);
    let [best, nearest] = [Infinity, 0];
    kept.forEach((other, place) => {
      const [r2, g2, b2] = parts(other);
      const far = (r - r2) ** 2 + (g - g2) ** 2 + (b - b2) ** 2;
      if (far < best) [best, nearest] = [far, place];
    });
    index.set(colour, nearest);
  }
  return { table: Buffer.from(kept.flatMap(parts)), index };
}

/** The packed lines of a rectangle: without filters, which do not help where there is a palette. */
function packed({ rgb, width }, box, index) {
  const raw = Buffer.alloc((box.width + 1) * box.height);
  for (let y = 0; y < box.height; y += 1) {
    for (let x = 0; x < box.width; x += 1) {
      const colour = rgb.readUIntBE(((box.y + y) * width + box.x + x) * 3, 3);
      raw[y * (box.width + 1) + 1 + x] = index.get(colour);
    }
  }
  return deflateSync(raw, { level: 9, memLevel: 9 });
}

/**
 * An animated PNG that repeats for ever; with one picture a plain one.
 *
 * `frames`: PNG files with the time that each is shown, in milliseconds.
 */
export function animate(frames) {
  const pictures = frames.map(({ png }) => decode(png));
  const { table, index } = palette(pictures);
  const [first] = pictures;
  const out = [
    SIGNATURE,
    chunk('IHDR', u32(first.width, first.height), Buffer.from([8, 3, 0, 0, 0])),
  ];
  if (frames.length > 1) out.push(chunk('acTL', u32(frames.length, 0)));
  out.push(chunk('PLTE', table));
  let sequence = 0;
  pictures.forEach((picture, place) => {
    const box =
      place === 0 ? { x: 0, y: 0, width: picture.width, height: picture.height } : difference(pictures[place - 1], picture);
    const body = packed(picture, box, index);
    if (frames.length > 1) {
      const delay = Buffer.alloc(6);
      delay.writeUInt16BE(frames[place].milliseconds, 0);
      delay.writeUInt16BE(1000, 2);
      out.push(chunk('fcTL', u32(sequence, box.width, box.height, box.x, box.y), delay));
      sequence += 1;
    }
    if (place === 0) {
      out.push(chunk('IDAT', body));
    } else {
      out.push(chunk('fdAT', u32(sequence), body));
      sequence += 1;
    }
  });
  out.push(chunk('IEND'));
  return Buffer.concat(out);
}
