// The figures that can be played with, in a real browser.

import assert from "node:assert/strict";
import { test } from "node:test";
import { COLORS, overflow, useBrowser, violations } from "./book.mjs";

const { visit } = useBrowser();

test("softmax: without the subtraction large logits give NaN", async (t) => {
    const { page, troubles } = await visit(t, "softmax.html");
    const figure = page.locator("softmax-figure[data-state=live]");
    const values = () => figure.locator(".nm-value").allTextContents();
    await figure.waitFor();
    assert.deepEqual(await values(), ["9.0%", "24.5%", "66.5%"]);
    await figure.getByRole("button", { name: "[1000, 1001, 1002]" }).click();
    assert.deepEqual(await values(), ["9.0%", "24.5%", "66.5%"]);
    await figure.getByRole("checkbox").uncheck();
    assert.deepEqual(await values(), ["NaN", "NaN", "NaN"]);
    assert.match(await figure.getByRole("status").textContent(), /NaN/);
    assert.deepEqual(await violations(page), []);
    await figure.getByRole("slider").last().fill("0");
    assert.deepEqual(await values(), ["9.0%", "24.5%", "66.5%"]);
    await figure.getByRole("slider").first().focus();
    await page.keyboard.press("ArrowRight");
    assert.match(page.url(), /softmax\.html$/);
    assert.match(await figure.locator("output").first().textContent(), /^0\.100$/);
    assert.deepEqual(troubles, []);
});

test("the transpose: the arrow keys go through rows and columns", async (t) => {
    const { page, troubles } = await visit(t, "layer.html");
    const figure = page.locator("transpose-figure[data-state=live]");
    await figure.waitFor();
    const sentence = () => figure.getByRole("status").textContent();
    await figure.getByRole("button").first().focus();
    assert.equal(await sentence(), "Forward, along row 0: z₀ = 1 · 1 + 2 · 2 + 0.5 · 1 + 1 · 3 = 8.5.");
    await page.keyboard.press("ArrowRight");
    assert.match(await sentence(), /^Forward, along row 1: z₁ = 0\.5 · 1 \+ 1 · 2 \+ 3 · 1 \+ 2 · 3 = 11\.5\.$/);
    await page.keyboard.press("ArrowRight");
    await page.keyboard.press("ArrowRight");
    assert.equal(await sentence(), "Backward, down column 0: dx₀ = 1 · 1 + 2 · 0.5 + 3 · 2 = 8.");
    assert.equal(await figure.locator(".nm-down").count(), 6);
    await page.keyboard.press("End");
    assert.equal(await sentence(), "Backward, down column 3: dx₃ = 1 · 1 + 2 · 2 + 3 · 1 = 8.");
    await page.keyboard.press("ArrowRight");
    assert.match(page.url(), /layer\.html$/);
    await figure.getByRole("button").first().click();
    assert.equal(await figure.locator(".nm-along").count(), 8);
    assert.deepEqual(troubles, []);
});

test("the learning rate bends the curve", async (t) => {
    const { page, troubles } = await visit(t, "training.html");
    const figure = page.locator("learning-rate-figure[data-state=live]");
    await figure.waitFor();
    const curve = () => figure.locator(".nm-curve:not(.nm-before)").getAttribute("d");
    const first = await curve();
    assert.equal(await figure.locator(".nm-before").getAttribute("d"), first);
    assert.match(await figure.getByRole("status").textContent(), /^After 100 epochs: loss \S+, 100\.0% right\.$/);
    await figure.getByRole("slider").fill("-3");
    assert.notEqual(await curve(), first);
    const slow = await figure.getByRole("status").textContent();
    await figure.getByRole("slider").fill("1");
    assert.notEqual(await figure.getByRole("status").textContent(), slow);
    assert.equal(await figure.locator(".nm-before").getAttribute("d"), first);
    assert.deepEqual(troubles, []);
});

/** The race of the optimizers, on the screen. */
const visitRace = async (t, options) => {
    const { page, troubles } = await visit(t, "optimizers.html", options);
    const race = page.locator("race-figure[data-state=live]");
    await race.scrollIntoViewIfNeeded();
    // Then it starts once more.
    await page.locator("race-figure[data-seen=yes]").waitFor();
    const paths = () => race.locator(".nm-chart .nm-curve:not(.nm-before)").evaluateAll(
        (curves) => curves.map((curve) => curve.getAttribute("d")));
    const lengths = async () => (await paths()).map((path) => path ? path.split("L").length : 0);
    const losses = async () => {
        const said = await race.getByRole("status").filter({ hasText: /^The loss after 60 epochs: / }).textContent();
        return said.match(/SGD (\S+), momentum (\S+), Adam (\S+)\.$/).slice(1);
    };
    return { page, troubles, race, paths, lengths, losses };
};

