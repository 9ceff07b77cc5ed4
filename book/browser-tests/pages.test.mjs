// Every page of the book in a real browser: light and dark, on a phone and on a desk.
//
// `npm ci && npm test` in this folder, with Chromium installed (CHROMIUM names it if it is elsewhere).

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { after, before, describe, test } from "node:test";
import { COLORS, overflow, root, useBrowser, violations, watch } from "./book.mjs";

const summary = readFileSync(`${root}book/src/SUMMARY.md`, "utf8");
const pages = [...summary.matchAll(/\(([\w/-]+)\.md\)/g)].map(([, page]) => `${page}.html`);

const book = useBrowser();

/**
 * No style sheet sets a color by the width, and the themes differ in nothing but colors. So a page is
 * checked for colors in the wide window, in both themes, and for everything else in both windows, in one
 * theme. The first page, with the navigation that all pages share, is checked for everything everywhere.
 */
const rules = (path, colorScheme, width) => {
    if (path === pages[0]) return {};
    if (colorScheme === "dark") return width === 1280 ? COLORS : undefined;
    return width === 1280 ? {} : { rules: Object.fromEntries(COLORS.runOnly.map((rule) => [rule, { enabled: false }])) };
};

for (const colorScheme of ["light", "dark"]) {
    for (const width of [390, 1280]) {
        describe(`${colorScheme}, ${width} pixels wide`, () => {
            let page, troubles;

            before(async () => {
                page = await book.browser.newPage({ colorScheme, viewport: { width, height: 900 } });
                troubles = watch(page, book.server.address);
            });

            after(() => page?.close());

            for (const path of pages) {
                test(path, async () => {
                    troubles.length = 0;
                    await page.goto(`${book.server.address}/${path}`, { waitUntil: "load" });
                    await page.evaluate(() => document.fonts.ready);
                    assert.deepEqual(troubles, []);

                    assert.equal(await overflow(page), 0, "the page scrolls sideways");
                    const options = rules(path, colorScheme, width);
                    if (options) assert.deepEqual(await violations(page, options), []);
                });
            }
        });
    }
}

test("the arrow keys scroll a focused snippet rather than turn the page", async (t) => {
    const { page } = await book.visit(t, "layer.html", { viewport: { width: 390, height: 900 } });
    await page.locator("pre code[tabindex]").first().focus();
    await page.keyboard.press("ArrowRight");
    await page.waitForTimeout(300);
    assert.match(page.url(), /layer\.html$/);
});

test("the keyboard opens and closes the table of contents, without motion as well", async (t) => {
    const { page } = await book.visit(t, "layer.html", { reducedMotion: "reduce", viewport: { width: 390, height: 900 } });
    const contents = page.locator("#mdbook-sidebar");
    await page.locator("#mdbook-sidebar-toggle").focus();
    await page.keyboard.press("Enter");
    const isInPlace = (element) => element.getBoundingClientRect().left === 0;
    await page.waitForFunction(isInPlace, await contents.elementHandle());
    await page.keyboard.press("Space");
    await contents.waitFor({ state: "hidden" });
});

test("on paper hints are open and the text is dark, in a dark theme as well", async (t) => {
    const { page } = await book.visit(t, "exercises/layer.html", { colorScheme: "dark" });
    const hint = page.locator("details p").first();
    assert.equal(await hint.isVisible(), false);
    await page.emulateMedia({ media: "print" });
    assert.equal(await hint.isVisible(), true);
    assert.equal(await hint.evaluate((element) => getComputedStyle(element).color), "rgb(0, 0, 0)");
});
