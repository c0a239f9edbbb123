// Pictures made small on the phone: a door's photo is proof, not art, and networks are slow.

/** The most a picture may weigh when it is sent. */
export const MOST_BYTES = 200_000;
const SIDES = [1_280, 1_024, 800, 640, 480];
const QUALITIES = [0.8, 0.65, 0.5];

/** As JPEG of at most `most` bytes: first less detail, then fewer pixels. */
export async function compressed(file: Blob, most = MOST_BYTES): Promise<Blob> {
  // Turned as the camera was held.
  const picture = await createImageBitmap(file, { imageOrientation: 'from-image' });
  try {
    for (const side of SIDES) {
      const canvas = fitted(picture.width, picture.height, side);
      const pen = canvas.getContext('2d');
      if (!pen) break;
      pen.drawImage(picture, 0, 0, canvas.width, canvas.height);
      for (const quality of QUALITIES) {
        const blob = await encoded(canvas, 'image/jpeg', quality);
        if (blob.size <= most) return blob;
      }
    }
  } finally {
    picture.close();
  }
  throw new Error('the picture cannot be made small enough');
}

export function encoded(canvas: HTMLCanvasElement, type: string, quality?: number): Promise<Blob> {
  return new Promise((done, failed) => {
    const take = (blob: Blob | null) => (blob ? done(blob) : failed(new Error('the canvas cannot be read')));
    canvas.toBlob(take, type, quality);
  });
}

/** A canvas in the shape of the picture, its longer side at most so long. */
function fitted(width: number, height: number, side: number): HTMLCanvasElement {
  const scale = Math.min(1, side / Math.max(width, height));
  const canvas = document.createElement('canvas');
  canvas.width = Math.max(1, Math.round(width * scale));
  canvas.height = Math.max(1, Math.round(height * scale));
  return canvas;
}