test("the race: the curves grow epoch by epoch, and carry their names", async (t) => {
    const { page, troubles, race, lengths, losses } = await visitRace(t);
    await losses();
    await page.evaluate(() => {
        globalThis.seen = [];
        new MutationObserver(() => globalThis.seen.push(
            document.querySelector("race-figure .nm-chart .nm-curve-2").getAttribute("d").split("L").length,
        )).observe(document.querySelector("race-figure .nm-chart .nm-curve-2"), { attributeFilter: ["d"] });
    });
    await race.getByRole("button", { name: "Run again" }).click();
    await page.waitForFunction(() => globalThis.seen.at(-1) === 60);
    assert.deepEqual(await page.evaluate(() => globalThis.seen), Array.from({ length: 60 }, (_, i) => i + 1));
    assert.deepEqual(await lengths(), [60, 60, 60]);
    // Those of the printed figure.
    assert.deepEqual(await losses(), ["0.076", "0.0020", "0.0018"]);
    assert.equal(await race.getByRole("img").getAttribute("aria-label"),
        "The loss over 60 epochs, SGD from 1.152 to 0.076; momentum from 1.086 to 0.002; Adam from 1.088 to 0.002");
    const names = await race.locator(".nm-chart [class^=nm-label]").evaluateAll(
        (labels) => labels.map((label) => [label.textContent, Number(label.getAttribute("y"))]));
    assert.deepEqual(names.map(([name]) => name), ["SGD", "momentum", "Adam"]);
    const heights = names.map(([, y]) => y).sort((a, b) => a - b);
    assert.ok(heights.every((y, i) => i === 0 || y - heights[i - 1] >= 14), `the names touch: ${heights}`);
    const dashes = await race.locator(".nm-chart .nm-curve:not(.nm-before)").evaluateAll(
        (curves) => curves.map((curve) => getComputedStyle(curve).strokeDasharray));
    assert.equal(new Set(dashes).size, 3, "the curves differ by more than their color");
    assert.deepEqual(troubles, []);
});

test("the race: each slider changes its curve, and the batch size all of them, with the keyboard as well", async (t) => {
    const { page, troubles, race, paths, losses } = await visitRace(t);
    await losses();
    const url = page.url();
    const group = race.getByRole("group", { name: "Learning rates" });
    let before = await paths();
    for (const [i, name] of ["SGD", "momentum", "Adam"].entries()) {
        await group.getByRole("slider", { name }).focus();
        for (let press = 0; press < 4; press++) await page.keyboard.press("ArrowLeft");
        await losses();
        const after = await paths();
        assert.deepEqual(after.map((path, k) => path !== before[k]), [0, 1, 2].map((k) => k === i), name);
        before = after;
    }
    await page.keyboard.press("Tab");
    assert.equal(await page.evaluate(() => document.activeElement.parentElement.textContent), "batch size32");
    await page.keyboard.press("ArrowRight");
    await losses();
    assert.equal(await race.getByRole("slider", { name: "batch size" }).getAttribute("aria-valuetext"), "64");
    const after = await paths();
    assert.ok(after.every((path, k) => path !== before[k]));
    await page.keyboard.press("Tab");
    await page.keyboard.press("Enter");
    assert.equal(await race.getByRole("status").textContent(), "…");
    await losses();
    assert.deepEqual(await paths(), after);
    assert.equal(page.url(), url);
    assert.deepEqual(troubles, []);
});

test("the race: with reduced motion it is there at once", async (t) => {
    const { page, troubles, race, lengths } = await visitRace(t, {
        reducedMotion: "reduce", prepare: () => { globalThis.requestAnimationFrame = () => 0; },
    });
    assert.deepEqual(await lengths(), [60, 60, 60]);
    await page.evaluate(() => {
        const figure = document.querySelector("race-figure");
        figure.querySelector(".nm-chart .nm-curve").setAttribute("d", "");
        figure.querySelector("button").click();
    });
    assert.deepEqual(await lengths(), [60, 60, 60]);
    assert.match(await race.getByRole("status").textContent(), /^The loss after 60 epochs: /);
    assert.deepEqual(troubles, []);
});

test("the race: what does not learn is told as well", async (t) => {
    const { page, troubles, race, losses } = await visitRace(t, { reducedMotion: "reduce" });
    for (const slider of await race.getByRole("slider").all()) await slider.fill("1");
    for (const loss of await losses()) assert.ok(!(Number(loss) < 0.5), loss);
    await race.getByRole("slider", { name: "batch size" }).fill("0");
    await losses();
    assert.deepEqual(await violations(page), []);
    assert.deepEqual(troubles, []);
});

for (const colorScheme of ["light", "dark"]) {
    for (const width of [390, 1280]) {
        test(`the race, ${colorScheme}, ${width} pixels wide`, async (t) => {
            const { page, troubles, race, losses } = await visitRace(t, { colorScheme, viewport: { width, height: 900 } });
            await losses();
            assert.equal(await overflow(page), 0, "the page scrolls sideways");
            assert.deepEqual(await violations(page, colorScheme === "dark" ? COLORS : {}), []);
            const outside = await race.locator(".nm-chart text").evaluateAll((texts) => texts.filter((text) => {
                const [box, chart] = [text.getBoundingClientRect(), text.ownerSVGElement.getBoundingClientRect()];
                return box.left < chart.left || box.right > chart.right || box.top < chart.top || box.bottom > chart.bottom;
            }).map((text) => text.textContent));
            assert.deepEqual(outside, []);
            assert.deepEqual(troubles, []);
        });
    }
}

test("the race: without JavaScript there is the printed figure", async (t) => {
    const { page } = await visit(t, "optimizers.html", { javaScriptEnabled: false });
    assert.ok(await page.locator("race-figure svg").isVisible());
});
