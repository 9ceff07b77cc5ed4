// The small figures of the chapters that can be played with.
// @ts-check
"use strict";

(() => {
    const { element, enliven, digits, bars, keepKeys, rove, lossChart, OPTIMIZERS } = noMagic;

    /**
     * A slider with its name and its value.
     * @param {Node | string} name
     * @param {{ min: number, max: number, step: number, value: number }} range
     * @param {(value: number) => string} text
     * @param {() => void} changed
     */
    const slider = (name, range, text, changed) => {
        const input = element("input", { type: "range", ...range });
        // The slider itself says its value.
        const output = element("output", { "aria-hidden": "true" });
        const show = () => {
            output.textContent = text(input.valueAsNumber);
            input.setAttribute("aria-valuetext", output.textContent);
        };
        input.addEventListener("input", () => { show(); changed(); });
        show();
        const label = element("label", { class: "nm-slider" }, element("span", {}, name), input, output);
        return {
            label,
            value: () => input.valueAsNumber,
            set: (/** @type {number} */ value) => { input.valueAsNumber = value; show(); },
        };
    };

    /**
     * Softmax: sliders for the logits, and a switch that takes the subtraction of the maximum away.
     * @param {HTMLElement} host
     * @param {Bindings} bindings
     */
    const softmaxFigure = (host, bindings) => {
        const names = ["class 0", "class 1", "class 2"];
        const probabilities = bars(names);
        const stable = element("input", { type: "checkbox", checked: true, change: () => show() });
        const sentence = element("p", { role: "status" });
        const shift = slider("added to all", { min: 0, max: 1000, step: 10, value: 0 }, String, () => {
            scores.forEach((score) => score.set(score.value()));
            show();
        });
        const scores = [0, 1, 2].map((value, i) =>
            slider(`z${"₀₁₂"[i]}`, { min: -5, max: 5, step: 0.1, value }, (z) => digits(z + shift.value()), () => show()));
        const thousand = element("button", {
            type: "button",
            click: () => {
                scores.forEach((score, i) => score.set(i));
                shift.set(1000);
                scores.forEach((score) => score.set(score.value()));
                show();
            },
        }, "[1000, 1001, 1002]");
        const show = () => {
            const z = scores.map((score) => score.value() + shift.value());
            const shares = bindings.softmax(z, stable.checked);
            probabilities.show(shares);
            const total = shares.reduce((sum, share) => sum + share, 0);
            sentence.textContent = Number.isNaN(total)
                ? "exp(z) is infinite, and ∞ / ∞ is not a number: NaN."
                : total < 0.5
                    ? "The sum of exp(z) is infinite, and a number divided by ∞ is 0."
                    : "Adding the same number to all logits changes no probability.";
        };
        const box = element("div", { class: "nm-figure" },
            element("div", { class: "nm-columns" },
                element("div", {}, ...scores.map(({ label }) => label), shift.label),
                element("div", {}, probabilities.list)),
            element("div", { class: "nm-buttons" },
                element("label", {}, stable, " subtract the maximum"), thousand),
            sentence);
        keepKeys(box);
        show();
        host.replaceChildren(box);
    };

    const W = [[1, 2, 0.5, 1], [0.5, 1, 3, 2], [2, 0.5, 1, 1]];
    const X = [1, 2, 1, 3];
    const GRAD = [1, 2, 3];

    /**
     * The same matrix, forward along a row and backward down a column.
     * @param {HTMLElement} host
     * @param {Bindings} bindings
     */
    const transposeFigure = (host, bindings) => {
        const layer = new bindings.Layer(W.length, X.length, W.flat());
        const z = layer.forward(X);
        const dx = layer.backward(GRAD);
        const sub = (/** @type {number} */ i) => "₀₁₂₃"[i];
        const sentence = element("p", { role: "status" });
        const cells = W.map((row) => row.map((w) => element("td", {}, String(w))));
        const xs = X.map((x, j) => element("th", { scope: "col" }, `x${sub(j)} = ${x}`));
        const dzs = GRAD.map((dz, i) => element("td", { class: "nm-dz" }, `dz${sub(i)} = ${dz}`));
        const rows = Array.from(z, (_, i) => element("button", { type: "button", class: "nm-forward" }, `z${sub(i)}`));
        const columns = Array.from(dx, (_, j) => element("button", { type: "button", class: "nm-backward" }, `dx${sub(j)}`));

        const clear = () => {
            for (const cell of [...cells.flat(), ...xs, ...dzs]) cell.classList.remove("nm-along", "nm-down");
            for (const button of [...rows, ...columns]) button.setAttribute("aria-pressed", "false");
        };
        /** @param {number} i */
        const along = (i) => {
            clear();
            [...cells[i], ...xs].forEach((cell) => cell.classList.add("nm-along"));
            rows[i].setAttribute("aria-pressed", "true");
            const sum = X.map((x, j) => `${W[i][j]} · ${x}`).join(" + ");
            sentence.textContent = `Forward, along row ${i}: z${sub(i)} = ${sum} = ${z[i]}.`;
        };
        /** @param {number} j */
        const down = (j) => {
            clear();
            [...cells.map((row) => row[j]), ...dzs].forEach((cell) => cell.classList.add("nm-down"));
            columns[j].setAttribute("aria-pressed", "true");
            const sum = GRAD.map((dz, i) => `${dz} · ${W[i][j]}`).join(" + ");
            sentence.textContent = `Backward, down column ${j}: dx${sub(j)} = ${sum} = ${dx[j]}.`;
        };
        rows.forEach((button, i) => ["click", "focus", "pointerenter"].forEach((event) => button.addEventListener(event, () => along(i))));
        columns.forEach((button, j) => ["click", "focus", "pointerenter"].forEach((event) => button.addEventListener(event, () => down(j))));

        const table = element("table", { class: "nm-matrix" },
            element("thead", {}, element("tr", {}, element("td", {}), ...xs, element("td", {}))),
            element("tbody", {}, ...cells.map((row, i) =>
                element("tr", {}, element("th", { scope: "row" }, rows[i]), ...row, dzs[i]))),
            element("tfoot", {}, element("tr", {}, element("td", {}),
                ...columns.map((button) => element("td", {}, button)), element("td", {}))));
        const box = element("div", { class: "nm-figure" }, table, sentence);
        keepKeys(box);
        rove(box, [...rows, ...columns], () => rows.length + columns.length);
        host.replaceChildren(box, element("p", { class: "nm-caption" },
            "W (3, 4), with x on top and dz at the side. Choose an output, or an entry of dx, and see what it is made of."));
        along(1);
    };

    const EPOCHS = 100;

    /**
     * The loss curve for a learning rate, up to one that is far too large.
     * @param {HTMLElement} host
     * @param {Bindings} bindings
     */
    const learningRateFigure = (host, bindings) => {
        const chart = lossChart();
        const sentence = element("p", { role: "status" });
        const rate = slider("learning rate", { min: -3.5, max: 1, step: 0.05, value: Math.log10(0.05) },
            (exponent) => digits(10 ** exponent), () => show());
        const show = () => {
            const training = new bindings.Training(120, 120, 120, 16, 0, 0);
            const losses = Array.from({ length: EPOCHS }, () => training.epoch(10 ** rate.value()));
            const accuracy = training.accuracy();
            training.free();
            chart.show([losses], EPOCHS);
            sentence.textContent = `After ${EPOCHS} epochs: loss ${digits(losses[EPOCHS - 1])}, ` +
                `${(100 * accuracy).toFixed(1)}% right.`;
        };
        const box = element("div", { class: "nm-figure" }, rate.label, chart.svg, sentence);
        keepKeys(box);
        show();
        chart.keep();
        host.replaceChildren(box, element("p", { class: "nm-caption" },
            "The same network, from the same start. The pale curve is that of 0.05."));
    };

    const LAPS = 60;

    /**
     * Three optimizers from the same start, whose curves grow epoch by epoch.
     * @param {HTMLElement} host
     * @param {Bindings} bindings
     */
    const raceFigure = (host, bindings) => {
        const chart = lossChart(OPTIMIZERS.map(({ label }) => label));
        const sentence = element("p", { class: "nm-result", role: "status" });
        const hurry = () => start(Infinity);
        const rates = OPTIMIZERS.map(({ label, rate }, i) => slider(
            element("span", {}, element("svg", { class: "nm-key", viewBox: "0 0 24 8", "aria-hidden": "true" },
                element("path", { class: `nm-curve nm-curve-${i}`, d: "M0 4H24" })), label),
            { min: -3.5, max: 1, step: 0.05, value: Math.log10(rate) }, (exponent) => digits(10 ** exponent), hurry));
        const batch = slider("batch size", { min: 0, max: 8, step: 1, value: 5 }, (power) => String(2 ** power), hurry);
        /** @type {wasm_bindgen.BatchedTraining[]} */
        let trainings = [];
        /** @type {number[][]} */
        let runs = [];
        let [frame, most] = [0, 1];

        /** @param {number} loss */
        const short = (loss) => loss >= 1e-3 && loss < 1e3 ? loss.toPrecision(2) : digits(loss);
        const calm = () => matchMedia("(prefers-reduced-motion: reduce)").matches;
        const epoch = () => trainings.forEach((training, i) => runs[i].push(training.epoch(10 ** rates[i].value())));
        const grow = () => {
            const begin = performance.now();
            for (let done = 0; runs[0].length < LAPS && done < most; done++) {
                epoch();
                if (performance.now() - begin > 12 && !calm()) break;
            }
            chart.show(runs, LAPS);
            if (runs[0].length < LAPS) {
                frame = requestAnimationFrame(grow);
                return;
            }
            const ends = OPTIMIZERS.map(({ label }, i) => `${label} ${short(runs[i][LAPS - 1])}`);
            sentence.textContent = `The loss after ${LAPS} epochs: ${ends.join(", ")}.`;
        };
        /**
         * Starts anew.
         * @param {number} pace how many epochs at most between two pictures
         */
        const start = (pace) => {
            cancelAnimationFrame(frame);
            trainings.forEach((training) => training.free());
            trainings = OPTIMIZERS.map(({ name }) =>
                new bindings.BatchedTraining(new bindings.Training(120, 120, 120, 16, 0, 0), name, 2 ** batch.value()));
            runs = OPTIMIZERS.map(() => []);
            most = calm() ? Infinity : pace;
            sentence.textContent = "…";
            grow();
        };
        const box = element("div", { class: "nm-figure nm-race" }, chart.svg, sentence,
            element("div", { class: "nm-columns" },
                element("div", { role: "group", "aria-label": "Learning rates" },
                    element("p", { class: "nm-title" }, "Learning rates"), ...rates.map(({ label }) => label)),
                element("div", {}, element("p", { class: "nm-title" }, "All three"), batch.label,
                    element("div", { class: "nm-buttons" },
                        element("button", { type: "button", click: () => start(1) }, "Run again")))));
        keepKeys(box);
        host.replaceChildren(box, element("p", { class: "nm-caption" },
            "The network of Part I on its patterns, from the same weights. Momentum is 0.9."));
        start(Infinity);
        // Whoever gets to see it sees it grow.
        const seen = new IntersectionObserver((entries) => {
            if (!entries.some((entry) => entry.isIntersecting)) return;
            seen.disconnect();
            host.dataset.seen = "yes";
            start(1);
        });
        seen.observe(chart.svg);
    };

    for (const [name, build] of Object.entries({
        "softmax-figure": softmaxFigure,
        "transpose-figure": transposeFigure,
        "learning-rate-figure": learningRateFigure,
        "race-figure": raceFigure,
    })) {
        customElements.get(name) ?? customElements.define(name, class extends HTMLElement {
            connectedCallback() {
                enliven(this, (bindings) => build(this, bindings));
            }
        });
    }
})();
