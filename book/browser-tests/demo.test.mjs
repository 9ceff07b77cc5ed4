// The live demo, in a real browser.

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { readFileSync, readdirSync } from "node:fs";
import { test } from "node:test";
import { COLORS, folder, overflow, root, serve, useBrowser, violations } from "./book.mjs";

const DEMO = "no-magic-demo";
const HORIZONTAL = "000000".repeat(2) + "111111" + "000000".repeat(3);
const VERTICAL = "001000".repeat(6);
const X = "100001010010001100001100010010100001";

const book = useBrowser();
const { visit } = book;

const trained = (page, demo = DEMO) => page.locator(`${demo}[data-trained=yes]`).waitFor({ state: "attached" });

/** The demo of a page, trained. */
const visitTrained = async (t, path, options) => {
    const visited = await visit(t, path, options);
    await trained(visited.page);
    return visited;
};

const verdict = (page) => page.locator(".nm-verdict").first().textContent();
const status = (page) => page.locator(".nm-status").first().textContent();
const trouble = (page) => page.locator(".nm-trouble").first().textContent();

const drawn = (page) => page.locator(".nm-grid").first().locator(".nm-cell").evaluateAll(
    (cells) => cells.map((cell) => Number(cell.getAttribute("aria-pressed") === "true")).join(""),
);

/** Where the middle of a pixel of the grid is. */
const placer = async (page) => {
    const grid = page.locator(".nm-grid").first();
    await grid.scrollIntoViewIfNeeded();
    const box = await grid.boundingBox();
    return (row, column) => [box.x + (column + 0.5) * box.width / 6, box.y + (row + 0.5) * box.height / 6];
};

/** Draws a stroke with the mouse, with so many events on the way. */
const drag = async (page, from, to, steps) => {
    const at = await placer(page);
    await page.mouse.move(...at(...from));
    await page.mouse.down();
    await page.mouse.move(...at(...to), { steps });
    await page.mouse.up();
};

const setting = (page, name) => page.locator(`.nm-settings [name="${name}"]`).first();
const openAll = (page) => page.locator("main details").evaluateAll((all) => all.forEach((one) => { one.open = true; }));

test("the demo trains, and the loss falls", async (t) => {
    const { page, troubles } = await visit(t, "demo.html#epochs=2000");
    const loss = async () => Number((await status(page)).match(/loss (.+?),/)?.[1].replaceAll("−", "-"));
    await page.waitForFunction(() => document.querySelector("no-magic-demo")?.dataset.epoch > 0);
    const early = await loss();
    await trained(page);
    assert.match(await status(page), /^Epoch 2000 of 2000 on 360 examples: loss .*, 100\.0% of them right\. Trained for [\d.]+ s\. Of 300 new drawings: 9\d\.\d% right\.$/);
    assert.ok(await loss() < early, `the loss was ${early}, and is ${await loss()}`);
    assert.match(await page.locator(".nm-chart").getAttribute("aria-label"), /^The loss over 2000 epochs, from 0\.\d+ to /);
    assert.deepEqual(troubles, []);
});

test("the default run gives the bits of native Rust", async (t) => {
    const native = JSON.parse(execFileSync("cargo", ["run", "--quiet", "--package", "bindings", "--example", "default_run"], {
        cwd: root, encoding: "utf8", maxBuffer: 1e8,
    }));
    const { page } = await visitTrained(t);
    const here = await page.evaluate(async () => {
        const bindings = await noMagic.load();
        const training = new bindings.Training(120, 120, 120, 16, 0, 0);
        const losses = Array.from({ length: 600 }, () => training.epoch(0.05));
        return { losses, parameters: Array.from(training.parameters()) };
    });
    assert.equal(native.losses.length, 600);
    assert.equal(native.parameters.length, 16 * 37 + 3 * 17);
    for (const name of ["losses", "parameters"]) {
        assert.equal(here[name].length, native[name].length);
        native[name].forEach((value, i) => assert.ok(Object.is(here[name][i], value), `${name} ${i}`));
    }
    // What the page itself has trained, in its worker.
    await openAll(page);
    const last = native.losses.at(-1);
    const text = last < 1e-3 ? last.toExponential(2).replace("-", "−") : last.toFixed(3);
    assert.ok((await status(page)).includes(`loss ${text},`), await status(page));
});

