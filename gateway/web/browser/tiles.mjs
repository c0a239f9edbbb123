// Maps for the tests, made on the spot: pictures, vector tiles, a file of either, and a provider who
// hands pictures out. What they show is marked where a test says, so that nobody's map is needed.
import { createServer } from 'node:http';
import { crc32, deflateSync, gzipSync } from 'node:zlib';
import { PbfWriter } from 'pbf';

export const SIDE = 256;
const GREY = [232, 232, 232];
export const MAGENTA = [255, 0, 255];

/** Pixels of a place from the north-west of the earth, at a zoom. */
export function pixelsOf({ lat, lon }, zoom, side = SIDE) {
  const sine = Math.sin((lat * Math.PI) / 180);
  const whole = side * 2 ** zoom;
  return { x: (lon / 360 + 0.5) * whole, y: (0.5 - Math.log((1 + sine) / (1 - sine)) / (4 * Math.PI)) * whole };
}

/** A grey tile, with a magenta square of 64 pixels around the mark. */
export function picture({ zoom, x, y }, mark) {
  const at = pixelsOf(mark, zoom);
  const isMarked = (column, row) => Math.abs(x * SIDE + column - at.x) < 32 && Math.abs(y * SIDE + row - at.y) < 32;
  const rows = Array.from({ length: SIDE }, (_, row) => {
    const pixels = Array.from({ length: SIDE }, (_, column) => (isMarked(column, row) ? MAGENTA : GREY));
    return Buffer.from([0, ...pixels.flat()]);
  });
  const head = Buffer.alloc(13);
  head.writeUInt32BE(SIDE, 0);
  head.writeUInt32BE(SIDE, 4);
  head.set([8, 2, 0, 0, 0], 8);
  const parts = [chunk('IHDR', head), chunk('IDAT', deflateSync(Buffer.concat(rows))), chunk('IEND', Buffer.alloc(0))];
  return Buffer.concat([Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]), ...parts]);
}

function chunk(name, data) {
  const body = Buffer.concat([Buffer.from(name), data]);
  const whole = Buffer.alloc(8 + body.length);
  whole.writeUInt32BE(data.length, 0);
  body.copy(whole, 4);
  whole.writeUInt32BE(crc32(body), 4 + body.length);
  return whole;
}

/** Water everywhere, three streets from west to east, and a border that is not ours to draw. */
export function vectors() {
  const extent = 4096;
  const zigzag = (value) => (value << 1) ^ (value >> 31);
  const to = (command, count) => (command & 7) | (count << 3);
  const square = [to(1, 1), zigzag(0), zigzag(0), to(2, 3), zigzag(extent), 0, 0, zigzag(extent), zigzag(-extent), 0, to(7, 1)];
  const street = (east) => [to(1, 1), zigzag(east), zigzag(extent / 4), to(2, 1), zigzag(extent), 0];
  const across = [...street(0), ...street(-extent), ...street(-extent)];
  const down = [to(1, 1), zigzag(extent / 2), zigzag(0), to(2, 1), 0, zigzag(extent)];
  const tile = new PbfWriter();
  const layer = (name, type, geometry, tags) => tile.writeMessage(3, writeLayer, { name, type, geometry, tags, extent });
  layer('water', 3, square, { kind: 'lake' });
  layer('roads', 2, across, { kind: 'major_road', kind_detail: 'primary', name: '珞喻路' });
  layer('boundaries', 2, down, { kind: 'country' });
  return gzipSync(tile.finish());
}

function writeLayer({ name, type, geometry, tags, extent }, layer) {
  layer.writeVarintField(15, 2);
  layer.writeStringField(1, name);
  layer.writeMessage(
    2,
    (_, feature) => {
      feature.writePackedVarint(2, Object.keys(tags).flatMap((_, index) => [index, index]));
      feature.writeVarintField(3, type);
      feature.writePackedVarint(4, geometry);
    },
    null,
  );
  for (const key of Object.keys(tags)) layer.writeStringField(3, key);
  for (const value of Object.values(tags)) layer.writeMessage(4, (text, field) => field.writeStringField(1, text), value);
  layer.writeVarintField(5, extent);
}

