// What the live demo and the figures of the chapters share.
// @ts-check
"use strict";

/** @typedef {typeof wasm_bindgen} Bindings */

function makeNoMagic() {
    /** @type {Promise<Bindings> | undefined} */
    let loading;

    /** The network's bindings, instantiated once for the page. */
    const load = () => (loading ??= instantiate());

    const instantiate = async () => {
        const bindings = noMagicNetwork();
        const module = Uint8Array.from(atob(noMagicNetwork.module), (c) => c.charCodeAt(0));
        await bindings({ module_or_path: module });
        return bindings;
    };

    const SVG = "http://www.w3.org/2000/svg";
    const SVG_TAGS = ["svg", "line", "path", "text", "g", "title"];

    /**
     * A new element. Attributes that are undefined or false are left out.
     * @param {string} tag
     * @param {Record<string, any>} [attributes]
     * @param {...(Node | string)} children
     * @returns {any}
     */
    const element = (tag, attributes = {}, ...children) => {
        const made = SVG_TAGS.includes(tag)
            ? document.createElementNS(SVG, tag)
            : document.createElement(tag);
        for (const [name, value] of Object.entries(attributes)) {
            if (typeof value === "function") {
                made.addEventListener(name, value);
            } else if (value !== undefined && value !== false) {
                made.setAttribute(name, value === true ? "" : String(value));
            }
        }
        made.append(...children);
        return made;
    };

    /**
     * Replaces what an element of the page shows without script by what `build` makes of it. If the
     * network can't be loaded, it stays, with a sentence that says why.
     * @param {HTMLElement} host
     * @param {(bindings: Bindings) => void} build
     */
    const enliven = async (host, build) => {
        if (host.dataset.state || /\/print\.html$/.test(location.pathname)) return;
        host.dataset.state = "loading";
        try {
            build(await load());
            host.dataset.state = "live";
        } catch (error) {
            host.dataset.state = "failed";
            host.append(element("p", { role: "alert" }, `It could not be started here: ${error}`));
            throw error;
        }
    };

    /**
     * A number in a few digits; what is no number stays visible as such.
     * @param {number} value
     */
    const digits = (value) => {
        if (!Number.isFinite(value)) return String(value);
        const size = Math.abs(value);
        const text = size !== 0 && (size < 1e-3 || size >= 1e5)
            ? value.toExponential(2)
            : value.toFixed(size < 10 ? 3 : 1);
        return text.replace("-", "−");
    };

    /** @param {number} share */
    const percent = (share) => Number.isFinite(share) ? `${(100 * share).toFixed(1)}%` : String(share);

    /**
     * Bars for probabilities, by the names of the classes.
     * @param {string[]} names
     */
    const bars = (names) => {
        const rows = names.map((name) => {
            const fill = element("span", { class: "nm-fill" });
            const value = element("span", { class: "nm-value" });
            const row = element("li", {}, element("span", { class: "nm-name" }, name),
                element("span", { class: "nm-bar", "aria-hidden": "true" }, fill), value);
            return { row, fill, value };
        });
        const list = element("ul", { class: "nm-bars" }, ...rows.map(({ row }) => row));
        /** @param {ArrayLike<number>} shares */
        const show = (shares) => rows.forEach(({ row, fill, value }, i) => {
            fill.style.width = Number.isFinite(shares[i]) ? `${100 * shares[i]}%` : "0";
            value.textContent = percent(shares[i]);
            row.classList.toggle("nm-nan", !Number.isFinite(shares[i]));
            row.classList.toggle("nm-largest", Array.from(shares).every((share) => shares[i] >= share));
        });
        return { list, rows: rows.map(({ row }) => row), show };
    };

    /**
     * Draws values as colored pixels: what excites in orange, what silences in blue.
     * @param {HTMLCanvasElement} canvas
     * @param {ArrayLike<number>} values
     * @param {number} largest the value of the strongest color
     */
    const paint = (canvas, values, largest) => {
        const style = getComputedStyle(canvas);
        const [excites, silences] = ["--excites", "--silences"].map((name) => style.getPropertyValue(name));
        const context = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
        context.clearRect(0, 0, canvas.width, canvas.height);
        for (let i = 0; i < values.length; i++) {
            context.fillStyle = values[i] > 0 ? excites : silences;
            context.globalAlpha = largest > 0 ? Math.min(1, Math.abs(values[i]) / largest) : 0;
            context.fillRect(i % canvas.width, Math.floor(i / canvas.width), 1, 1);
        }
    };

    /** @param {ArrayLike<number>} values */
    const largest = (values) => Array.from(values).reduce((most, value) => Math.max(most, Math.abs(value)), 0);

    /**
     * Lets the arrow keys move among elements in rows, of which only one is in the tab order.
     * @param {HTMLElement} host
     * @param {HTMLElement[]} items
     * @param {() => number} columns
     */
    const rove = (host, items, columns) => {
        /** @param {number} index */
        const choose = (index) => items.forEach((item, i) => { item.tabIndex = i === index ? 0 : -1; });
        host.addEventListener("keydown", (event) => {
            const at = items.indexOf(/** @type {HTMLElement} */ (event.target));
            const width = columns();
            const column = at % width;
            /** @type {Record<string, number>} */
            const moves = {
                ArrowLeft: column > 0 ? at - 1 : at,
                ArrowRight: column < width - 1 ? at + 1 : at,
                ArrowUp: at - width,
                ArrowDown: at + width,
                Home: at - column,
                End: at - column + width - 1,
            };
            if (at < 0 || !(event.key in moves) || event.ctrlKey || event.altKey || event.metaKey) return;
            event.preventDefault();
            items[moves[event.key]]?.focus();
        });
        host.addEventListener("focusin", (event) => {
            const at = items.indexOf(/** @type {HTMLElement} */ (event.target));
            if (at >= 0) choose(at);
        });
        choose(0);
    };

    /**
     * Keeps the keys that mean something here from the book, which turns pages on the arrow keys.
     * @param {HTMLElement} host
     */
    const keepKeys = (host) => host.addEventListener("keydown", (event) => {
        if (!["Escape", "Tab"].includes(event.key)) event.stopPropagation();
    });

    /**
     * Calls back when the page has got another theme.
     * @param {() => void} redraw
     */
    const onTheme = (redraw) => new MutationObserver(redraw)
        .observe(document.documentElement, { attributeFilter: ["class"] });

    const HEIGHT = 180;
    const LEFT = 44;
    const BOTTOM = 24;
    const DECADES = [1, -5];

    /**
     * A chart of the loss, on a logarithmic axis, over the epochs: one curve, or several with names.
     * @param {string[]} names
     */
    const lossChart = (names = [""]) => {
        const WIDTH = innerWidth < 700 ? 320 : 640;
        // The names stand at the ends of the curves.
        const RIGHT = names.length > 1 ? WIDTH - 76 : WIDTH;
        /** @param {number} loss */
        const y = (loss) => {
            const exponent = Math.log10(Math.max(loss, 1e-300));
            const share = (DECADES[0] - exponent) / (DECADES[0] - DECADES[1]);
            return Math.min(Math.max(share, 0), 1) * (HEIGHT - BOTTOM - 8) + 8;
        };
        const ticks = [];
        for (let exponent = DECADES[0]; exponent >= DECADES[1]; exponent--) {
            const at = y(10 ** exponent);
            const label = exponent > -3 ? String(10 ** exponent) : `10${"⁻"}${"⁰¹²³⁴⁵"[-exponent]}`;
            ticks.push(
                element("line", { class: "nm-tick", x1: LEFT, x2: RIGHT, y1: at, y2: at }),
                element("text", { x: LEFT - 6, y: at + 4, "text-anchor": "end" }, label));
        }
        const before = element("path", { class: "nm-curve nm-before" });
        const curves = names.map((name, i) => ({
            name,
            path: element("path", { class: `nm-curve nm-curve-${i}` }),
            label: element("text", { class: `nm-label-${i}` }),
        }));
        const end = element("text", { x: RIGHT, y: HEIGHT - 6, "text-anchor": "end" });
        const start = element("text", { x: LEFT, y: HEIGHT - 6 }, "loss, by epoch");
        const svg = element("svg", { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, class: "nm-chart", role: "img" },
            ...ticks, before, ...curves.map(({ path }) => path), start, end, ...curves.map(({ label }) => label));
        /**
         * Draws a curve; where it ends, if it has begun.
         * @param {SVGPathElement} path
         * @param {number[]} losses
         * @param {number} epochs
         */
        const draw = (path, losses, epochs) => {
            const stride = Math.max(1, Math.floor(losses.length / WIDTH));
            const points = [];
            let tip;
            for (let i = 0; i < losses.length; i += stride) {
                if (!Number.isFinite(losses[i])) break;
                tip = { x: LEFT + (i / Math.max(1, epochs - 1)) * (RIGHT - LEFT), y: y(losses[i]) };
                points.push(`${tip.x.toFixed(1)} ${tip.y.toFixed(1)}`);
            }
            path.setAttribute("d", points.length ? `M${points.join("L")}` : "");
            return tip;
        };
        /**
         * @param {number[][]} runs the losses of each curve
         * @param {number} epochs how many the axis has room for
         */
        const show = (runs, epochs) => {
            const tips = curves.flatMap(({ name, path, label }, i) => {
                const tip = draw(path, runs[i], epochs);
                label.textContent = tip ? name : "";
                return tip ? [{ ...tip, label }] : [];
            });
            // From the lowest up: names that would touch move apart.
            let floor = HEIGHT - BOTTOM;
            for (const { x, y, label } of tips.sort((a, b) => b.y - a.y)) {
                floor = Math.min(y + 4, floor);
                label.setAttribute("x", String(x + 6));
                label.setAttribute("y", String(floor));
                floor -= 14;
            }
            end.textContent = String(epochs);
            const said = runs.map((losses, i) => (names[i] && `${names[i]} `) +
                `from ${digits(losses[0])} to ${digits(losses[losses.length - 1])}`);
            svg.setAttribute("aria-label", runs[0].length
                ? `The loss over ${runs[0].length} epochs, ${said.join("; ")}`
                : "The loss, before the first epoch");
        };
        /** Keeps the first curve in the background, to compare the next one with. */
        const keep = () => before.setAttribute("d", curves[0].path.getAttribute("d") ?? "");
        return { svg, show, keep };
    };

    /**
     * The optimizers that train in batches, by their names in the bindings, each with a learning rate
     * that suits it.
     */
    const OPTIMIZERS = [
        { name: "sgd", label: "SGD", rate: 0.1 },
        { name: "momentum", label: "momentum", rate: 0.1 },
        { name: "adam", label: "Adam", rate: 0.01 },
    ];

    return {
        load, element, enliven, digits, percent, bars, paint, largest, rove, keepKeys, onTheme, lossChart, OPTIMIZERS,
    };
}

// A page that holds several chapters loads this more than once.
/** @type {ReturnType<typeof makeNoMagic>} */
var noMagic = globalThis.noMagic ?? makeNoMagic();
