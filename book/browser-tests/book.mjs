// The built book, a server for it, and a browser.

import { readFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { createRequire } from "node:module";
import { extname } from "node:path";
import { after, before } from "node:test";
import { fileURLToPath } from "node:url";
import { chromium } from "playwright-core";

export const root = fileURLToPath(new URL("../..", import.meta.url));

/** Where `npm test` has the book built. */
export const folder = `${root}target/book`;

const TYPES = { ".css": "text/css", ".html": "text/html", ".js": "text/javascript", ".svg": "image/svg+xml" };

/**
 * Serves the book below a path, `/` or `/some/where/`, with these headers in each answer. NETWORK can
 * name another build of the live demo's module.
 */
export const serve = async (path = "/", headers = {}) => {
    const server = createServer(async (request, response) => {
        const { pathname } = new URL(request.url, "http://book");
        try {
            if (!pathname.startsWith(path) || pathname.includes("..")) throw new Error("not in the book");
            const file = pathname.slice(path.length) || "index.html";
            const module = file === "demo/network.js" && process.env.NETWORK;
            const content = await readFile(module || `${folder}/${file}`);
            response.writeHead(200, { "content-type": TYPES[extname(file)] ?? "application/octet-stream", ...headers });
            response.end(content);
        } catch {
            response.writeHead(404).end();
        }
    });
    await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
    const close = () => {
        server.close();
        server.closeAllConnections();
    };
    return { address: `http://127.0.0.1:${server.address().port}${path.slice(0, -1)}`, close };
};

/** Chromium, of which CHROMIUM can name another one. */
export const launch = (options = {}) => chromium.launch({
    executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
    args: ["--no-sandbox", "--disable-gpu", "--disable-background-networking"],
    ...options,
});

/** Collects what should not happen in a page: errors, and requests to elsewhere. */
export const watch = (page, address) => {
    const troubles = [];
    page.on("console", (message) => {
        if (message.type() === "error") troubles.push(message.text());
    });
    page.on("pageerror", (error) => troubles.push(String(error)));
    page.on("request", (request) => {
        const url = request.url();
        if (!url.startsWith(address) && !/^(data|blob):/.test(url)) troubles.push(`asks for ${url}`);
    });
    return troubles;
};

/** A server and a browser for the tests of a file. */
export const useBrowser = () => {
    const book = {
        /** A page of the book in a context of its own. */
        visit: async (t, path = "demo.html", { address = book.server.address, prepare, ...options } = {}) => {
            const context = await book.browser.newContext(options);
            t.after(() => context.close());
            const page = await context.newPage();
            const troubles = watch(page, address);
            if (prepare) await page.addInitScript(prepare);
            await page.goto(`${address}/${path}`, { waitUntil: "load" });
            return { page, troubles };
        },
    };
    before(async () => {
        book.server = await serve("/", { "cache-control": "max-age=600" });
        book.browser = await launch();
    });
    after(async () => {
        await book.browser?.close();
        book.server?.close();
    });
    return book;
};

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

/** The rules of axe-core that look at colors: the themes differ in nothing else. */
export const COLORS = { runOnly: ["color-contrast", "link-in-text-block"] };

/** What axe-core finds serious in a page; its options can name the rules. */
export const violations = async (page, options = {}) => {
    await page.evaluate(axe);
    const found = await page.evaluate((options) => globalThis.axe.run({ resultTypes: ["violations"], ...options }), options);
    return found.violations
        .filter(({ impact }) => impact === "serious" || impact === "critical")
        .map(({ id, nodes }) => `${id}: ${nodes[0].html}`);
};

/** By how many pixels a page scrolls sideways. */
export const overflow = (page) => page.evaluate(
    () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
);
