// The live demo: the network of the book trains in the page, and recognizes what is drawn.
// @ts-check
"use strict";

(() => {
    const { element, digits, percent, bars, paint, largest, rove, keepKeys, onTheme, lossChart, OPTIMIZERS } = noMagic;

    const SIDE = 6;
    const PIXELS = SIDE * SIDE;
    /** Above this many hidden units there are no lines from them to the classes. */
    const MOST_LINES = 64;
    const NEW_DRAWINGS = 300;

    /**
     * A setting: its name in the address, its label, its default, smallest and largest value.
     * @typedef {{ name: string, label: string, value: number, least: number, most: number, step: number | "any" }} Setting
     */
    /** @type {Setting[]} */
    const SETTINGS = [
        { name: "learning-rate", label: "Learning rate", value: 0.05, least: 0.0001, most: 10, step: "any" },
        { name: "epochs", label: "Epochs", value: 600, least: 1, most: 10000, step: 1 },
        { name: "hidden", label: "Hidden units", value: 16, least: 1, most: 256, step: 1 },
        { name: "horizontal", label: "Horizontal lines", value: 120, least: 0, most: 10000, step: 1 },
        { name: "vertical", label: "Vertical lines", value: 120, least: 0, most: 10000, step: 1 },
        { name: "x", label: "X’s", value: 120, least: 0, most: 10000, step: 1 },
        { name: "noise", label: "Noise (chance that a pixel flips)", value: 0, least: 0, most: 0.5, step: "any" },
        { name: "seed", label: "Seed", value: 0, least: 0, most: 4294967295, step: 1 },
    ];

    const BATCH_SIZE = 32;

    /** How the network can be trained, and the learning rate for it until the reader chooses one. */
    const WAYS = [
        { name: "by-hand", label: "one at a time, by hand", rate: SETTINGS[0].value },
        ...OPTIMIZERS.map(({ name, label, rate }) => ({ name, label: `${label}, in batches of ${BATCH_SIZE}`, rate })),
    ];

    /** @typedef {Record<string, number> & { optimizer: string, batch: number }} Recipe */

    /**
     * @param {typeof WAYS[number]} way
     * @returns {Recipe}
     */
    const defaults = (way) => Object.assign(
        Object.fromEntries(SETTINGS.map(({ name, value }) => [name, value])),
        { optimizer: way.name, batch: BATCH_SIZE, "learning-rate": way.rate });

    /**
     * By hand, if there is no such way.
     * @param {string | null} name
     */
    const wayOf = (name) => WAYS.find((way) => way.name === name) ?? WAYS[0];

    /**
     * The settings in a text such as `epochs=100&hidden=4`, each within its bounds, and what had to
     * be changed for that.
     * @param {URLSearchParams} given
     */
    const understand = (given) => {
        /** @type {string[]} */
        const notes = [];
        const chosen = given.get("optimizer");
        const way = wayOf(chosen);
        if (chosen !== null && chosen !== way.name) {
            notes.push(`Optimizer: it is ${way.name}; there are ${WAYS.map(({ name }) => name).join(", ")}.`);
        }
        const recipe = defaults(way);
        for (const { name, label, least, most, step } of SETTINGS) {
            const text = given.get(name);
            if (text === null) continue;
            const number = text.trim() === "" ? NaN : Number(text);
            if (Number.isNaN(number)) {
                notes.push(`${label}: that is no number, so it is ${recipe[name]}.`);
                continue;
            }
            const within = Math.min(Math.max(number, least), most);
            recipe[name] = step === 1 ? Math.round(within) : within;
            if (recipe[name] !== number) notes.push(`${label}: it is ${recipe[name]}, from ${least} to ${most}.`);
        }
        if (recipe.horizontal + recipe.vertical + recipe.x === 0) {
            recipe.horizontal = recipe.vertical = recipe.x = 120;
            notes.push("Without examples there is nothing to learn, so there are 120 of each.");
        }
        return { recipe, notes };
    };

    /**
     * @typedef {{ epoch: number, losses: number[], accuracy: number, parameters: Float64Array, seconds: number, finite: boolean, done: boolean }} Report
     */

    /**
     * Trains in slices that are short enough for the page, and reports after each.
     * It stands alone, because its text is also what the worker runs.
     * @param {Bindings} bindings
     * @param {Recipe} recipe
     * @param {(report: Report) => void} report
     * @param {() => boolean} isStale
     */
    async function train(bindings, recipe, report, isStale) {
        const start = new bindings.Training(
            recipe.horizontal, recipe.vertical, recipe.x, recipe.hidden, recipe.noise, recipe.seed);
        const training = recipe.optimizer === "by-hand" ? start
            : new bindings.BatchedTraining(start, recipe.optimizer, recipe.batch);
        let [epoch, seconds, finite] = [0, 0, true];
        while (epoch < recipe.epochs && finite && !isStale()) {
            const losses = [];
            const start = performance.now();
            let elapsed = 0;
            while (epoch < recipe.epochs && finite && elapsed < 12) {
                losses.push(training.epoch(recipe["learning-rate"]));
                finite = Number.isFinite(losses[losses.length - 1]);
                epoch += 1;
                elapsed = performance.now() - start;
            }
            seconds += elapsed / 1000;
            const parameters = training.parameters();
            finite = finite && parameters.every(Number.isFinite);
            const done = epoch === recipe.epochs || !finite;
            report({ epoch, losses, accuracy: training.accuracy(), parameters, seconds, finite, done });
            await new Promise((resolve) => setTimeout(resolve, 0));
        }
        training.free();
    }

    /** What the worker does: it trains as it is told, and drops what it was doing before. */
    function work() {
        const loading = (async () => {
            const bindings = noMagicNetwork();
            const module = Uint8Array.from(atob(noMagicNetwork.module), (c) => c.charCodeAt(0));
            await bindings({ module_or_path: module });
            return bindings;
        })();
        let latest = 0;
        onmessage = async ({ data: { id, recipe } }) => {
            latest = id;
            try {
                await train(await loading, recipe, (report) => postMessage({ id, report }), () => id !== latest);
            } catch (error) {
                postMessage({ id, error: String(error) });
            }
        };
    }

    /**
     * Trains in a worker, so that the page stays quick; where there is none, in the page.
     * @param {Bindings} bindings
     * @param {(report: Report) => void} report
     * @param {(error: string) => void} fail
     */
    const trainer = (bindings, report, fail) => {
        let id = 0;
        /** @type {Recipe} */
        let current;
        const here = () => {
            const own = id;
            const isStale = () => own !== id;
            train(bindings, current, (news) => { if (!isStale()) report(news); }, isStale)
                .catch((error) => fail(String(error)));
        };
        /** @type {Worker | undefined} */
        let worker;
        try {
            const source = `${noMagicNetwork}\nnoMagicNetwork.module = "${noMagicNetwork.module}";\n${train}\n(${work})();`;
            const address = URL.createObjectURL(new Blob([source], { type: "text/javascript" }));
            worker = new Worker(address);
            worker.onmessage = ({ data }) => {
                if (data.id !== id) return;
                if (data.error) fail(data.error);
                else report(data.report);
            };
            worker.onerror = () => {
                worker = undefined;
                here();
            };
        } catch {
            worker = undefined;
        }
        return {
            /** @param {Recipe} recipe */
            start(recipe) {
                id += 1;
                current = recipe;
                if (worker) worker.postMessage({ id, recipe });
                else here();
            },
        };
    };

    /**
     * The grid to draw on.
     * @param {(pixels: Float64Array) => void} changed
     */
    const drawingBoard = (changed) => {
        const pixels = new Float64Array(PIXELS);
        const cells = Array.from(pixels, (_, i) => element("button", {
            type: "button",
            class: "nm-cell",
            "aria-pressed": "false",
            "aria-label": `row ${Math.floor(i / SIDE) + 1}, column ${(i % SIDE) + 1}`,
        }));
        const grid = element("div", {
            class: "nm-grid",
            role: "group",
            "aria-label": "Drawing of 6 by 6 pixels. Arrow keys move, space sets or clears, c clears all.",
        }, ...cells);
        /**
         * @param {number} i
         * @param {boolean} on
         */
        const set = (i, on) => {
            pixels[i] = on ? 1 : 0;
            cells[i].setAttribute("aria-pressed", String(on));
        };
        /** @param {ArrayLike<number>} drawing */
        const show = (drawing) => {
            cells.forEach((_, i) => set(i, drawing[i] > 0.5));
            changed(pixels);
        };
        const clear = () => show(new Float64Array(PIXELS));

        // The first pixel of a stroke decides whether the stroke sets or clears.
        let stroke = { on: true, x: 0, y: 0, pointer: -1 };
        /** @param {PointerEvent} event */
        const place = (event) => {
            const box = grid.getBoundingClientRect();
            return {
                x: (event.clientX - box.left) / box.width * SIDE,
                y: (event.clientY - box.top) / box.height * SIDE,
            };
        };
        /**
         * @param {number} x
         * @param {number} y
         */
        const cellAt = (x, y) => x < 0 || y < 0 || x >= SIDE || y >= SIDE ? -1 : Math.floor(y) * SIDE + Math.floor(x);
        grid.addEventListener("pointerdown", (/** @type {PointerEvent} */ event) => {
            const { x, y } = place(event);
            const i = cellAt(x, y);
            if (event.button !== 0 || i < 0 || stroke.pointer >= 0) return;
            event.preventDefault();
            cells[i].focus({ preventScroll: true });
            grid.setPointerCapture(event.pointerId);
            stroke = { on: pixels[i] < 0.5, x, y, pointer: event.pointerId };
            set(i, stroke.on);
            changed(pixels);
        });
        grid.addEventListener("pointermove", (/** @type {PointerEvent} */ event) => {
            if (event.pointerId !== stroke.pointer) return;
            const { x, y } = place(event);
            // A quick stroke skips pixels between two events; these are on the way.
            const steps = Math.ceil(4 * Math.hypot(x - stroke.x, y - stroke.y)) || 1;
            for (let step = 1; step <= steps; step++) {
                const i = cellAt(stroke.x + (x - stroke.x) * step / steps, stroke.y + (y - stroke.y) * step / steps);
                if (i >= 0) set(i, stroke.on);
            }
            stroke = { ...stroke, x, y };
            changed(pixels);
        });
        // Without this, Chromium takes a quick stroke for a fling, and the next tap for its end.
        grid.addEventListener("touchstart", (/** @type {Event} */ event) => event.preventDefault(), { passive: false });
        for (const end of ["pointerup", "pointercancel", "lostpointercapture"]) {
            grid.addEventListener(end, (/** @type {PointerEvent} */ event) => {
                if (event.pointerId === stroke.pointer) stroke.pointer = -1;
            });
        }
        // By keyboard, or by a screen reader: a click without a pointer.
        grid.addEventListener("click", (/** @type {MouseEvent} */ event) => {
            const i = cells.indexOf(event.target);
            if (event.detail !== 0 || i < 0) return;
            set(i, pixels[i] < 0.5);
            changed(pixels);
        });
        grid.addEventListener("keydown", (/** @type {KeyboardEvent} */ event) => {
            if (event.key.toLowerCase() === "c" && !event.ctrlKey && !event.metaKey) clear();
        });
        rove(grid, cells, () => SIDE);

        /**
         * Tints the pixels by the weights of a hidden unit, or by nothing.
         * @param {ArrayLike<number>} [weights]
         */
        const tint = (weights) => {
            const most = weights ? largest(weights) : 0;
            cells.forEach((cell, i) => {
                const weight = weights?.[i] ?? 0;
                cell.dataset.tint = !weights ? "" : weight > 0 ? "excites" : "silences";
                cell.style.setProperty("--tint", `${most > 0 ? Math.round(100 * Math.abs(weight) / most) : 0}%`);
            });
        };
        return { grid, pixels, show, clear, tint };
    };

    /**
     * The hidden units: a picture of the weights of each, lit by its activation.
     * @param {(unit: number | undefined) => void} chosen
     */
    const hiddenUnits = (chosen) => {
        const host = element("div", { class: "nm-units", role: "group", "aria-label": "Hidden units" });
        /** @type {{ button: any, canvas: HTMLCanvasElement, light: any }[]} */
        let units = [];
        /** @param {number} count */
        const build = (count) => {
            units = Array.from({ length: count }, (_, unit) => {
                const canvas = element("canvas", { width: SIDE, height: SIDE, "aria-hidden": "true" });
                const light = element("span", { class: "nm-light", "aria-hidden": "true" });
                const button = element("button", { type: "button", class: "nm-unit" }, canvas, light);
                button.addEventListener("pointerenter", () => chosen(unit));
                button.addEventListener("focus", () => chosen(unit));
                button.addEventListener("click", () => chosen(unit));
                button.addEventListener("pointerleave", () => chosen(undefined));
                button.addEventListener("blur", () => chosen(undefined));
                return { button, canvas, light };
            });
            const fresh = element("div", { class: "nm-unit-rows" }, ...units.map(({ button }) => button));
            fresh.classList.toggle("nm-many", count > MOST_LINES);
            host.replaceChildren(fresh);
            const buttons = units.map(({ button }) => button);
            rove(fresh, buttons, () => {
                const top = buttons[0].offsetTop;
                const second = buttons.findIndex((button) => button.offsetTop > top);
                return second < 0 ? buttons.length : second;
            });
        };
        /**
         * @param {Float64Array} w
         * @param {Float64Array} z
         * @param {Float64Array} a
         */
        const show = (w, z, a) => {
            if (units.length !== a.length) build(a.length);
            const [strongest, brightest] = [largest(w), largest(a)];
            units.forEach(({ button, canvas, light }, unit) => {
                paint(canvas, w.subarray(unit * PIXELS, (unit + 1) * PIXELS), strongest);
                const share = brightest > 0 ? a[unit] / brightest : 0;
                light.style.width = `${100 * share}%`;
                button.style.setProperty("--lit", String(share));
                button.setAttribute("aria-label", `Unit ${unit}: z is ${digits(z[unit])}, its activation ${digits(a[unit])}`);
            });
        };
        return { host, show, buttons: () => units.map(({ button }) => button) };
    };

    /**
     * A vector with its name and shape, each number tinted by its size.
     * @param {string} name
     * @param {ArrayLike<number>} values
     * @param {string[]} [labels]
     */
    const vector = (name, values, labels) => {
        const most = largest(values);
        const cells = Array.from(values, (value, i) => {
            const cell = element("span", { class: "nm-number" }, digits(value));
            if (labels) cell.prepend(element("small", {}, labels[i]));
            cell.dataset.tint = value > 0 ? "excites" : value < 0 ? "silences" : "";
            cell.style.setProperty("--tint", `${most > 0 ? Math.round(100 * Math.abs(value) / most) : 0}%`);
            return cell;
        });
        return element("div", { class: "nm-vector" },
            element("p", {}, element("b", {}, name), ` (${values.length},)`),
            element("div", { class: "nm-numbers" }, ...cells));
    };

    /**
     * Pictures of a change of the first layer's weights, a unit each.
     * @param {Float64Array} change
     */
    const weightPictures = (change) => {
        const most = largest(change);
        /** @type {HTMLCanvasElement[]} */
        const pictures = [];
        for (let start = 0; start < change.length; start += PIXELS) {
            pictures.push(element("canvas", { width: SIDE, height: SIDE }));
        }
        const host = element("div", { class: "nm-pictures", role: "img", "aria-label": "The change of each unit’s 36 weights" }, ...pictures);
        // The colors are those of the page, so it has to be on the page first.
        const draw = () => pictures.forEach((canvas, unit) =>
            paint(canvas, change.subarray(unit * PIXELS, (unit + 1) * PIXELS), most));
        return { host, draw };
    };

    /**
     * One training step, part by part, with the real numbers.
     * @param {Bindings} bindings
     * @param {string[]} names
     * @param {() => Recipe} recipe
     */
    const stepByStep = (bindings, names, recipe) => {
        /** @type {wasm_bindgen.Network} */
        let network;
        /** @type {{ pixels: Float64Array, label: number, seed: number }} */
        let example = { pixels: new Float64Array(PIXELS), label: 0, seed: 0 };
        let part = 0;
        /** @type {{ title: string, body: Node[], finish?: () => void }[]} */
        let parts = [];

        const picture = element("canvas", { width: SIDE, height: SIDE, class: "nm-example", role: "img" });
        const about = element("p", { class: "nm-about" });
        const list = element("ol", { class: "nm-parts" });
        const button = element("button", { type: "button", click: () => advance() });
        const another = element("button", { type: "button", click: () => next() }, "Another example");
        const again = element("button", { type: "button", click: () => restart() }, "Start over");

        const restart = () => {
            const now = recipe();
            const start = new bindings.Training(now.horizontal, now.vertical, now.x, now.hidden, now.noise, now.seed);
            network = new bindings.Network(now.hidden, start.parameters());
            start.free();
            example.seed = now.seed;
            next();
        };
        const next = () => {
            const seed = (example.seed + 1) % 4294967296;
            const label = seed % names.length;
            example = { seed, label, pixels: bindings.draw(label, seed) };
            show();
        };
        const show = () => {
            paint(picture, example.pixels, 1);
            picture.setAttribute("aria-label", `The example: a ${names[example.label]}`);
            about.textContent = `x (36,): a ${names[example.label]}, so y = ${example.label}.`;
            parts = compute();
            part = 0;
            list.replaceChildren();
            button.textContent = "Step: forward";
        };
        const compute = () => {
            const rate = recipe()["learning-rate"];
            const { pixels, label } = example;
            const trained = new bindings.Network(recipe().hidden, parametersOf(network));
            const yhat = network.predict(pixels);
            const [z1, a1, z2] = [network.z(0), network.a(0), network.z(1)];
            const [w1, w2] = [network.w(0), network.w(1)];
            const loss = trained.trainStep(pixels, label, rate);
            const [dz2, dx2, dz1] = [trained.dz(1), trained.dx(1), trained.dz(0)];
            const change1 = trained.w(0).map((w, i) => w - w1[i]);
            const new2 = trained.w(1);
            const most = new2.reduce((best, w, i) => Math.abs(w - w2[i]) > Math.abs(new2[best] - w2[best]) ? i : best, 0);
            const [row, column] = [Math.floor(most / a1.length), most % a1.length];
            // A step of length 0 changes nothing, and tells the loss.
            const after = trained.trainStep(pixels, label, 0);
            const changes = weightPictures(change1);
            const product = (/** @type {number} */ a, /** @type {number} */ b) => `${digits(a)} · ${digits(b)}`;
            const black = Array.from(pixels.keys()).filter((i) => pixels[i] > 0);
            const sum = black.map((i) => digits(w1[i])).join(" + ");
            const blame = Array.from(dz2, (dz, k) => product(w2[k * a1.length], dz)).join(" + ");
            const silent = Array.from(dz1).filter((dz) => dz === 0).length;
            /** @param {string} text */
            const say = (text) => element("p", {}, text);
            return [
                {
                    title: "Forward",
                    body: [
                        say(`Layer 1: z = W x + b with W (${a1.length}, 36), and a = max(0, z).`), vector("z", z1),
                        say(`The first of them: the weights of unit 0 at the black pixels, ${sum}, and its bias, ${digits(network.b(0)[0])}.`),
                        vector("a", a1),
                        say(`Layer 2: z = W a + b with W (3, ${a1.length}), and ŷ = softmax(z).`), vector("z", z2, names), vector("ŷ", yhat, names),
                        say(`The loss, −ln ŷ[${label}], is ${digits(loss)}.`),
                    ],
                },
                {
                    title: "The gradient at the output",
                    body: [
                        say(`grad = ŷ − one_hot(${label}): 1 is subtracted at the right class.`),
                        vector("grad", dz2, names),
                    ],
                },
                {
                    title: "Back through each layer",
                    body: [
                        say("For layer 2, dz is grad itself. It hands on dx = Wᵀ dz:"), vector("dx", dx2),
                        say(`The first of them: ${blame}, down column 0 of W.`),
                        say(`Layer 1: dz is that where z > 0, and 0 at the ${silent} silent units.`), vector("dz", dz1),
                    ],
                },
                {
                    title: "Update",
                    body: [
                        say(`W −= ${rate} · outer(dz, x), and b −= ${rate} · dz. Layer 1, the change of W (${a1.length}, 36), a picture for each unit:`),
                        changes.host,
                        say(`Layer 2: the weight that changes most is W[${row}, ${column}], from ${digits(w2[most])} to ${digits(new2[most])}.`),
                        say(`The same drawing again: the loss is ${digits(after)}, and was ${digits(loss)}.`),
                    ],
                    finish: () => {
                        changes.draw();
                        network = trained;
                    },
                },
            ];
        };
        const advance = () => {
            const current = parts[part];
            if (!current) {
                next();
                return;
            }
            list.append(element("li", {}, element("b", {}, current.title), ...current.body));
            current.finish?.();
            part += 1;
            button.textContent = parts[part] ? `Step: ${parts[part].title.toLowerCase()}` : "Next example";
            controls.scrollIntoView({ block: "nearest" });
        };
        const controls = element("div", { class: "nm-buttons" }, button, another, again);
        const host = element("details", { class: "nm-step" },
            element("summary", {}, "One training step, number by number"),
            element("p", {}, "This network starts with its initial weights, and each step is one call of ", element("code", {}, "train_step"), ". The next example finds what it has learned."),
            element("div", { class: "nm-row" }, picture, about),
            element("div", { "aria-live": "polite" }, list), controls);
        host.addEventListener("toggle", () => { if (host.open && !network) restart(); });
        onTheme(() => { if (network) paint(picture, example.pixels, 1); });
        return { host, restart: () => { if (network) restart(); } };
    };

    /**
     * All parameters of a network, in the order in which it takes them.
     * @param {wasm_bindgen.Network} network
     */
    const parametersOf = (network) => Float64Array.from([0, 1].flatMap((layer) => [...network.w(layer), ...network.b(layer)]));

    /**
     * @param {HTMLElement} host
     * @param {Bindings} bindings
     */
    const build = (host, bindings) => {
        const names = bindings.classes();
        const isFirst = document.querySelector("no-magic-demo") === host;
        let { recipe, notes } = understand(new URLSearchParams(isFirst ? location.hash.slice(1) : ""));
        /** @type {wasm_bindgen.Network | undefined} */
        let network;
        /** @type {number[]} */
        let losses = [];
        /** @type {number | undefined} */
        let unit;

        // The parts.
        const status = element("p", { class: "nm-status" });
        const spoken = element("p", { class: "nm-spoken", role: "status" });
        const trouble = element("p", { class: "nm-trouble", role: "alert", hidden: true });
        const chart = lossChart();
        const verdict = element("p", { class: "nm-verdict" });
        const probabilities = bars(names);
        const numbers = element("p", { class: "nm-unit-numbers" });
        const lines = element("svg", { class: "nm-lines", "aria-hidden": "true" });
        const board = drawingBoard(() => { look(); remember(); });
        const units = hiddenUnits((chosen) => { unit = chosen; showUnit(); });
        const step = stepByStep(bindings, names, () => recipe);
        const inputs = SETTINGS.map((setting) => element("input", {
            type: "number", name: setting.name, min: setting.least, max: setting.most, step: setting.step, inputmode: "decimal", required: true,
        }));
        const optimizer = element("select", { name: "optimizer" },
            ...WAYS.map(({ name, label }) => element("option", { value: name }, label)));
        const fields = SETTINGS.map(({ label }, i) => element("label", {}, element("span", {}, label), inputs[i]));
        const form = element("form", { class: "nm-settings", novalidate: true },
            element("fieldset", {}, element("legend", {}, "Training"),
                element("label", { class: "nm-wide" }, element("span", {}, "Optimizer"), optimizer),
                fields[0], fields[1], fields[2], fields[7]),
            element("fieldset", {}, element("legend", {}, "Examples of each class"), fields[3], fields[4], fields[5], fields[6]),
            element("div", { class: "nm-buttons" },
                element("button", { type: "submit" }, "Train again"),
                element("button", { type: "button", click: () => reseed() }, "Other seed"),
                element("button", { type: "button", click: () => reset() }, "Reset")));
        const flow = element("div", { class: "nm-flow" },
            element("div", { class: "nm-draw" }, element("p", { class: "nm-title" }, "Draw here"), board.grid,
                element("div", { class: "nm-buttons" },
                    element("button", { type: "button", click: () => board.clear() }, "Clear"),
                    element("button", { type: "button", click: () => sample() }, "Draw one for me")),
                element("p", { class: "nm-hint" }, "A stroke that begins on a pixel that is set erases.")),
            element("div", { class: "nm-hidden" }, element("p", { class: "nm-title" }, "Hidden units"), units.host),
            element("div", { class: "nm-answer" }, element("p", { class: "nm-title" }, "The network says"), verdict, probabilities.list),
            lines);
        const demo = element("div", { class: "nm-demo" },
            flow, numbers, spoken, status, chart.svg, trouble,
            element("details", { class: "nm-play", open: notes.length > 0 || undefined }, element("summary", {}, "Play with the training"), form),
            step.host);

        // The network looks at the drawing.
        const look = () => {
            if (!network) return;
            const yhat = network.predict(board.pixels);
            probabilities.show(yhat);
            units.show(network.w(0), network.z(0), network.a(0));
            const best = yhat.indexOf(Math.max(...yhat));
            const blank = board.pixels.every((pixel) => pixel === 0);
            probabilities.list.classList.toggle("nm-blank", blank);
            verdict.textContent = blank ? "nothing drawn yet" : `${names[best]}, ${percent(yhat[best])}`;
            say(blank ? "" : `${names[best]}, ${Math.round(100 * yhat[best])} percent`);
            showUnit();
            drawLines();
        };
        /** @type {ReturnType<typeof setTimeout> | undefined} */
        let speaking;
        // Waits for a pause in the drawing, so that a screen reader is not flooded.
        const say = (/** @type {string} */ text) => {
            clearTimeout(speaking);
            speaking = setTimeout(() => { spoken.textContent = text; }, 500);
        };
        const showUnit = () => {
            const hidden = network?.b(0).length ?? 0;
            if (!network || unit === undefined || unit >= hidden) {
                numbers.textContent = "Point at a hidden unit, or tap it, to see its numbers, and its weights on your drawing.";
                board.tint();
            } else {
                const [z, a, w, b, w2] = [network.z(0)[unit], network.a(0)[unit], network.w(0), network.b(0)[unit], network.w(1)];
                const adds = names.map((name, k) => `${digits(w2[k * hidden + Number(unit)] * a)} to ${name}`);
                numbers.textContent = `Unit ${unit}: z = ${digits(z)} (bias ${digits(b)}), so a = ${digits(a)}. ` +
                    (a > 0 ? `It adds ${adds.join(", ")}.` : "It is silent.");
                board.tint(w.subarray(unit * PIXELS, (unit + 1) * PIXELS));
            }
            for (const line of lines.children) line.classList.toggle("nm-chosen", line.dataset.unit === String(unit));
        };
        // What each unit adds to each class.
        const drawLines = () => {
            if (!network) return;
            const buttons = units.buttons();
            const beside = probabilities.list.getBoundingClientRect().left > units.host.getBoundingClientRect().right - 4;
            if (buttons.length > MOST_LINES || !beside) {
                lines.replaceChildren();
                return;
            }
            const [w2, a] = [network.w(1), network.a(0)];
            const adds = Array.from(w2, (w, i) => w * a[i % a.length]);
            const most = largest(adds);
            const box = flow.getBoundingClientRect();
            const ends = probabilities.rows.map((/** @type {Element} */ row) => row.getBoundingClientRect());
            const made = [];
            for (let unit = 0; unit < a.length; unit++) {
                const from = buttons[unit].getBoundingClientRect();
                for (let k = 0; k < names.length; k++) {
                    const share = most > 0 ? adds[k * a.length + unit] / most : 0;
                    if (Math.abs(share) < 0.02) continue;
                    made.push(element("line", {
                        class: share > 0 ? "nm-excites" : "nm-silences",
                        "data-unit": unit,
                        "stroke-width": (0.5 + 3.5 * Math.abs(share)).toFixed(2),
                        x1: from.right - box.left, y1: from.top + from.height / 2 - box.top,
                        x2: ends[k].left - box.left - 4, y2: ends[k].top + ends[k].height / 2 - box.top,
                    }));
                }
            }
            lines.replaceChildren(...made);
        };

        const usualRate = () => wayOf(recipe.optimizer).rate;

        // It trains.
        const training = trainer(bindings, (report) => {
            losses = losses.concat(report.losses);
            const loss = losses[losses.length - 1];
            chart.show([losses], recipe.epochs);
            const count = recipe.horizontal + recipe.vertical + recipe.x;
            const batches = recipe.optimizer === "by-hand" ? "" : ` in batches of ${recipe.batch}`;
            status.textContent = `Epoch ${report.epoch} of ${recipe.epochs} on ${count} examples${batches}: ` +
                `loss ${digits(loss)}, ${percent(report.accuracy)} of them right. ` +
                `${report.done ? "Trained" : "Training"} for ${report.seconds.toFixed(2)} s.`;
            host.dataset.epoch = String(report.epoch);
            if (!report.finite) {
                complain([...notes, `By epoch ${report.epoch}, weights were infinite or no number: the learning rate is too large.`]);
                host.dataset.trained = "diverged";
                return;
            }
            network?.free();
            network = new bindings.Network(recipe.hidden, report.parameters);
            look();
            if (!report.done) return;
            host.dataset.trained = "yes";
            status.textContent += ` Of ${NEW_DRAWINGS} new drawings: ${percent(shareOfNew(network))} right.`;
            const guess = Math.log(names.length);
            if (loss > guess) {
                const remedy = recipe["learning-rate"] > 4 * usualRate() ? "a smaller learning rate"
                    : recipe.noise > 0.2 ? "less noise" : "more epochs, more hidden units or another seed";
                complain([...notes, `That is worse than guessing, with its loss of ${digits(guess)}: try ${remedy}.`]);
            }
        }, (error) => complain([error]));
        // Drawings of the generator, without noise, that it was not trained on, but for chance.
        const shareOfNew = (/** @type {wasm_bindgen.Network} */ network) => {
            let right = 0;
            for (let i = 0; i < NEW_DRAWINGS; i++) {
                const yhat = network.predict(bindings.draw(i % names.length, 4294967295 - i));
                if (yhat.indexOf(Math.max(...yhat)) === i % names.length) right += 1;
            }
            return right / NEW_DRAWINGS;
        };
        /** @param {string[]} sentences */
        const complain = (sentences) => {
            trouble.hidden = sentences.length === 0;
            trouble.textContent = sentences.join(" ");
        };
        const start = () => {
            losses = [];
            complain(notes);
            host.dataset.trained = "no";
            optimizer.value = recipe.optimizer;
            inputs.forEach((input, i) => { input.value = String(recipe[SETTINGS[i].name]); });
            chart.show([losses], recipe.epochs);
            status.textContent = "Drawing the examples …";
            training.start(recipe);
            step.restart();
            remember();
        };
        const change = () => {
            const given = new URLSearchParams([optimizer, ...inputs].map((input) => [input.name, input.value]));
            // A learning rate that nobody has chosen does not outlive its optimizer.
            if (optimizer.value !== recipe.optimizer && recipe["learning-rate"] === usualRate()) given.delete("learning-rate");
            ({ recipe, notes } = understand(given));
            start();
        };
        const reseed = () => {
            inputs[7].value = String(Math.floor(Math.random() * 10000));
            change();
        };
        const reset = () => {
            ({ recipe, notes } = understand(new URLSearchParams()));
            start();
        };
        let samples = 0;
        const sample = () => {
            samples += 1;
            const seed = Math.floor(Math.random() * 4294967296);
            board.show(bindings.draw(samples % names.length, seed));
        };

        // The address remembers, so that a link brings others to the same place.
        const remember = () => {
            if (!isFirst || !ready) return;
            const state = new URLSearchParams();
            if (recipe.optimizer !== WAYS[0].name) state.set("optimizer", recipe.optimizer);
            const usual = defaults(wayOf(recipe.optimizer));
            for (const { name } of SETTINGS) {
                if (recipe[name] !== usual[name]) state.set(name, String(recipe[name]));
            }
            if (board.pixels.some((pixel) => pixel > 0)) state.set("drawing", board.pixels.join(""));
            const fragment = state.toString();
            if (fragment || location.hash.includes("=")) {
                history.replaceState(history.state, "", fragment ? `#${fragment}` : location.pathname + location.search);
            }
        };
        const restore = () => {
            const given = new URLSearchParams(location.hash.slice(1));
            ({ recipe, notes } = understand(given));
            const drawing = given.get("drawing") ?? "";
            if (/^[01]{36}$/.test(drawing)) {
                board.show(Array.from(drawing, Number));
            } else {
                board.clear();
                if (drawing) notes.push("Drawing: it is not 36 times 0 or 1, so the grid is empty.");
            }
        };
        let ready = false;

        host.replaceChildren(demo);
        keepKeys(demo);
        form.addEventListener("change", change);
        form.addEventListener("submit", (/** @type {Event} */ event) => {
            // What is submitted has been changed before, and understood.
            event.preventDefault();
            start();
        });
        new ResizeObserver(drawLines).observe(flow);
        onTheme(() => look());
        if (isFirst) {
            restore();
            addEventListener("hashchange", () => {
                if (!location.hash.includes("=")) return;
                restore();
                start();
            });
        }
        ready = true;
        start();
    };

    customElements.get("no-magic-demo") ?? customElements.define("no-magic-demo", class extends HTMLElement {
        connectedCallback() {
            noMagic.enliven(this, (bindings) => build(this, bindings));
        }
    });
})();
