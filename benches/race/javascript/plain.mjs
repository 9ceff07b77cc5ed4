// The network in plain JavaScript, as one writes it: arrays, and a class for the layer.

import { serve } from "./contender.mjs";

// ANCHOR: javascript_layer
class Layer {
    constructor(w, b, activation) {
        Object.assign(this, { w, b, activation });
    }

    forward(x) {
        this.x = x;
        this.z = this.w.map((row, i) => row.reduce((sum, w, j) => sum + w * x[j], this.b[i]));
        if (this.activation === "relu") return this.z.map((z) => Math.max(0, z));
        const max = Math.max(...this.z);
        const e = this.z.map((z) => Math.exp(z - max));
        const sum = e.reduce((sum, e) => sum + e);
        return e.map((e) => e / sum);
    }

    backward(grad, lr) {
        const dz = this.activation === "relu" ? grad.map((g, i) => (this.z[i] > 0 ? g : 0)) : grad;
        const dx = this.x.map((_, j) => dz.reduce((sum, dz, i) => sum + dz * this.w[i][j], 0));
        this.update(dz, lr);
        return dx;
    }

    update(dz, lr) {
        dz.forEach((dz, i) => {
            this.x.forEach((x, j) => (this.w[i][j] -= lr * dz * x));
            this.b[i] -= lr * dz;
        });
    }
}
// ANCHOR_END: javascript_layer

/** Gradients add up over the examples of a batch; the update waits for the last. */
class BatchedLayer extends Layer {
    update(dz) {
        this.dw ??= this.w.map((row) => row.map(() => 0));
        this.db ??= this.b.map(() => 0);
        dz.forEach((dz, i) => {
            this.x.forEach((x, j) => (this.dw[i][j] += dz * x));
            this.db[i] += dz;
        });
    }

    step(lr) {
        this.w = this.w.map((row, i) => row.map((w, j) => w - lr * this.dw[i][j]));
        this.b = this.b.map((b, i) => b - lr * this.db[i]);
        this.dw = this.db = undefined;
    }
}

serve(({ sizes, parameters, x, y, batch, learningRate }) => {
    const kind = batch === 1 ? Layer : BatchedLayer;
    let taken = 0;
    const take = (count) => Array.from(parameters.subarray(taken, taken += count));
    const layers = sizes.slice(1).map((nOut, l) => {
        const w = Array.from({ length: nOut }, () => take(sizes[l]));
        return new kind(w, take(nOut), l === sizes.length - 2 ? "softmax" : "relu");
    });
    const examples = y.map((_, i) => Array.from(x.subarray(i * sizes[0], (i + 1) * sizes[0])));

    const trainOn = (i) => {
        const yhat = layers.reduce((a, layer) => layer.forward(a), examples[i]);
        const grad = [...yhat];
        grad[y[i]] -= 1;
        layers.reduceRight((grad, layer) => layer.backward(grad, learningRate), grad.map((g) => g / batch));
        return -Math.log(yhat[y[i]] + 1e-7);
    };
    if (batch === 1) return trainOn;
    return (i) => {
        let loss = 0;
        for (let n = i * batch; n < (i + 1) * batch; n++) loss += trainOn(n);
        for (const layer of layers) layer.step(learningRate);
        return loss / batch;
    };
});
