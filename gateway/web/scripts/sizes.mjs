// What a first view of each page loads before anything is asked of the server, compressed by gzip.
// A page over its budget fails the run.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';

const root = new URL('../dist', import.meta.url).pathname;
const budgets = { track: 60, store: 120, shop: 80, courier: 120, hq: 200 };

// The page, and what its scripts import at once: what comes later is asked for by import().
function loaded(path, known = new Set()) {
  if (known.has(path)) return known;
  known.add(path);
  const text = readFileSync(join(root, path), 'utf8');
  const named = path.endsWith('.html')
    ? [...text.matchAll(/(?:src|href)="\/(assets\/[^"]+)"/g)].map((found) => found[1])
    : [...text.matchAll(/(?:from|import)\s*"\.\/([^"]+)"/g)].map((found) => `assets/${found[1]}`);
  for (const next of named) loaded(next, known);
  return known;
}

let failed = false;
for (const [page, budget] of Object.entries(budgets)) {
  const files = [...loaded(`${page}.html`)];
  const bytes = files.reduce((sum, file) => sum + gzipSync(readFileSync(join(root, file)), { level: 9 }).length, 0);
  const size = bytes / 1000;
  const verdict = size <= budget ? 'ok' : 'TOO LARGE';
  failed ||= size > budget;
  console.log(`${page.padEnd(8)} ${size.toFixed(1).padStart(6)} kB of ${budget} kB  ${verdict}`);
}
process.exit(failed ? 1 : 0);
