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

    /** A chart of the loss, on a logarithmic axis, over the epochs. */
    const lossChart = () => {
        const WIDTH = innerWidth < 700 ? 320 : 640;
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
                element("line", { class: "nm-tick", x1: LEFT, x2: WIDTH, y1: at, y2: at }),
                element("text", { x: LEFT - 6, y: at + 4, "text-anchor": "end" }, label));
        }
        const before = element("path", { class: "nm-curve nm-before" });
        const curve = element("path", { class: "nm-curve" });
        const end = element("text", { x: WIDTH, y: HEIGHT - 6, "text-anchor": "end" });
        const start = element("text", { x: LEFT, y: HEIGHT - 6 }, "loss, by epoch");
        const svg = element("svg", { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, class: "nm-chart", role: "img" },
            ...ticks, before, curve, start, end);
        /**
         * @param {number[]} losses
         * @param {number} epochs how many the axis has room for
         */
        const show = (losses, epochs) => {
            const stride = Math.max(1, Math.floor(losses.length / WIDTH));
            const points = [];
            for (let i = 0; i < losses.length; i += stride) {
                if (!Number.isFinite(losses[i])) break;
                const x = LEFT + (i / Math.max(1, epochs - 1)) * (WIDTH - LEFT);
                points.push(`${x.toFixed(1)} ${y(losses[i]).toFixed(1)}`);
            }
            curve.setAttribute("d", points.length ? `M${points.join("L")}` : "");
            end.textContent = String(epochs);
            const last = losses[losses.length - 1];
            svg.setAttribute("aria-label", losses.length
                ? `The loss over ${losses.length} epochs, from ${digits(losses[0])} to ${digits(last)}`
                : "The loss, before the first epoch");
        };
        /** Keeps the curve in the background, to compare the next one with. */
        const keep = () => before.setAttribute("d", curve.getAttribute("d") ?? "");
        return { svg, show, keep };
    };

    return {
        load, element, enliven, digits, percent, bars, paint, largest, rove, keepKeys, onTheme, lossChart,
    };
}

// A page that holds several chapters loads this more than once.
/** @type {ReturnType<typeof makeNoMagic>} */
var noMagic = globalThis.noMagic ?? makeNoMagic();
