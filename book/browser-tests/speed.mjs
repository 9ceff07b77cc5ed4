// How fast the live demo trains: the default run, 216,000 steps, with the page's module, in native
// Rust, and in plain JavaScript, in turn.
//
// `npm ci && npm run speed` in this folder, on a machine that does nothing else. Read the ratios.

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { launch, root } from "./book.mjs";

const ROUNDS = 11;

const native = () => JSON.parse(execFileSync("cargo", [
    "run", "--quiet", "--release", "--package", "bindings", "--example", "default_run",
], { cwd: root, encoding: "utf8", maxBuffer: 1e8 }));

const browser = await launch();
const page = await browser.newPage();
await page.addScriptTag({ content: readFileSync(`${root}book/src/demo/network.js`, "utf8") });
await page.evaluate(async ([source, run]) => {
    const bindings = noMagicNetwork();
    await bindings({ module_or_path: Uint8Array.from(atob(noMagicNetwork.module), (c) => c.charCodeAt(0)) });
    const { network } = await import(URL.createObjectURL(new Blob([source], { type: "text/javascript" })));
    const inputs = Float64Array.from(run.inputs);
    const labels = Uint8Array.from(run.labels);
    const orders = run.orders.map((order) => Uint16Array.from(order));

    const timed = (epoch) => {
        const start = performance.now();
        const losses = run.losses.map((_, i) => epoch(i));
        return { seconds: (performance.now() - start) / 1000, losses };
    };
    globalThis.runs = {
        module: () => {
            const training = new bindings.Training(120, 120, 120, 16, 0, 0);
            const result = timed(() => training.epoch(0.05));
            training.free();
            return result;
        },
        javascript: () => {
            const own = network([36, 16, 3], run.start);
            return timed((i) => own.trainEpoch(inputs, labels, orders[i], 0.05));
        },
    };
}, [readFileSync(`${root}benches/race/javascript/network.mjs`, "utf8"), native()]);

const times = { native: [], module: [], javascript: [] };
let apart = 0;
// The first round warms up.
for (let round = 0; round <= ROUNDS; round++) {
    const results = {
        native: native(),
        module: await page.evaluate(() => globalThis.runs.module()),
        javascript: await page.evaluate(() => globalThis.runs.javascript()),
    };
    assert.deepEqual(results.module.losses, results.native.losses);
    for (const [i, loss] of results.native.losses.entries()) {
        apart = Math.max(apart, Math.abs(results.javascript.losses[i] - loss));
    }
    assert.ok(apart < 1e-9, `the losses of plain JavaScript are ${apart} away`);
    if (round === 0) continue;
    for (const [name, { seconds }] of Object.entries(results)) times[name].push(seconds * 1000);
}
const version = browser.version();
await browser.close();

const NAMES = { native: "native Rust", module: "the page’s module", javascript: "plain JavaScript" };
const sorted = Object.fromEntries(Object.entries(times).map(([name, list]) => [name, list.toSorted((a, b) => a - b)]));
const median = (name) => sorted[name][(ROUNDS - 1) / 2];
console.log(`The default run, 216,000 steps, ${ROUNDS} rounds, Chromium ${version}`);
console.table(Object.fromEntries(Object.keys(times).map((name) => [NAMES[name], {
    "median, ms": Math.round(median(name)),
    "fastest, ms": Math.round(sorted[name][0]),
    "slowest, ms": Math.round(sorted[name].at(-1)),
    "to native": (median(name) / median("native")).toFixed(2),
    "to the module": (median(name) / median("module")).toFixed(2),
}])));
console.log(`The losses of the module are those of native Rust; those of plain JavaScript at most ${apart} away.`);
