// Runs the benchmark as WebAssembly in Node, whose engine is Chromium's: `node bench/wasi.mjs [PART…] [--quick]`.
// Build it before: cargo build --release --target wasm32-wasip1 -p logloupe-bench
import { readFile } from "node:fs/promises";
import { WASI } from "node:wasi";

const built = new URL("../target/wasm32-wasip1/release/logloupe-bench.wasm", import.meta.url);
const file = process.env.LOGLOUPE_BENCH_WASM ?? built;
const wasi = new WASI({ version: "preview1", args: ["logloupe-bench", ...process.argv.slice(2)], env: {} });
const imports = wasi.getImportObject();
let memory;
// The processor time of this process, compiling threads included, so that figures stand beside native ones, which are
// processor time too.
imports.wasi_snapshot_preview1.clock_time_get = (_id, _precision, to) => {
  const { user, system } = process.cpuUsage();
  new DataView(memory.buffer).setBigUint64(to, BigInt(user + system) * 1000n, true);
  return 0;
};
const module = await WebAssembly.compile(await readFile(file));
const instance = await WebAssembly.instantiate(module, imports);
memory = instance.exports.memory;
wasi.start(instance);
