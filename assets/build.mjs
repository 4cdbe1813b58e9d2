// Bundles src/ into dist/: each script as one minified module, each stylesheet minified, the icon as it is,
// and next to every file its .br and .gz twins, so that the server never compresses a static file.
import { mkdir, readFile, readdir, rm, writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";
import { build } from "esbuild";

const source = fileURLToPath(new URL("./src/", import.meta.url));
const dist = fileURLToPath(new URL("./dist/", import.meta.url));

const bundled = /\.(js|css)$/;
const copied = /\.svg$/;

await rm(dist, { recursive: true, force: true });
await mkdir(dist, { recursive: true });
const names = (await readdir(source)).sort();
await bundle(names.filter((name) => bundled.test(name)));
await copy(names.filter((name) => copied.test(name)));
await report(await compress());

async function bundle(entries) {
  await build({
    entryPoints: entries.map((name) => source + name),
    outdir: dist,
    bundle: true,
    minify: true,
    format: "esm",
    target: ["es2022", "chrome109", "firefox115", "safari16.4"],
    legalComments: "inline",
    sourcemap: false,
    logLevel: "warning",
  });
}

async function copy(entries) {
  for (const name of entries) await writeFile(dist + name, await readFile(source + name));
}

async function compress() {
  const sizes = [];
  for (const name of (await readdir(dist)).sort()) {
    const plain = await readFile(dist + name);
    const brotli = brotliCompressSync(plain, {
      params: {
        [constants.BROTLI_PARAM_QUALITY]: constants.BROTLI_MAX_QUALITY,
        [constants.BROTLI_PARAM_SIZE_HINT]: plain.length,
      },
    });
    const gzip = gzipSync(plain, { level: constants.Z_BEST_COMPRESSION });
    await writeFile(`${dist}${name}.br`, brotli);
    await writeFile(`${dist}${name}.gz`, gzip);
    sizes.push({ name, plain: plain.length, brotli: brotli.length, gzip: gzip.length });
  }
  return sizes;
}

function report(sizes) {
  for (const { name, plain, brotli, gzip } of sizes) {
    console.log(`${name.padEnd(12)} ${plain} bytes, ${brotli} as brotli, ${gzip} as gzip`);
  }
}