test("drawings made with the mouse are recognized", async (t) => {
    const { page, troubles } = await visitTrained(t);
    const clear = () => page.getByRole("button", { name: "Clear", exact: true }).click();

    for (let row = 0; row < 6; row++) await page.locator(".nm-cell").nth(6 * row + 2).click();
    assert.equal(await drawn(page), VERTICAL);
    assert.match(await verdict(page), /^vertical line, \d+\.\d%$/);

    await clear();
    assert.equal(await verdict(page), "nothing drawn yet");
    await drag(page, [2, 0], [2, 5], 30);
    assert.equal(await drawn(page), HORIZONTAL);
    assert.match(await verdict(page), /^horizontal line/);

    // A fast stroke: one event from end to end.
    await clear();
    await drag(page, [0, 0], [5, 5], 1);
    await drag(page, [0, 5], [5, 0], 1);
    assert.equal(await drawn(page), X);
    assert.match(await verdict(page), /^X/);
    assert.deepEqual(troubles, []);
});

test("the first pixel of a stroke decides whether it sets or clears", async (t) => {
    const { page } = await visitTrained(t, `demo.html#drawing=${HORIZONTAL}`);
    await drag(page, [0, 3], [5, 3], 10);
    assert.equal(await drawn(page), "000100000100111111000100000100000100");
    await drag(page, [2, 3], [2, 5], 10);
    assert.equal(await drawn(page), "000100000100111000000100000100000100");
    await drag(page, [5, 3], [0, 3], 1);
    assert.equal(await drawn(page), "000000".repeat(2) + "111000" + "000000".repeat(3));
});

test("a stroke may leave the grid, end outside of it, and come from the main button alone", async (t) => {
    const { page } = await visitTrained(t);
    await drag(page, [2, 0], [2, 9], 3);
    assert.equal(await drawn(page), HORIZONTAL);
    await page.mouse.move(...(await placer(page))(0, 0));
    assert.equal(await drawn(page), HORIZONTAL);
    await page.mouse.down({ button: "right" });
    await page.mouse.up({ button: "right" });
    assert.equal(await drawn(page), HORIZONTAL);
});

test("drawings made with a finger are recognized", async (t) => {
    const { page, troubles } = await visitTrained(t, undefined, {
        hasTouch: true, isMobile: true, viewport: { width: 390, height: 844 },
    });
    const at = await placer(page);
    const scrolled = () => page.evaluate(() => scrollY);
    const before = await scrolled();
    const client = await page.context().newCDPSession(page);
    const point = (id, row, column) => {
        const [x, y] = at(row, column);
        return { id, x, y };
    };
    const touch = (type, ...touchPoints) => client.send("Input.dispatchTouchEvent", { type, touchPoints });

    await page.touchscreen.tap(...at(2, 0));
    assert.equal(await drawn(page), "000000000000100000".padEnd(36, "0"));
    await touch("touchStart", point(0, 2, 1));
    for (const column of [2, 3, 5]) await touch("touchMove", point(0, 2, column));
    await touch("touchEnd");
    assert.equal(await drawn(page), HORIZONTAL);
    assert.match(await verdict(page), /^horizontal line/);

    await page.getByRole("button", { name: "Clear", exact: true }).tap();
    await touch("touchStart", point(0, 0, 2));
    await touch("touchMove", point(0, 5, 2));
    await touch("touchEnd");
    assert.equal(await drawn(page), VERTICAL);
    assert.match(await verdict(page), /^vertical line/);
    assert.equal(await scrolled(), before, "the page does not scroll under the finger");

    // A second finger, or a palm, does not draw a line from the first.
    await page.getByRole("button", { name: "Clear", exact: true }).tap();
    await touch("touchStart", point(0, 0, 0));
    await touch("touchStart", point(0, 0, 0), point(1, 5, 5));
    await touch("touchMove", point(0, 0, 1), point(1, 5, 4));
    await touch("touchMove", point(0, 0, 2), point(1, 5, 3));
    await touch("touchEnd");
    assert.equal(await drawn(page), "111000".padEnd(36, "0"));
    assert.deepEqual(troubles, []);
});

