// Runs the benchmark as WebAssembly in Node, whose engine is Chromium's: `node bench/wasi.mjs [PART…] [--quick]`.
// Build it before: cargo build --release --target wasm32-wasip1 -p logloupe-bench
import { readFile } from "node:fs/promises";
import { WASI } from "node:wasi";

const built = new URL("../target/wasm32-wasip1/release/logloupe-bench.wasm", import.meta.url);
const file = process.env.LOGLOUPE_BENCH_WASM ?? built;
const wasi = new WASI({ version: "preview1", args: ["logloupe-bench", ...process.argv.slice(2)], env: {} });
const module = await WebAssembly.compile(await readFile(file));
wasi.start(await WebAssembly.instantiate(module, wasi.getImportObject()));
