// What the contenders in JavaScript share: they read a workload, train, and say how long it took.
// The program `race` starts them and asks, a line of JSON a question; they answer with a line each.

import { readFileSync } from "node:fs";
import { createInterface } from "node:readline";

/** @param {string} file */
const floats = (file) => {
    const bytes = readFileSync(file);
    return new Float64Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length));
};

/**
 * The weights to start from, the examples in the order in which they are trained on, and the rate.
 * @typedef {{ sizes: number[], batch: number, learningRate: number, parameters: Float64Array,
 *     x: Float64Array, y: number[] }} Workload
 */

const workload = ({ folder, sizes, batch, learning_rate }) => {
    const labels = readFileSync(`${folder}/labels.i64`);
    return {
        sizes,
        batch,
        learningRate: learning_rate,
        parameters: floats(`${folder}/parameters.f64`),
        x: floats(`${folder}/inputs.f64`),
        y: Array.from({ length: labels.length / 8 }, (_, i) => labels.readInt32LE(8 * i)),
    };
};

/**
 * Answers until nothing more is asked.
 * @param {(workload: Workload) => (i: number) => number} prepare gives the function that trains on batch
 *     `i` and returns its loss
 */
export const serve = async (prepare) => {
    const say = (answer) => console.log(JSON.stringify(answer));
    say({ versions: { Node: process.versions.node, V8: process.versions.v8 } });
    for await (const line of createInterface({ input: process.stdin })) {
        const question = JSON.parse(line);
        const given = workload(question);
        const count = Math.floor(given.y.length / given.batch);
        const step = prepare(given);
        let total = 0;
        const start = performance.now();
        for (let i = 0; i < question.steps; i++) total += step(i % count);
        say({ seconds: (performance.now() - start) / 1000, loss: total / question.steps });
    }
};