test("the keyboard alone draws, without turning the page, and the verdict is announced", async (t) => {
    const { page, troubles } = await visitTrained(t);
    const url = page.url();
    const inGrid = () => page.evaluate(() => document.activeElement.classList.contains("nm-cell"));
    for (let i = 0; i < 100 && !await inGrid(); i++) await page.keyboard.press("Tab");
    assert.ok(await inGrid(), "Tab reaches the grid");
    const outline = await page.evaluate(() => {
        const { outlineStyle, outlineWidth } = getComputedStyle(document.activeElement);
        return [outlineStyle, parseFloat(outlineWidth)];
    });
    assert.equal(outline[0], "solid");
    assert.ok(outline[1] >= 2, "the focus is visible");

    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("ArrowDown");
    for (let column = 0; column < 6; column++) {
        await page.keyboard.press("Space");
        await page.keyboard.press("ArrowRight");
    }
    assert.equal(await drawn(page), HORIZONTAL);
    for (let i = 0; i < 3; i++) await page.keyboard.press("ArrowRight");
    for (let i = 0; i < 9; i++) await page.keyboard.press("ArrowLeft");
    for (const key of ["ArrowUp", "ArrowUp", "ArrowUp", "End", "Home"]) await page.keyboard.press(key);
    assert.equal(await page.evaluate(() => document.activeElement.getAttribute("aria-label")), "row 1, column 1");

    const announced = page.locator(DEMO).getByRole("status").filter({ hasText: /^horizontal line, \d+ percent$/ });
    await announced.waitFor({ state: "attached" });

    await page.keyboard.press("c");
    assert.equal(await drawn(page), "0".repeat(36));
    await page.waitForTimeout(700);
    assert.equal(await announced.count(), 0);
    assert.equal(page.url(), url);

    // One stop in the tab order; Shift and Tab lead out of it again.
    await page.keyboard.press("Tab");
    assert.equal(await page.evaluate(() => document.activeElement.textContent), "Clear");
    assert.deepEqual(troubles, []);
});

test("the arrow keys move among the hidden units, whose numbers are shown", async (t) => {
    const { page } = await visitTrained(t, `demo.html#drawing=${X}`);
    const url = page.url();
    await page.locator(".nm-unit").first().focus();
    for (const key of ["ArrowRight", "ArrowRight", "ArrowLeft"]) await page.keyboard.press(key);
    assert.match(await page.locator(".nm-unit-numbers").textContent(), /^Unit 1: z = −?[\d.]+ \(bias −?[\d.]+\), so a = /);
    assert.equal(await page.locator(".nm-cell:not([data-tint=''])").count(), 36);
    await page.locator(".nm-unit").nth(1).blur();
    assert.match(await page.locator(".nm-unit-numbers").textContent(), /^Point at a hidden unit/);
    assert.equal(await page.locator(".nm-cell:not([data-tint=''])").count(), 0);
    assert.equal(page.url(), url);
});

test("a shared address brings back the settings and the drawing", async (t) => {
    const fragment = `learning-rate=0.02&epochs=50&hidden=4&horizontal=30&vertical=20&x=10&noise=0.1&seed=7&drawing=${X}`;
    const { page, troubles } = await visitTrained(t, `demo.html#${fragment}`);
    const values = await page.locator(".nm-settings input").evaluateAll(
        (inputs) => inputs.map(({ name, value }) => `${name}=${value}`).sort(),
    );
    assert.deepEqual(values, fragment.split("&").slice(0, 8).sort());
    assert.equal(await drawn(page), X);
    assert.match(await status(page), /^Epoch 50 of 50 on 60 examples/);
    assert.equal(await page.locator(".nm-unit").count(), 4);
    assert.equal(new URL(page.url()).hash, `#${fragment}`);

    // Another address in the same tab counts as a whole.
    await page.evaluate(() => { location.hash = "epochs=20"; });
    await page.locator(".nm-status", { hasText: "Epoch 20 of 20 on 360 examples" }).waitFor();
    assert.equal(await drawn(page), "0".repeat(36));
    assert.deepEqual(troubles, []);
});

test("the address remembers what is changed, and is bare again after Reset and Clear", async (t) => {
    const { page } = await visitTrained(t);
    const bare = page.url();
    const hash = () => new URLSearchParams(new URL(page.url()).hash.slice(1));
    await openAll(page);
    const entries = await page.evaluate(() => history.length);

    await setting(page, "epochs").fill("30");
    await setting(page, "epochs").press("Enter");
    await setting(page, "hidden").fill("5");
    await page.getByRole("button", { name: "Train again" }).click();
    await trained(page);
    assert.deepEqual(Object.fromEntries(hash()), { epochs: "30", hidden: "5" });
    await drag(page, [2, 0], [2, 5], 3);
    assert.deepEqual(Object.fromEntries(hash()), { epochs: "30", hidden: "5", drawing: HORIZONTAL });
    assert.equal(await page.evaluate(() => history.length), entries, "the way back is not lengthened");

    await page.reload();
    await trained(page);
    assert.equal(await drawn(page), HORIZONTAL);
    assert.match(await status(page), /^Epoch 30 of 30/);

    await openAll(page);
    await page.getByRole("button", { name: "Reset" }).click();
    await page.getByRole("button", { name: "Clear", exact: true }).click();
    assert.equal(page.url(), bare);
    await trained(page);
    assert.match(await status(page), /^Epoch 600 of 600/);
    await page.getByRole("button", { name: "Draw one for me" }).click();
    assert.match(hash().get("drawing"), /^[01]*1[01]*$/);
    assert.notEqual(await verdict(page), "nothing drawn yet");
});

