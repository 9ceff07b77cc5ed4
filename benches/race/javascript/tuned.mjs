// The network in JavaScript by someone who wants it fast: typed arrays, nothing allocated in a step, and
// what nobody needs left out.

import { network } from "./network.mjs";
import { serve } from "./contender.mjs";

/**
 * A layer for batches, `z = x Wᵀ + b`, an example a row.
 * @param {Float64Array} w
 * @param {Float64Array} b
 * @param {number} batch
 */
const layer = (w, b, batch) => {
    const nOut = b.length;
    const nIn = w.length / nOut;
    const a = new Float64Array(batch * nOut);
    const dx = new Float64Array(batch * nIn);
    const dw = new Float64Array(nIn);
    return {
        a,
        forward(x) {
            for (let n = 0; n < batch; n++) {
                const at = n * nIn;
                for (let i = 0, row = 0; i < nOut; i++, row += nIn) {
                    // Four sums that do not wait for one another.
                    let p0 = b[i], p1 = 0, p2 = 0, p3 = 0, j = 0;
                    for (; j + 3 < nIn; j += 4) {
                        p0 += w[row + j] * x[at + j];
                        p1 += w[row + j + 1] * x[at + j + 1];
                        p2 += w[row + j + 2] * x[at + j + 2];
                        p3 += w[row + j + 3] * x[at + j + 3];
                    }
                    for (; j < nIn; j++) p0 += w[row + j] * x[at + j];
                    a[n * nOut + i] = p0 + p1 + (p2 + p3);
                }
            }
            return a;
        },
        relu() {
            for (let k = 0; k < a.length; k++) if (a[k] < 0) a[k] = 0;
            return a;
        },
        reluBackward(grad) {
            for (let k = 0; k < a.length; k++) if (a[k] <= 0) grad[k] = 0;
            return grad;
        },
        backward(x, dz) {
            dx.fill(0);
            for (let n = 0; n < batch; n++) {
                for (let i = 0, row = 0; i < nOut; i++, row += nIn) {
                    const d = dz[n * nOut + i];
                    if (d !== 0) for (let j = 0; j < nIn; j++) dx[n * nIn + j] += d * w[row + j];
                }
            }
            return dx;
        },
        update(x, dz, lr) {
            for (let i = 0, row = 0; i < nOut; i++, row += nIn) {
                dw.fill(0);
                let db = 0;
                for (let n = 0; n < batch; n++) {
                    const d = dz[n * nOut + i];
                    if (d !== 0) for (let j = 0; j < nIn; j++) dw[j] += d * x[n * nIn + j];
                    db += d;
                }
                for (let j = 0; j < nIn; j++) w[row + j] -= lr * dw[j];
                b[i] -= lr * db;
            }
        },
    };
};

const batched = ({ sizes, parameters, x, y, batch, learningRate }) => {
    let taken = 0;
    const take = (count) => parameters.subarray(taken, taken += count);
    const layers = sizes.slice(1).map((nOut, l) => layer(take(nOut * sizes[l]), take(nOut), batch));
    const last = layers.length - 1;
    const classes = sizes[sizes.length - 1];

    return (i) => {
        const inputs = [x.subarray(i * batch * sizes[0], (i + 1) * batch * sizes[0])];
        layers.forEach((layer, l) => {
            layer.forward(inputs[l]);
            inputs.push(l === last ? layer.a : layer.relu());
        });

        const dz = inputs[last + 1];
        let loss = 0;
        for (let n = 0, row = 0; n < batch; n++, row += classes) {
            let max = -Infinity, sum = 0;
            for (let k = row; k < row + classes; k++) if (dz[k] > max) max = dz[k];
            for (let k = row; k < row + classes; k++) sum += dz[k] = Math.exp(dz[k] - max);
            for (let k = row; k < row + classes; k++) dz[k] /= sum;
            const right = row + y[i * batch + n];
            loss -= Math.log(dz[right] + 1e-7);
            dz[right] -= 1;
            for (let k = row; k < row + classes; k++) dz[k] /= batch;
        }

        let grad = dz;
        for (let l = last; l >= 0; l--) {
            if (l < last) layers[l].reluBackward(grad);
            const handOn = l > 0 ? layers[l].backward(inputs[l], grad) : grad;
            layers[l].update(inputs[l], grad, learningRate);
            grad = handOn;
        }
        return loss / batch;
    };
};

const oneAtATime = ({ sizes, parameters, x, y, learningRate }) => {
    const { trainStep } = network(/** @type {[number, number, number]} */ (sizes), parameters);
    return (i) => trainStep(x, i * sizes[0], y[i], learningRate);
};

serve((workload) => (workload.batch === 1 && workload.sizes.length === 3 ? oneAtATime(workload) : batched(workload)));
