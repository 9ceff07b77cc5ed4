// The network of the book in plain JavaScript, to compare the live demo's speed with: typed arrays,
// no allocation in a step, the operations in the order in which src/by_hand and ndarray do them.

/**
 * The dot product of two stretches, in eight sums that do not wait for one another, as in ndarray.
 * @param {Float64Array} u
 * @param {number} i where the first begins
 * @param {Float64Array} v
 * @param {number} j where the second begins
 * @param {number} count
 */
const dot = (u, i, v, j, count) => {
    let p0 = 0, p1 = 0, p2 = 0, p3 = 0, p4 = 0, p5 = 0, p6 = 0, p7 = 0;
    const end = i + count;
    for (; i + 7 < end; i += 8, j += 8) {
        p0 += u[i] * v[j];
        p1 += u[i + 1] * v[j + 1];
        p2 += u[i + 2] * v[j + 2];
        p3 += u[i + 3] * v[j + 3];
        p4 += u[i + 4] * v[j + 4];
        p5 += u[i + 5] * v[j + 5];
        p6 += u[i + 6] * v[j + 6];
        p7 += u[i + 7] * v[j + 7];
    }
    let sum = p0 + p4 + (p1 + p5) + (p2 + p6) + (p3 + p7);
    for (; i < end; i++, j++) sum += u[i] * v[j];
    return sum;
};

/**
 * A network `[inputs, hidden, classes]` with these parameters: of each layer `W`, row after row, and `b`.
 * @param {[number, number, number]} sizes
 * @param {ArrayLike<number>} parameters
 */
export const network = ([inputs, hidden, classes], parameters) => {
    const all = Float64Array.from(parameters);
    let taken = 0;
    /** @param {number} count */
    const take = (count) => all.subarray(taken, taken += count);
    const w1 = take(hidden * inputs);
    const b1 = take(hidden);
    const w2 = take(classes * hidden);
    const b2 = take(classes);
    const a1 = new Float64Array(hidden);
    const dz1 = new Float64Array(hidden);
    const a2 = new Float64Array(classes);

    /**
     * One training step; the loss from before it.
     * @param {Float64Array} data the inputs of all examples
     * @param {number} at where those of this one begin
     * @param {number} y
     * @param {number} lr
     */
    const trainStep = (data, at, y, lr) => {
        // Forward: ReLU, then softmax.
        for (let i = 0, row = 0; i < hidden; i++, row += inputs) {
            const z = dot(w1, row, data, at, inputs) + b1[i];
            a1[i] = z < 0 ? 0 : z;
        }
        let max = -Infinity;
        for (let i = 0, row = 0; i < classes; i++, row += hidden) {
            const z = dot(w2, row, a1, 0, hidden) + b2[i];
            a2[i] = z;
            if (z > max) max = z;
        }
        let sum = 0;
        for (let i = 0; i < classes; i++) {
            a2[i] = Math.exp(a2[i] - max);
            sum += a2[i];
        }
        for (let i = 0; i < classes; i++) a2[i] /= sum;
        const loss = -Math.log(a2[y] + 1e-7);

        // Backward, each layer with its update; the first hands nothing on.
        a2[y] -= 1;
        for (let j = 0; j < hidden; j++) dz1[j] = 0;
        for (let i = 0, row = 0; i < classes; i++, row += hidden) {
            const dz = a2[i];
            const step = -lr * dz;
            for (let j = 0; j < hidden; j++) {
                const w = w2[row + j];
                dz1[j] += dz * w;
                w2[row + j] = w + step * a1[j];
            }
            b2[i] += step;
        }
        for (let i = 0, row = 0; i < hidden; i++, row += inputs) {
            if (!(a1[i] > 0)) continue;
            const step = -lr * dz1[i];
            for (let j = 0; j < inputs; j++) w1[row + j] += step * data[at + j];
            b1[i] += step;
        }
        return loss;
    };

    /**
     * One epoch in the given order; the mean loss.
     * @param {Float64Array} data
     * @param {ArrayLike<number>} labels
     * @param {ArrayLike<number>} order
     * @param {number} lr
     */
    const trainEpoch = (data, labels, order, lr) => {
        let total = 0;
        for (let k = 0; k < order.length; k++) total += trainStep(data, order[k] * inputs, labels[order[k]], lr);
        return total / order.length;
    };
    return { trainStep, trainEpoch, parameters: all };
};