test("an ordinary fragment is left alone", async (t) => {
    const { page } = await visitTrained(t, "demo.html#in-a-terminal");
    assert.equal(new URL(page.url()).hash, "#in-a-terminal");
    await page.evaluate(() => { location.hash = "draw"; });
    await page.waitForTimeout(200);
    assert.equal(new URL(page.url()).hash, "#draw");
    assert.equal(await page.locator(DEMO).getAttribute("data-trained"), "yes");
});

const SCRIPT = "<img src=x onerror=globalThis.injected=1>";
const NONSENSE = {
    "epochs=abc": /Epochs: that is no number, so it is 600\./,
    "epochs=": /Epochs: that is no number/,
    "epochs=NaN": /Epochs: that is no number/,
    "epochs=Infinity": /Epochs: it is 10000, from 1 to 10000\./,
    "epochs=1e999": /Epochs: it is 10000/,
    "epochs=-Infinity": /Epochs: it is 1,/,
    "epochs=2.5": /Epochs: it is 3,/,
    "epochs=0": /Epochs: it is 1,/,
    "hidden=-5": /Hidden units: it is 1,/,
    "hidden=1e9": /Hidden units: it is 256,/,
    "learning-rate=0": /Learning rate: it is 0\.0001,/,
    "learning-rate=1e300": /Learning rate: it is 10,/,
    "seed=-1": /Seed: it is 0,/,
    "seed=99999999999999999999": /Seed: it is 4294967295,/,
    "noise=2": /Noise.*: it is 0\.5,/,
    "horizontal=0&vertical=0&x=0": /Without examples there is nothing to learn, so there are 120 of each\./,
    "horizontal=-1&vertical=NaN&x=1e400": /Horizontal lines: it is 0.*Vertical lines: that is no number.*X’s: it is 10000/,
    "drawing=101": /Drawing: it is not 36 times 0 or 1/,
    [`drawing=${"2".repeat(36)}`]: /Drawing: it is not/,
    [`drawing=${"1".repeat(100000)}`]: /Drawing: it is not/,
    [`seed=${encodeURIComponent(SCRIPT)}`]: /Seed: that is no number/,
    [`drawing=${encodeURIComponent(SCRIPT)}&${encodeURIComponent(SCRIPT)}=1`]: /Drawing: it is not/,
    "optimizer=rmsprop": /Optimizer: it is by-hand; there are by-hand, sgd, momentum, adam\./,
    "optimizer=": /Optimizer: it is by-hand/,
    "optimizer=constructor&learning-rate=x": /Optimizer: it is by-hand.*Learning rate: that is no number, so it is 0\.05\./,
    "optimizer=adam&learning-rate=x": /^Learning rate: that is no number, so it is 0\.01\.$/,
    [`optimizer=${encodeURIComponent(SCRIPT)}`]: /Optimizer: it is by-hand/,
    "epochs=7&epochs=9": /^$/,
    "__proto__=1&constructor=2&nonsense=3&=&&&": /^$/,
    "=%E0%A4%A": /^$/,
};

test("nonsense in the address is put right, and the page says how", async (t) => {
    const { page, troubles } = await visit(t, "");
    for (const [fragment, says] of Object.entries(NONSENSE)) {
        const name = fragment.slice(0, 80);
        await page.goto("about:blank");
        await page.goto(`${book.server.address}/demo.html#${fragment}`);
        await page.waitForFunction(() => document.querySelector("no-magic-demo").dataset.epoch > 0);
        assert.match(await trouble(page), says, name);
        assert.equal(await page.locator(".nm-trouble").isVisible(), says.source !== "^$", name);
        const invalid = await page.locator(".nm-settings input:invalid").count();
        assert.equal(invalid, 0, `${name}: all settings are within their bounds`);
        assert.equal(await page.evaluate(() => globalThis.injected), undefined, name);
        assert.equal(await page.locator(`${DEMO} img`).count(), 0, name);
        // What the address says is what is shown.
        const hash = new URLSearchParams(new URL(page.url()).hash.slice(1));
        for (const [key, value] of hash) assert.equal(await setting(page, key).inputValue(), value, name);
    }
    assert.deepEqual(troubles, []);
});

