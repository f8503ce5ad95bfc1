// lib.mjs - what the browser's tests share: a headless Chromium, checks that go on and are counted, and commands.
import { execFileSync } from "node:child_process";
import { createRequire } from "node:module";
import { readFileSync } from "node:fs";
import { join } from "node:path";

const packages = createRequire(join(process.env.SOURCE_DIR, "scripts/report/package.json"));
const { chromium } = packages("playwright-core");

export const LFBENCH = process.env.LFBENCH;
export const REFERENCE = join(process.env.SOURCE_DIR, "results/reference.csv");
export const axeSource = () => readFileSync(packages.resolve("axe-core/axe.min.js"), "utf8");

let checks = 0;
let failures = 0;

export function check(what, holds, seen = "") {
	checks++;
	if (holds) return;
	failures++;
	console.log(`FAILED: ${what}${seen === "" ? "" : `\n  seen: ${typeof seen === "string" ? seen : JSON.stringify(seen)}`}`);
}

export function finish() {
	console.log(failures > 0 ? `${failures} of ${checks} checks failed` : `${checks} checks passed`);
	process.exitCode = failures > 0 || checks === 0 ? 1 : 0;
}

export const lfbench = (...args) => execFileSync(LFBENCH, args, { encoding: "utf8", maxBuffer: 1 << 28 });

// The last four: this is a program under test, not somebody's browser, and it is to leave the network alone.
export const launch = () =>
	chromium.launch({
		executablePath: process.env.CHROMIUM,
		args: ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update", "--disable-sync", "--no-first-run"],
	});

/** A page of that file, and what went wrong in it. */
export async function open(browser, path, { hash = "", width = 1200, colorScheme = "light" } = {}) {
	const page = await browser.newPage({ viewport: { width, height: 900 }, colorScheme, acceptDownloads: true });
	const troubles = [];
	page.on("console", (message) => ["error", "warning"].includes(message.type()) && troubles.push(message.text()));
	page.on("pageerror", (error) => troubles.push(error.message));
	page.on("dialog", (dialog) => troubles.push(`a dialog: ${dialog.message()}`) && dialog.dismiss());
	page.on("request", (request) => /^(file|data|blob):/.test(request.url()) || troubles.push(`it loads ${request.url()}`));
	await page.goto(`file://${path}${hash}`);
	return { page, troubles };
}

/** Bring a chart into sight, and wait until it is drawn, of what was chosen last. */
export async function chart(page, id) {
	const figure = page.locator(`#chart-${id}`);
	await figure.scrollIntoViewIfNeeded();
	await page.locator(`#chart-${id}:not([data-stale])`).locator("svg[role=img], p.none").first().waitFor({ timeout: 15000 });
	return figure;
}

/** Marks of a chart that say what they stand for: [{name, value, x, y}]. */
export async function marks(page, id, selector = "[data-mark]") {
	const figure = await chart(page, id);
	return figure.locator(`svg ${selector}`).evaluateAll((elements) =>
		elements
			.filter((element) => /: [-\d.e]+$/.test(element.getAttribute("data-mark") ?? ""))
			.map((element) => {
				const box = element.getBoundingClientRect();
				const [, name, value] = element.getAttribute("data-mark").match(/^(.*): ([-\d.e]+)$/s);
				return { tag: element.tagName, name, value: Number(value), x: box.x + box.width / 2, y: box.y + box.height / 2 };
			}),
	);
}

const near = (a, b) => Math.abs(a - b) <= 1e-5 * Math.abs(b);

/** Whether the marks are of just these names and values. */
export function agree(found, expected) {
	const left = new Map(expected.map(([name, value]) => [name, value]));
	if (found.length !== left.size) return `${found.length} marks, not ${left.size}`;
	for (const { name, value } of found) {
		if (!left.has(name)) return `a mark of ${name}`;
		if (!near(value, left.get(name))) return `${name} at ${value}, not ${left.get(name)}`;
	}
	return "";
}

/** Whether places are the values on a logarithmic scale, to a pixel. */
export function isLogarithmic(found, axis) {
	const sorted = [...found].sort((a, b) => a.value - b.value);
	const [first, last] = [sorted[0], sorted.at(-1)];
	const slope = (last[axis] - first[axis]) / Math.log(last.value / first.value);
	return sorted.every((mark) => Math.abs(first[axis] + slope * Math.log(mark.value / first.value) - mark[axis]) < 1);
}
