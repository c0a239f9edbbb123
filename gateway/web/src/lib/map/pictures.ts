// Tiles that are pictures: of the server's own file, or of a provider that the operator chose.

import { onScreen, type Piece, type Square } from './pyramid';
import type { View } from './view';

/** Of each layer; null where it has nothing there. */
export type Pictures = (HTMLImageElement | ImageBitmap | null)[];

/** `{y}` counts from the north, `{-y}` from the south. A square always comes from the same one of several hosts, so
 * that a browser keeps it once. */
export function addressOf(template: string, { zoom, x, y }: Square, subdomains: string[] = []): string {
  return template
    .replace('{s}', subdomains[(x + y) % subdomains.length] ?? '')
    .replace('{z}', String(zoom))
    .replace('{x}', String(x))
    .replace('{y}', String(y))
    .replace('{-y}', String(2 ** zoom - 1 - y));
}

export async function askPictures(layers: string[], square: Square, subdomains: string[] = []): Promise<Pictures | null> {
  const asked = layers.map((template) => picture(addressOf(template, square, subdomains)).catch(() => undefined));
  const came = await Promise.all(asked);
  return came.every((one) => one === undefined) ? null : came.map((one) => one ?? null);
}

async function picture(address: string): Promise<HTMLImageElement | ImageBitmap | null> {
  return address.startsWith('/') ? own(address) : provided(address);
}

/** Asked for as data: an empty square of our own file is no fault. */
async function own(address: string): Promise<ImageBitmap | null> {
  const answer = await fetch(address);
  if (!answer.ok) throw new Error(`${address}: ${answer.status}`);
  return answer.status === 204 ? null : createImageBitmap(await answer.blob());
}

/** The provider learns which squares are looked at and from which site, not by whom or on which page. */
async function provided(address: string): Promise<HTMLImageElement> {
  const image = new Image();
  image.referrerPolicy = 'strict-origin';
  image.src = address;
  await image.decode();
  return image;
}

export function drawPictures(context: CanvasRenderingContext2D, pieces: Piece<Pictures>[], view: View, ratio: number) {
  // Edges on whole pixels of the screen: no seams between squares.
  const sharp = (value: number) => Math.round(value * ratio) / ratio;
  for (const { onto, from, content } of pieces) {
    const { left, top, size } = onScreen(onto, view);
    const [x, y] = [sharp(left), sharp(top)];
    const [width, height] = [sharp(left + size) - x, sharp(top + size) - y];
    const parts = 2 ** (onto.zoom - from.zoom);
    for (const image of content) {
      if (!image) continue;
      const [across, down] = [image.width / parts, image.height / parts];
      const [sx, sy] = [(onto.x - from.x * parts) * across, (onto.y - from.y * parts) * down];
      context.drawImage(image, sx, sy, across, down, x, y, width, height);
    }
  }
}