for (const [optimizer, rate] of Object.entries({ sgd: "0.1", momentum: "0.1", adam: "0.01" })) {
    test(`${optimizer} trains in batches, and recognizes drawings`, async (t) => {
        const { page, troubles } = await visitTrained(t, `demo.html#optimizer=${optimizer}`);
        assert.match(await status(page), /^Epoch 600 of 600 on 360 examples in batches of 32: loss .*, 100\.0% of them right\. Trained/);
        assert.equal(await setting(page, "optimizer").inputValue(), optimizer);
        assert.equal(await setting(page, "learning-rate").inputValue(), rate);
        for (const [drawing, says] of [[HORIZONTAL, /^horizontal line/], [VERTICAL, /^vertical line/], [X, /^X/]]) {
            await page.evaluate((fragment) => { location.hash = fragment; }, `optimizer=${optimizer}&drawing=${drawing}`);
            await page.waitForFunction((drawing) => [...document.querySelectorAll(".nm-cell")]
                .every((cell, i) => (cell.getAttribute("aria-pressed") === "true") === (drawing[i] === "1")), drawing);
            await trained(page);
            assert.match(await verdict(page), says);
        }
        assert.equal(await page.locator(".nm-trouble").isVisible(), false);
        assert.deepEqual(troubles, []);
    });
}

test("in batches the start is that of the training by hand", async (t) => {
    const { page } = await visitTrained(t);
    const same = await page.evaluate(async () => {
        const bindings = await noMagic.load();
        const start = () => new bindings.Training(30, 20, 10, 5, 0.1, 7);
        const byHand = start().parameters();
        return ["sgd", "momentum", "adam"].map((name) => {
            const theirs = new bindings.BatchedTraining(start(), name, 32).parameters();
            return theirs.length === byHand.length && theirs.every((value, i) => Object.is(value, byHand[i]));
        });
    });
    assert.deepEqual(same, [true, true, true]);
    const refused = await page.evaluate(async () => {
        const bindings = await noMagic.load();
        return [["rmsprop", 32], ["adam", 0]].map(([name, size]) => {
            try {
                new bindings.BatchedTraining(new bindings.Training(1, 1, 1, 5, 0, 0), name, size);
                return "";
            } catch (error) {
                return error.message;
            }
        });
    });
    assert.deepEqual(refused, ["the optimizers are sgd, momentum and adam", "a batch needs at least one example"]);
});

test("the optimizer is picked, brings its learning rate along, and is kept in the address", async (t) => {
    const { page, troubles } = await visitTrained(t, "demo.html#epochs=20");
    const hash = () => Object.fromEntries(new URLSearchParams(new URL(page.url()).hash.slice(1)));
    const rate = () => setting(page, "learning-rate").inputValue();
    await openAll(page);
    assert.equal(await setting(page, "optimizer").inputValue(), "by-hand");
    const byHand = (await status(page)).match(/loss (\S+),/)[1];

    await page.getByLabel("Optimizer").selectOption("adam");
    await page.locator(".nm-status", { hasText: "Epoch 20 of 20 on 360 examples in batches of 32" }).waitFor();
    assert.deepEqual(hash(), { optimizer: "adam", epochs: "20" });
    assert.equal(await rate(), "0.01");
    assert.notEqual((await status(page)).match(/loss (\S+),/)[1], byHand);

    // A learning rate that the reader has chosen stays.
    await setting(page, "learning-rate").fill("0.03");
    await setting(page, "learning-rate").press("Enter");
    await page.getByLabel("Optimizer").selectOption("momentum");
    assert.equal(await rate(), "0.03");
    assert.deepEqual(hash(), { optimizer: "momentum", epochs: "20", "learning-rate": "0.03" });
    await page.reload();
    await trained(page);
    assert.equal(await setting(page, "optimizer").inputValue(), "momentum");
    assert.equal(await rate(), "0.03");

    // The keyboard changes it, and turns no page.
    await openAll(page);
    await setting(page, "optimizer").focus();
    await page.keyboard.press("ArrowUp");
    assert.equal(await setting(page, "optimizer").inputValue(), "sgd");
    await page.getByRole("button", { name: "Reset" }).click();
    assert.equal(await setting(page, "optimizer").inputValue(), "by-hand");
    assert.equal(await rate(), "0.05");
    assert.deepEqual(hash(), {});
    await trained(page);
    assert.match(await status(page), /^Epoch 600 of 600 on 360 examples: /);
    assert.deepEqual(troubles, []);
});

test("nonsense in the form is put right as well", async (t) => {
    const { page, troubles } = await visitTrained(t, "demo.html#epochs=5");
    await openAll(page);
    for (const [name, text, says] of [["epochs", "", /no number/], ["hidden", "-3", /it is 1,/], ["noise", "9", /it is 0\.5/]]) {
        await setting(page, name).fill(text);
        await setting(page, name).press("Enter");
        assert.match(await trouble(page), says);
    }
    for (const [name, text] of [["noise", "0"], ["hidden", "16"], ["epochs", "30"]]) {
        await setting(page, name).fill(text);
        await setting(page, name).press("Enter");
    }
    assert.equal(await page.locator(".nm-trouble").isVisible(), false);
    await trained(page);
    assert.deepEqual(troubles, []);
});

