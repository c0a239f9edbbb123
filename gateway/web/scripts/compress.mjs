// Puts beside each built file the same compressed by brotli and gzip: the server compresses nothing.
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';

const root = new URL('../dist', import.meta.url).pathname;
const worthIt = /\.(html|js|css|svg|json|webmanifest)$/;

for (const entry of readdirSync(root, { recursive: true })) {
  const path = join(root, String(entry));
  if (!statSync(path).isFile() || !worthIt.test(path)) continue;
  const text = readFileSync(path);
  const quality = { params: { [constants.BROTLI_PARAM_QUALITY]: constants.BROTLI_MAX_QUALITY } };
  writeFileSync(`${path}.br`, brotliCompressSync(text, quality));
  writeFileSync(`${path}.gz`, gzipSync(text, { level: 9 }));
}
