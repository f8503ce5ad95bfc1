// report.mjs - see report.sh: how long a page of 100,000 rows takes to open, to follow a choice, and to show its tables.
import { statSync } from "node:fs";
import { launch, lfbench, open } from "../browser/lib.mjs";

const OPEN_MS = 2000;
const FILTER_MS = 200;
const TIMES = 7;

const begun = Date.now();
lfbench("report", "many.csv", "-o", "many.html");
console.log(`lfbench report: ${Date.now() - begun} ms, ${(statSync("many.html").size / 1e6).toFixed(1)} MB`);
const browser = await launch();
const opened = [];
const filtered = [];
for (let i = 0; i < TIMES; i++) {
	const start = Date.now();
	const { page } = await open(browser, `${process.cwd()}/many.html`);
	await page.waitForFunction(() => window.lfbench?.drawn.includes("pick"));
	opened.push(Date.now() - start);
	if (i === 0) console.log(await page.evaluate(() => `in the page: parsed by ${Math.round(performance.timing.domInteractive - performance.timing.navigationStart)} ms, of which the script ${Math.round(window.lfbench.started_ms)} ms`));
	for (const [name, value] of [["capacity", "31"], ["threads", "2+2"], ["memory", "any"], ["workload", "pairs"]]) {
		await page.selectOption(`select[name=${name}]`, value);
		// With the frame that shows it.
		filtered.push(await page.evaluate(() => new Promise((done) => { const from = performance.now(); requestAnimationFrame(() => setTimeout(() => done(window.lfbench.changed_ms + performance.now() - from))); })));
	}
	if (i === 0)
		for (const id of ["which", "shapes", "sure", "why"]) console.log(`unfolding the tables of "${id}": ${Math.round(await page.evaluate(unfold, id))} ms`);
	await page.close();
}
await browser.close();

/** Runs in the page. */
function unfold(id) {
	return new Promise((done) => {
		const from = performance.now();
		const details = document.querySelector(`#${id} details.tables`);
		details.addEventListener("toggle", () => requestAnimationFrame(() => setTimeout(() => done(performance.now() - from))), { once: true });
		details.open = true;
	});
}
const median = (values) => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)];
console.log(`open: median ${median(opened)} ms, slowest ${Math.max(...opened)} ms (at most ${OPEN_MS})`);
console.log(`filter: median ${median(filtered).toFixed(0)} ms, slowest ${Math.max(...filtered).toFixed(0)} ms (at most ${FILTER_MS})`);
process.exitCode = median(opened) <= OPEN_MS && Math.max(...filtered) <= FILTER_MS ? 0 : 1;
