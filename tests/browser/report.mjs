// report.mjs - the page of `lfbench report` in a real browser: charts with the CSV's values, filters, links, downloads, keyboard, axe-core.
import { readFileSync, writeFileSync } from "node:fs";
import { agree, axeSource, chart, check, finish, isLogarithmic, launch, lfbench, marks, open, REFERENCE } from "./lib.mjs";

const summary = JSON.parse(lfbench("show", "--json", REFERENCE));
const shape = (workload, producers) => summary.groups.find((group) => group.shape.workload === workload && group.shape.producers === producers);
const queues = (group, ...need) => group.entries.filter((entry) => !entry.reference && entry.ns_per_op.median !== null && need.every((says) => says(entry)));
const fifo = (entry) => entry.semantics.endsWith("-fifo");
const bounded = (entry) => entry.bounded === "1";
const group = shape("producer_consumer", 1);
const CHOICE = "#?workload=producer_consumer&threads=1%2B1";

lfbench("report", REFERENCE, "--force", "-o", "page.html");
const path = `${process.cwd()}/page.html`;
const browser = await launch();

async function figures() {
	const { page, troubles } = await open(browser, path, { hash: CHOICE });
	await drawings(page);
	await downloads(page);
	await rows(page);
	check("no error, no warning, nothing loaded", troubles.length === 0, troubles);
	await page.close();
}

async function drawings(page) {
	const ranked = queues(group, fifo, bounded);

	const dots = await marks(page, "pick", "circle[data-mark]");
	check("pick: a dot for each queue, with its median", agree(dots, ranked.map((entry) => [entry.label, entry.ns_per_op.median])) === "", agree(dots, ranked.map((entry) => [entry.label, entry.ns_per_op.median])));
	check("pick: the dots are where their values are", isLogarithmic(dots, "x"));
	check("pick: the fastest is at the top", dots.sort((a, b) => a.y - b.y).every((dot, i, all) => i === 0 || dot.value >= all[i - 1].value));
	const lines = (await marks(page, "pick", "line[data-mark]")).map(({ name, value }) => [name, value]);
	for (const [backend, name] of [["null", "null: floor"], ["faa", "faa: ceiling"]])
		check(`pick: ${name} is drawn in`, lines.some(([said, value]) => said === name && Math.abs(value / group.entries.find((entry) => entry.backend === backend).ns_per_op.median - 1) < 1e-5), lines);
	const intervals = await page.locator("#chart-pick svg line[data-mark*=' to ']").count();
	check("pick: an interval for each", intervals === ranked.length, intervals);

	const scaling = await marks(page, "scaling", "circle[data-mark]");
	const over = [1, 2].flatMap((producers) => queues(shape("producer_consumer", producers), fifo, bounded).map((entry) => [`${entry.label}, ${2 * producers} threads`, entry.ops_per_s.median]));
	check("scaling: every queue at every number of threads", agree(scaling, over) === "", agree(scaling, over));

	const heat = await marks(page, "heatmap", "rect[data-mark]");
	const cells = summary.groups.flatMap((each) => queues(each, fifo, bounded));
	check("heat map: a cell for each queue in each shape", heat.length === cells.length, heat.length);
	check("heat map: the fastest of each shape is 1", heat.filter((cell) => cell.value === 1).length === summary.groups.length);

	const trials = await marks(page, "trials", "path[data-mark]");
	const rows = readFileSync(REFERENCE, "utf8").split("\n").filter((line) => /,producer_consumer,/.test(line) && !line.includes('"')).map((line) => line.split(","));
	const names = readFileSync(REFERENCE, "utf8").split("\n")[0].split(",");
	const at = (row, name) => row[names.indexOf(name)];
	const expected = rows
		.filter((row) => at(row, "pass") === "throughput" && at(row, "status") === "ok" && at(row, "producers") === "1" && ranked.some((entry) => entry.backend === at(row, "backend")))
		.map((row) => [`${at(row, "backend")}, launch ${at(row, "launch")}, trial ${at(row, "trial")}`, Number(at(row, "ns_per_op"))]);
	check("trials: every row of the CSV is a dot, none is left out", agree(trials, expected) === "", agree(trials, expected));
	const flagged = await page.locator('#chart-trials svg [data-mark^="flagged"]').count();
	const regime = rows.filter((row) => at(row, "pass") === "throughput" && at(row, "producers") === "1" && /regime/.test(at(row, "flags")) && ranked.some((entry) => entry.backend === at(row, "backend"))).length;
	check("trials: flagged ones are marked", flagged === regime, [flagged, regime]);

	const counts = await marks(page, "contention", "rect[data-mark]");
	const cas = counts.filter(({ name }) => name.endsWith("failed CAS/op"));
	const counted = ranked.filter((entry) => entry.contention?.per_op.cas_failures !== null && entry.contention !== undefined).map((entry) => [`${entry.label}, failed CAS/op`, entry.contention.per_op.cas_failures]);
	check("contention: the counts of the CSV", agree(cas, counted) === "", agree(cas, counted));

	const percentiles = await marks(page, "percentiles", "path[data-mark]");
	const shown = ranked.slice(0, 5);
	const closed = shown.flatMap((entry) => {
		const loop = entry.latency.find((each) => each.mode === "closed");
		return [[0.5, loop.p50_ns], [0.99, loop.p99_ns], [0.999, loop.p999_ns]].filter(([, ns]) => ns !== null).map(([p, ns]) => [`${entry.label}, ${p}`, ns]);
	});
	check("percentiles: those of the rows", agree(percentiles, closed) === "", agree(percentiles, closed));

	const loads = await marks(page, "loads", "path[data-mark]");
	const open50 = shown[0].latency.find((each) => each.load_percent === 50);
	check("loads: p99 of the fastest at 50 %", loads.some(({ name, value }) => name === `${shown[0].label}, p99, 50 %` && Math.abs(value / open50.p99_ns - 1) < 1e-5), loads.length);
	const over90 = shown.filter((entry) => entry.latency.some((each) => each.load_percent === 90 && each.overloaded > 0));
	check("loads: who did not keep up is said", (await page.locator('#chart-loads svg [data-mark^="overloaded at 90 %"]').count()) === (over90.length > 0 ? 2 : 0));

	check("the tables are there, folded up", (await page.locator("details.tables:not([open])").count()) >= 4);
}