test("10,000 examples of each class", async (t) => {
    const { page, troubles } = await visitTrained(t, "demo.html#horizontal=10000&vertical=10000&x=10000&epochs=3&noise=0.05");
    assert.match(await status(page), /^Epoch 3 of 3 on 30000 examples/);
    assert.deepEqual(troubles, []);
});

for (const hidden of [1, 256]) {
    test(`${hidden} hidden units`, async (t) => {
        const { page, troubles } = await visitTrained(t, `demo.html#hidden=${hidden}&epochs=60&drawing=${X}`, {
            viewport: { width: 390, height: 900 },
        });
        assert.equal(await page.locator(".nm-unit").count(), hidden);
        assert.match(await page.locator(".nm-unit").last().getAttribute("aria-label"), new RegExp(`^Unit ${hidden - 1}: z is `));
        if (hidden > 1) assert.match(await verdict(page), /^X/);
        assert.equal(await overflow(page), 0);
        assert.deepEqual(troubles, []);
    });
}

test("a learning rate that is too large is named as the trouble", async (t) => {
    const { page, troubles } = await visitTrained(t, "demo.html#learning-rate=10&epochs=50");
    assert.match(await trouble(page), /^That is worse than guessing, with its loss of 1\.099: try a smaller learning rate\.$/);
    await openAll(page);
    await page.getByRole("button", { name: "Reset" }).click();
    await trained(page);
    assert.equal(await page.locator(".nm-trouble").isVisible(), false);
    assert.deepEqual(troubles, []);
});

test("weights that are infinite end the training, and the network of before stays", async (t) => {
    const { page, troubles } = await visitTrained(t, `demo.html#drawing=${X}`, { prepare: () => { delete globalThis.Worker; } });
    const before = await verdict(page);
    for (const broken of ["NaN", "Infinity"]) {
        await page.evaluate(async (broken) => {
            const { Training } = await noMagic.load();
            Training.prototype.epoch = () => broken === "NaN" ? NaN : 1;
            Training.prototype.parameters = () => new Float64Array(16 * 37 + 3 * 17).fill(Number(broken));
        }, broken);
        await page.locator(".nm-play").evaluate((play) => { play.open = true; });
        await page.getByRole("button", { name: "Other seed" }).click();
        await page.locator(`${DEMO}[data-trained=diverged]`).waitFor({ state: "attached" });
        assert.match(await trouble(page), /weights were infinite or no number: the learning rate is too large/);
        assert.equal(await verdict(page), before);
    }
    assert.deepEqual(troubles, []);
});

for (const worker of ["with a worker", "in the page"]) {
    test(`of settings changed in a hurry the last ones win, ${worker}`, async (t) => {
        const prepare = worker === "in the page" ? () => { delete globalThis.Worker; } : undefined;
        const { page, troubles } = await visit(t, "demo.html#epochs=3000", { prepare });
        await page.locator(`${DEMO}[data-state=live]`).waitFor({ state: "attached" });
        await page.evaluate(async () => {
            const input = (name) => document.querySelector(`.nm-settings input[name="${name}"]`);
            const set = (name, value) => {
                input(name).value = value;
                input(name).dispatchEvent(new Event("change", { bubbles: true }));
            };
            for (let i = 0; i < 12; i++) {
                set("x", 100 + i);
                set("hidden", 200 - i);
                await new Promise((resolve) => setTimeout(resolve, i * 3));
            }
            set("hidden", 7);
            set("epochs", 200);
            set("x", 33);
            globalThis.seen = [];
            new MutationObserver(() => globalThis.seen.push(document.querySelector(".nm-status").textContent))
                .observe(document.querySelector(".nm-status"), { childList: true });
        });
        await trained(page);
        assert.match(await status(page), /^Epoch 200 of 200 on 273 examples/);
        const seen = await page.evaluate(() => globalThis.seen);
        const epochs = seen.filter((text) => text.startsWith("Epoch"));
        assert.ok(epochs.length > 0);
        const stale = epochs.filter((text) => !/ of 200 on 273 examples/.test(text));
        assert.deepEqual(stale, []);
        const numbers = epochs.map((text) => Number(text.match(/^Epoch (\d+)/)[1]));
        assert.deepEqual(numbers, [...numbers].sort((a, b) => a - b));
        assert.equal(await page.locator(".nm-unit").count(), 7);
        assert.deepEqual(troubles, []);
    });
}