export const KINDS = { vector: 1, png: 2 };

/** A PMTiles file of version 3 with every tile around a place: one directory, in the order of the curve. */
export function pmtiles({ kind, isPacked, about, around, reach, zooms, make }) {
  const corner = (sign) => ({ lat: around.lat + sign * reach, lon: around.lon + sign * reach });
  const tiles = zooms.flatMap((zoom) => {
    const square = (place) => {
      const { x, y } = pixelsOf(place, zoom, 1);
      return { x: Math.floor(x), y: Math.floor(y) };
    };
    const [west, east] = [square(corner(-1)), square(corner(1))];
    const found = [];
    for (let x = west.x; x <= east.x; x += 1) {
      for (let y = east.y; y <= west.y; y += 1) found.push({ zoom, x, y, id: onCurve(zoom, x, y) });
    }
    return found;
  });
  tiles.sort((one, other) => one.id - other.id);
  const contents = tiles.map(make);
  const directory = [];
  const number = (value) => {
    let left = value;
    for (; left >= 0x80; left = Math.floor(left / 0x80)) directory.push((left % 0x80) | 0x80);
    directory.push(left);
  };
  number(tiles.length);
  tiles.forEach(({ id }, index) => number(id - (tiles[index - 1]?.id ?? 0)));
  tiles.forEach(() => number(1));
  contents.forEach((content) => number(content.length));
  contents.forEach((_, index) => number(index === 0 ? 1 : 0));
  const packed = gzipSync(Buffer.from(directory));
  const said = gzipSync(Buffer.from(JSON.stringify(about)));
  const head = Buffer.alloc(127);
  head.write('PMTiles\x03', 'latin1');
  const length = contents.reduce((sum, content) => sum + content.length, 0);
  const places = [127, packed.length, 127 + packed.length, said.length, 0, 0, 127 + packed.length + said.length, length];
  places.forEach((place, index) => head.writeBigUInt64LE(BigInt(place), 8 + 8 * index));
  head.set([1, 2, isPacked ? 2 : 1, kind, zooms[0], zooms.at(-1)], 96);
  const [low, high] = [corner(-1), corner(1)];
  [low.lon, low.lat, high.lon, high.lat].forEach((degrees, index) => head.writeInt32LE(Math.round(degrees * 1e7), 102 + 4 * index));
  return Buffer.concat([head, packed, said, ...contents]);
}

/** Where a tile comes on the curve of Hilbert through its zoom, after all tiles of smaller zooms. */
function onCurve(zoom, x, y) {
  let id = (4 ** zoom - 1) / 3;
  for (let [side, column, row] = [2 ** (zoom - 1), x, y]; side >= 1; side /= 2) {
    const [right, lower] = [(column & side) > 0 ? 1 : 0, (row & side) > 0 ? 1 : 0];
    id += side * side * ((3 * right) ^ lower);
    if (lower === 0) {
      if (right === 1) [column, row] = [side - 1 - column, side - 1 - row];
      [column, row] = [row, column];
    }
  }
  return id;
}

/** A provider's server: /{z}/{x}/{y}.png, and what it was asked. */
export class Provider {
  static async start(mark) {
    const provider = new Provider();
    provider.asked = [];
    provider.server = createServer((request, answer) => {
      provider.asked.push({ path: request.url, referer: request.headers.referer });
      const [zoom, x, y] = (request.url.match(/\d+/g) ?? []).map(Number);
      answer.writeHead(200, { 'content-type': 'image/png' }).end(picture({ zoom, x, y }, mark));
    });
    await new Promise((done) => provider.server.listen(0, '127.0.0.1', done));
    provider.origin = `http://127.0.0.1:${provider.server.address().port}`;
    return provider;
  }

  async stop() {
    this.server.closeAllConnections();
    await new Promise((done) => this.server.close(done));
  }
}