/** From a figure to the rows that it is the median of. */
async function rows(page) {
	await page.evaluate(() => (document.querySelector("#chart-heatmap details.rows").open = true));
	const last = page.locator("#chart-heatmap details.rows a").last();
	const [cell, href] = [await last.innerText(), await last.getAttribute("href")];
	await last.click();
	const table = page.locator("#chart-trials details.rows[open] table");
	await table.waitFor();
	const found = await table.locator("tbody tr", { hasText: cell }).count();
	const csv = readFileSync(REFERENCE, "utf8").split("\n").filter((line) => line.includes(`,${cell},`) && line.includes(",throughput,") && line.includes(",ok,")).length;
	check("a figure leads to its rows, of its own shape", found > 0 && found === csv && page.url().endsWith(href), [found, csv, page.url(), href]);
}

async function choosing() {
	const { page, troubles } = await open(browser, path);
	const answer = () => page.locator(".answer-line").innerText();

	await page.selectOption("select[name=workload]", "producer_consumer");
	await page.selectOption("select[name=threads]", "2+2");
	check("the answer names the fastest", (await answer()).startsWith(`Fastest: ${queues(shape("producer_consumer", 2), fifo, bounded)[0].label} at 21.5 ns`), await answer());
	check("ties are said, as docs/report.md has it", (await answer()).endsWith("(8.28–64.1). Not resolved from it: spin_ring, mutex_ring, mutex_cond, ck_ring_mpmc. None is slower for sure."), await answer());
	check("the choice is in the link", /workload=producer_consumer.*threads=2%2B2/.test(page.url()), page.url());
	await page.selectOption("select[name=order]", "any");
	await page.selectOption("select[name=memory]", "any");
	check("unlike promises are never ranked together silently", /Unlike promises are ranked together here/.test(await answer()), await answer());
	const all = await marks(page, "pick", "circle[data-mark]");
	check("what promises less is there now", all.some(({ name }) => name === "moodycamel") && all.length === queues(shape("producer_consumer", 2)).length, all.length);
	const url = page.url();
	const said = await answer();
	const again = await open(browser, path, { hash: new URL(url).hash });
	check("a link opens the same view", (await again.page.locator(".answer-line").innerText()) === said);
	await page.selectOption("select[name=push]", "wait_free");
	check("a need that nothing meets is said", /No queue/.test(await answer()) || (await marks(page, "pick", "circle[data-mark]")).length < all.length, await answer());

	await page.locator('nav a[href="#why"]').click();
	check("a section's link keeps the choice", /#why\?.*threads=2%2B2/.test(page.url()), page.url());
	await again.page.locator('a[href="#shape-2"]').first().evaluate((link) => link.click());
	check("a link into folded tables opens them", await again.page.locator("#shape-2").isVisible());
	for (const hash of ["#?workload=%3Cscript%3E&threads=9&order=no&show=%00&load=x&pair=99", "#%", "#which?%E0%A4%A", "#nothing"]) {
		await again.page.goto(`file://${path}${hash}`);
		check(`a link that says nonsense (${hash}) opens all the same`, (await again.page.locator(".answer-line").innerText()).startsWith("Fastest:") && again.troubles.length === 0, again.troubles);
	}
	check("no trouble", troubles.length + again.troubles.length === 0, [...troubles, ...again.troubles]);
	await again.page.close();
	await page.close();
}

async function downloads(page) {
	await chart(page, "pick");
	const get = async (kind) => {
		const [download] = await Promise.all([page.waitForEvent("download"), page.getByRole("button", { name: `Download pick as ${kind}` }).click()]);
		return { name: download.suggestedFilename(), bytes: readFileSync(await download.path()) };
	};
	const csv = await get("CSV");
	const lines = csv.bytes.toString().trimEnd().split("\n");
	const first = queues(group, fifo, bounded)[0];
	check("CSV: a header, and a row for each queue", csv.name === "pick.csv" && lines.length === 1 + queues(group, fifo, bounded).length, lines.length);
	check("CSV: the figures", lines[1].split(",").includes(first.label) && lines[1].split(",").some((text) => Math.abs(Number(text) / first.ns_per_op.median - 1) < 1e-5), lines[1]);
	const svg = await get("SVG");
	const text = svg.bytes.toString();
	check("SVG: a drawing by itself", svg.name === "pick.svg" && text.startsWith("<svg") && text.includes('xmlns="http://www.w3.org/2000/svg"') && text.includes(first.label) && !/href|url\(/.test(text));
	const png = await get("PNG");
	check("PNG: twice as wide", png.bytes.subarray(1, 4).toString() === "PNG" && png.bytes.readUInt32BE(16) > 1500, png.bytes.length);
}

async function keyboard() {
	const { page } = await open(browser, path);
	await page.keyboard.press("Tab");
	check("the first stop skips to the answer", (await page.evaluate(() => document.activeElement.className)) === "skip");
	const stops = [];
	for (let i = 0; i < 14; i++) {
		await page.keyboard.press("Tab");
		stops.push(await page.evaluate(() => document.activeElement.getAttribute("name") ?? document.activeElement.textContent.slice(0, 20)));
	}
	check("Tab gets to the sections, then to the choices", stops.includes("Why?") && stops.indexOf("workload") > stops.indexOf("Why?") && stops.includes("pop"), stops);
	await page.locator("select[name=workload]").focus();
	await page.keyboard.press("ArrowDown");
	await page.waitForFunction(() => location.hash.includes("ping_pong"));
	check("a choice by key keeps the focus", (await page.evaluate(() => document.activeElement.getAttribute("name"))) === "workload");
	await page.close();
}

/**
 * Of one shape and a few queues, of each kind one: axe-core looks at every cell of every table, and those of the others are made alike.
 * Two files, so that what changed is there, too.
 */
async function accessible() {
	writeFileSync("later.csv", readFileSync(REFERENCE, "utf8").replaceAll("50a6a277a5e33786", "60a6a277a5e33786"));
	lfbench("report", "--where", "workload=producer_consumer,producers=1,backend=mutex_ring|vyukov_mpmc|urcu_lfq|null|faa", REFERENCE, "later.csv", "--force", "-o", "shape.html");
	const { page } = await open(browser, `${process.cwd()}/shape.html`, { hash: CHOICE });
	await page.evaluate(axeSource());
	for (const [colorScheme, width] of [["light", 1200], ["dark", 390]]) {
		if (colorScheme === "dark") await page.evaluate(() => (window.lfbench.drawn.length = 0)); // all are to be drawn anew
		await page.emulateMedia({ colorScheme });
		await page.setViewportSize({ width, height: 900 });
		for (const id of ["pick", "compare", "heatmap", "scaling", "trials", "contention", "percentiles", "loads"]) {
			await chart(page, id);
			await page.waitForFunction((which) => window.lfbench.drawn.includes(which), id);
		}
		await page.evaluate(() => document.querySelectorAll("details").forEach((details) => (details.open = true)));
		// All rules once; then those that colours and width can change.
		const only = colorScheme === "dark" ? { runOnly: { type: "rule", values: ["color-contrast", "link-in-text-block", "scrollable-region-focusable"] } } : {};
		const { violations } = await page.evaluate((rules) => window.axe.run(document, { resultTypes: ["violations"], elementRef: false, preload: false, ...rules }), only);
		check(`axe-core: ${colorScheme}, ${width} pixels`, violations.length === 0, violations.map((each) => `${each.id}: ${each.nodes.length} as ${each.nodes[0].html.slice(0, 160)} ${each.nodes[0].any[0]?.message ?? ""}`).join("\n  "));
		check(`${width} pixels: the page does not scroll sideways`, (await page.evaluate(() => document.documentElement.scrollWidth)) <= width);
	}
	await page.close();
}

/** Names, reasons and facts that would be markup, script or a formula. */
async function hostile() {
	const bad = `"=cmd|' /C calc'!A0 </script><script>window.owned=1</script><img src=x onerror=window.owned=2>"`;
	const [head, ...lines] = readFileSync(REFERENCE, "utf8").split("\n");
	const names = head.split(",");
	const rows = lines.filter((line) => line && !line.includes('"') && /,pairs,/.test(line)).map((line) => line.split(","));
	for (const row of rows) {
		row[names.indexOf("host")] = row[names.indexOf("wait")] = row[names.indexOf("backend_library")] = bad;
		if (row[names.indexOf("backend")] === "mutex_ring") row[names.indexOf("backend")] = bad;
	}
	writeFileSync("hostile.csv", `${head}\n${rows.map((row) => row.join(",")).join("\n")}\n`);
	writeFileSync("hostile.env.json", JSON.stringify({ host: bad, facts: { x: { value: bad, verdict: "warn", meaning: bad } } }));
	lfbench("report", "hostile.csv", REFERENCE, "--force", "-o", "hostile.html");
	const { page, troubles } = await open(browser, `${process.cwd()}/hostile.html`);
	for (const id of ["pick", "heatmap", "trials", "contention", "compare"]) await chart(page, id);
	await page.evaluate(() => document.querySelectorAll("details").forEach((details) => (details.open = true)));
	await page.locator("#chart-pick table").waitFor();
	check("nothing of it ran", (await page.evaluate(() => window.owned)) === undefined);
	check("it is shown as the text that it is", (await page.locator("#chart-pick table").innerText()).includes("<script>window.owned=1</script>"));
	const [download] = await Promise.all([page.waitForEvent("download"), page.getByRole("button", { name: "Download pick as CSV" }).click()]);
	check("CSV: no field begins as a formula", readFileSync(await download.path(), "utf8").includes(`"'=cmd`) || /,'=cmd/.test(readFileSync(await download.path(), "utf8")));
	check("no trouble", troubles.length === 0, troubles);
	await page.close();
}

for (const test of [figures, choosing, keyboard, accessible, hostile]) {
	const begun = Date.now();
	await test();
	console.log(`${test.name}: ${Date.now() - begun} ms`);
}
await browser.close();
finish();