test("a unit that the network does not have any more shows no numbers", async (t) => {
    const { page, troubles } = await visitTrained(t, "demo.html#hidden=100&epochs=2");
    await page.locator(".nm-unit").nth(90).hover();
    assert.match(await page.locator(".nm-unit-numbers").textContent(), /^Unit 90: /);
    await page.evaluate(() => { location.hash = "hidden=4&epochs=2"; });
    await page.locator(".nm-unit").nth(4).waitFor({ state: "detached" });
    const numbers = await page.evaluate(() => new Promise((resolve) => {
        // The settings are new, and the network is still that of before.
        addEventListener("hashchange", () => {
            document.querySelector(".nm-cell").click();
            resolve(document.querySelector(".nm-unit-numbers").textContent);
        });
        location.hash = "hidden=200&epochs=10000";
    }));
    assert.match(numbers, /^Point at a hidden unit/);
    assert.deepEqual(troubles, []);
});

test("two demos on one page do not disturb each other", async (t) => {
    const { page, troubles } = await visitTrained(t, "demo.html#epochs=100");
    await page.evaluate(() => {
        document.querySelector("no-magic-demo").after(document.createElement("no-magic-demo"));
    });
    await trained(page, `${DEMO} + ${DEMO}`);
    const second = page.locator(DEMO).nth(1);
    assert.match(await second.locator(".nm-status").textContent(), /^Epoch 600 of 600/);
    await second.locator(".nm-cell").first().click();
    assert.equal(await drawn(page), "0".repeat(36));
    assert.equal(new URL(page.url()).hash, "#epochs=100");
    assert.notEqual(await second.locator(".nm-verdict").textContent(), "nothing drawn yet");
    assert.equal(await verdict(page), "nothing drawn yet");
    assert.deepEqual(await violations(page), []);
    assert.deepEqual(troubles, []);
});

test("in a tab in the background, which gets no frames, the training ends as well", async (t) => {
    const { page } = await visit(t, "demo.html#epochs=3000", { prepare: () => { globalThis.requestAnimationFrame = () => 0; } });
    const other = await page.context().newPage();
    await other.goto("about:blank");
    await other.bringToFront();
    await trained(page);
    assert.match(await status(page), /^Epoch 3000 of 3000/);
});

test("the way back from another page leads to the settings and the drawing", async (t) => {
    const { page, troubles } = await visitTrained(t);
    await drag(page, [0, 0], [5, 5], 1);
    await drag(page, [0, 5], [5, 0], 1);
    await openAll(page);
    await setting(page, "epochs").fill("10000");
    await setting(page, "epochs").press("Enter");
    await page.locator(".nm-status", { hasText: "of 10000" }).waitFor();
    await page.goto(`${book.server.address}/layer.html`);
    await page.goBack();
    await page.waitForFunction(() => document.querySelector("no-magic-demo").dataset.epoch > 1000);
    assert.match(await status(page), / of 10000 on 360 examples/);
    assert.equal(await drawn(page), X);
    assert.match(await verdict(page), /^X/);
    assert.deepEqual(troubles, []);
});

