// Every page of the book in a real browser: light and dark, on a phone and on a desk.
//
// `npm ci && npm test` in this folder, with Chromium installed (CHROMIUM names it if it is elsewhere).

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { after, before, test } from "node:test";
import { launch, overflow, root, serve, violations, watch } from "./book.mjs";

const summary = readFileSync(`${root}book/src/SUMMARY.md`, "utf8");
const pages = [...summary.matchAll(/\(([\w/-]+)\.md\)/g)].map(([, page]) => `${page}.html`);

let server, browser, address;

before(async () => {
    server = await serve();
    address = server.address;
    browser = await launch();
});

after(async () => {
    await browser?.close();
    server?.close();
});

for (const colorScheme of ["light", "dark"]) {
    for (const width of [390, 1280]) {
        for (const path of pages) {
            test(`${path}, ${colorScheme}, ${width} pixels wide`, async () => {
                const context = await browser.newContext({ colorScheme, viewport: { width, height: 900 } });
                const page = await context.newPage();
                const troubles = watch(page, address);

                await page.goto(`${address}/${path}`, { waitUntil: "load" });
                await page.evaluate(() => document.fonts.ready);
                assert.deepEqual(troubles, []);

                assert.equal(await overflow(page), 0, "the page scrolls sideways");
                assert.deepEqual(await violations(page), []);
                await context.close();
            });
        }
    }
}

test("the arrow keys scroll a focused snippet rather than turn the page", async () => {
    const context = await browser.newContext({ viewport: { width: 390, height: 900 } });
    const page = await context.newPage();
    await page.goto(`${address}/layer.html`, { waitUntil: "load" });
    await page.locator("pre code[tabindex]").first().focus();
    await page.keyboard.press("ArrowRight");
    await page.waitForTimeout(300);
    assert.match(page.url(), /layer\.html$/);
    await context.close();
});

test("the keyboard opens and closes the table of contents, without motion as well", async () => {
    const context = await browser.newContext({ reducedMotion: "reduce", viewport: { width: 390, height: 900 } });
    const page = await context.newPage();
    await page.goto(`${address}/layer.html`, { waitUntil: "load" });
    const contents = page.locator("#mdbook-sidebar");
    await page.locator("#mdbook-sidebar-toggle").focus();
    await page.keyboard.press("Enter");
    const isInPlace = (element) => element.getBoundingClientRect().left === 0;
    await page.waitForFunction(isInPlace, await contents.elementHandle());
    await page.keyboard.press("Space");
    await contents.waitFor({ state: "hidden" });
    await context.close();
});

test("on paper hints are open and the text is dark, in a dark theme as well", async () => {
    const context = await browser.newContext({ colorScheme: "dark" });
    const page = await context.newPage();
    await page.goto(`${address}/exercises/layer.html`, { waitUntil: "load" });
    const hint = page.locator("details p").first();
    assert.equal(await hint.isVisible(), false);
    await page.emulateMedia({ media: "print" });
    assert.equal(await hint.isVisible(), true);
    assert.equal(await hint.evaluate((element) => getComputedStyle(element).color), "rgb(0, 0, 0)");
    await context.close();
});
