// Every page of the book in a real browser: light and dark, on a phone and on a desk.
//
// `npm ci && npm test` in this folder, with Chromium installed (CHROMIUM names it if it is elsewhere).

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { after, before, test } from "node:test";
import { chromium } from "playwright-core";

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const root = new URL("../..", import.meta.url).pathname;

const summary = readFileSync(`${root}book/src/SUMMARY.md`, "utf8");
const pages = [...summary.matchAll(/\(([\w/-]+)\.md\)/g)].map(([, page]) => `${page}.html`);

let server, browser, address;

before(async () => {
    server = spawn("cargo", ["run", "--quiet", "--package", "book", "--", "--port", "0"], { cwd: root });
    address = await new Promise((resolve, reject) => {
        let output = "";
        const read = (text) => {
            output += text;
            const found = output.match(/http:\/\/127\.0\.0\.1:\d+/);
            if (found) resolve(found[0]);
        };
        server.stdout.on("data", read);
        server.stderr.on("data", read);
        server.on("exit", () => reject(new Error(`the book is not served: ${output}`)));
    });
    browser = await chromium.launch({
        executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
        args: ["--no-sandbox", "--disable-gpu", "--disable-background-networking"],
    });
});

after(async () => {
    await browser?.close();
    server?.kill();
});

for (const colorScheme of ["light", "dark"]) {
    for (const width of [390, 1280]) {
        for (const path of pages) {
            test(`${path}, ${colorScheme}, ${width} pixels wide`, async () => {
                const context = await browser.newContext({ colorScheme, viewport: { width, height: 900 } });
                const page = await context.newPage();
                const troubles = [];
                page.on("console", (message) => {
                    if (message.type() === "error") troubles.push(message.text());
                });
                page.on("pageerror", (error) => troubles.push(String(error)));
                page.on("request", (request) => {
                    const url = request.url();
                    if (!url.startsWith(address) && !url.startsWith("data:")) troubles.push(`asks for ${url}`);
                });

                await page.goto(`${address}/${path}`, { waitUntil: "load" });
                await page.evaluate(() => document.fonts.ready);
                assert.deepEqual(troubles, []);

                const overflow = await page.evaluate(
                    () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
                );
                assert.equal(overflow, 0, "the page scrolls sideways");

                await page.evaluate(axe);
                const { violations } = await page.evaluate(() => axe.run({ resultTypes: ["violations"] }));
                const serious = violations
                    .filter(({ impact }) => impact === "serious" || impact === "critical")
                    .map(({ id, nodes }) => `${id}: ${nodes[0].html}`);
                assert.deepEqual(serious, []);
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