test("the drawings made by hand are recognized", async (t) => {
    const { page } = await visitTrained(t);
    const classes = { horizontal: "horizontal line", vertical: "vertical line", x: "X" };
    const drawings = Object.entries(classes).flatMap(([name, label]) => {
        const path = `${root}tests/drawings/${name}`;
        return readdirSync(path).map((file) => {
            const pixels = readFileSync(`${path}/${file}`, "utf8").replaceAll(/[^#.]/g, "");
            return { file: `${name}/${file}`, label, pixels };
        });
    });
    const verdicts = await page.evaluate((drawings) => drawings.map(({ pixels }) => {
        const cells = document.querySelectorAll(".nm-cell");
        [...pixels].forEach((pixel, i) => {
            if ((pixel === "#") !== (cells[i].getAttribute("aria-pressed") === "true")) cells[i].click();
        });
        return document.querySelector(".nm-verdict").textContent;
    }), drawings);
    const missed = drawings.filter(({ label }, i) => !verdicts[i].startsWith(`${label}, `)).map(({ file }) => file);
    assert.ok(drawings.length >= 84 && drawings.every(({ pixels }) => pixels.length === 36));
    assert.ok(missed.length <= 0.03 * drawings.length, `missed: ${missed}`);
});

test("one training step, number by number", async (t) => {
    const { page, troubles } = await visitTrained(t, "demo.html#epochs=5");
    await openAll(page);
    const parts = page.locator(".nm-parts > li");
    for (let part = 1; part <= 4; part++) {
        await page.getByRole("button", { name: /^Step: / }).click();
        assert.equal(await parts.count(), part);
    }
    const text = await page.locator(".nm-parts").textContent();
    const [, after, before] = text.match(/the loss is ([\d.]+), and was ([\d.]+)\./);
    assert.ok(Number(after) < Number(before), "the step makes the loss smaller");
    await page.getByRole("button", { name: "Next example" }).click();
    assert.equal(await parts.count(), 0);
    assert.deepEqual(troubles, []);
});

for (const colorScheme of ["light", "dark"]) {
    for (const width of [390, 1280]) {
        test(`the whole demo, ${colorScheme}, ${width} pixels wide`, async (t) => {
            const { page, troubles } = await visitTrained(t, `demo.html#epochs=100&hidden=20&noise=3&drawing=${X}`, {
                colorScheme, viewport: { width, height: 900 },
            });
            await openAll(page);
            for (let part = 1; part <= 4; part++) await page.getByRole("button", { name: /^Step: / }).click();
            await page.locator(".nm-unit").nth(3).focus();
            assert.equal(await overflow(page), 0, "the page scrolls sideways");
            assert.deepEqual(await violations(page, colorScheme === "dark" ? COLORS : {}), []);
            const lines = await page.locator(".nm-lines line").count();
            assert.equal(lines > 0, width > 700, "lines lead from the units to the classes where there is room");
            assert.deepEqual(troubles, []);
        });
    }
}

for (const theme of ["rust", "coal", "ayu"]) {
    test(`the demo and the transpose in the theme ${theme}`, async (t) => {
        const { page } = await visit(t, "layer.html", { prepare: `localStorage.setItem("mdbook-theme", "${theme}")` });
        await page.locator("transpose-figure[data-state=live]").waitFor();
        assert.match(await page.locator("html").getAttribute("class"), new RegExp(`\\b${theme}\\b`));
        assert.deepEqual(await violations(page, COLORS), []);
        await page.locator("transpose-figure button").last().click();
        assert.deepEqual(await violations(page, COLORS), []);
        await page.goto(`${book.server.address}/demo.html#noise=3&drawing=${X}`);
        await trained(page);
        await openAll(page);
        for (let part = 1; part <= 4; part++) await page.getByRole("button", { name: /^Step: / }).click();
        assert.deepEqual(await violations(page, COLORS), []);
    });
}

test("the demo works below another path", async (t) => {
    const below = await serve("/no-magic/");
    t.after(below.close);
    const { page, troubles } = await visitTrained(t, `demo.html#drawing=${X}`, { address: below.address });
    assert.match(await verdict(page), /^X/);
    assert.match(page.url(), /\/no-magic\/demo\.html#drawing=/);
    assert.deepEqual(troubles, []);
});

test("the demo works from disk", async (t) => {
    const { page, troubles } = await visitTrained(t, "demo.html", { address: `file://${folder}` });
    await drag(page, [2, 0], [2, 5], 3);
    assert.match(await verdict(page), /^horizontal line/);
    assert.equal(new URL(page.url()).hash, `#drawing=${HORIZONTAL}`);
    await page.getByRole("button", { name: "Clear", exact: true }).click();
    assert.equal(new URL(page.url()).hash, "");
    assert.deepEqual(troubles, []);
});

test("without JavaScript there are the picture, the sentence and the command", async (t) => {
    const { page } = await visit(t, "demo.html", { javaScriptEnabled: false });
    const demo = page.locator(DEMO);
    assert.ok(await demo.locator("svg").isVisible());
    assert.ok(await demo.getByText("The demo itself needs JavaScript and WebAssembly.").isVisible());
    assert.ok(await demo.getByText("cargo run --release -- classify").isVisible());
});

test("without WebAssembly the picture stays, with a sentence", async (t) => {
    const { page } = await visit(t, "demo.html", { prepare: () => { delete globalThis.WebAssembly; } });
    await page.locator(`${DEMO}[data-state=failed]`).waitFor();
    const demo = page.locator(DEMO);
    assert.match(await demo.getByRole("alert").textContent(), /^It could not be started here: ReferenceError: WebAssembly/);
    assert.ok(await demo.locator("svg").isVisible());
    assert.ok(await demo.getByText("cargo run --release -- classify").isVisible());
});

test("without workers the demo trains in the page", async (t) => {
    const { page, troubles } = await visitTrained(t, `demo.html#drawing=${X}`, { prepare: () => { delete globalThis.Worker; } });
    assert.match(await status(page), /^Epoch 600 of 600 on 360 examples/);
    assert.match(await verdict(page), /^X/);
    assert.deepEqual(troubles, []);
});

test("where workers are forbidden the demo trains in the page", async (t) => {
    const strict = await serve("/", { "content-security-policy": "worker-src 'none'" });
    t.after(strict.close);
    const { page } = await visitTrained(t, `demo.html#drawing=${X}`, { address: strict.address });
    assert.match(await status(page), /^Epoch 600 of 600 on 360 examples/);
    assert.match(await verdict(page), /^X/);
});
