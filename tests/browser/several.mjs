// several.mjs - pages of several files: what changed, a gate's verdicts, cells over time; and one of many shapes, whose tables come later.
import { readFileSync, writeFileSync } from "node:fs";
import { agree, chart, check, finish, isLogarithmic, launch, lfbench, marks, open, REFERENCE } from "./lib.mjs";

const [head, ...lines] = readFileSync(REFERENCE, "utf8").split("\n");
const names = head.split(",");
const at = (name) => names.indexOf(name);
const all = lines.filter((line) => line && !line.includes('"')).map((line) => line.split(","));

/** The reference's rows of one shape as a run of another day, changed by `change`. */
function writeDay(path, day, change = () => {}) {
	const rows = all.filter((row) => row[at("workload")] === "producer_consumer" && row[at("producers")] === "1").map((row) => [...row]);
	for (const row of rows) {
		row[at("run_id")] = `${day}`.repeat(16);
		row[at("time_utc")] = `2026-11-2${day}${row[at("time_utc")].slice(10)}`;
		change(row);
	}
	writeFileSync(path, `${head}\n${rows.map((row) => row.join(",")).join("\n")}\n`);
}

function slow(row, factor) {
	if (row[at("backend")] !== "mutex_ring" || !row[at("ns_per_op")]) return;
	row[at("ns_per_op")] = String(Number(row[at("ns_per_op")]) * factor);
	row[at("ops_per_s")] = String(Number(row[at("ops_per_s")]) / factor);
}

const VERDICTS = [
	["vyukov_mpmc", 0.9, 0.88, 0.93, "IMPROVED"],
	["mutex_ring", 1.001, 0.99, 1.012, "PASS"],
	["ck_ring_mpmc", 1.2, 1.15, 1.27, "REGRESSED"],
	["crashing", null, null, null, "FAILED"],
];

writeDay("b.csv", 5);
writeDay("a.csv", 4);
writeDay("c.csv", 6, (row) => slow(row, 1.5) ?? (row[at("host")] = "elsewhere"));
writeFileSync(
	"gate.json",
	JSON.stringify({
		lfbench_export: 1,
		producer: "lfbench gate",
		host: "h",
		commit: "",
		time_utc: "2026-11-27T00:00:00Z",
		results: VERDICTS.map(([backend, value, low, high, verdict]) => ({ workload: "pairs", backend, shape: "capacity=7/threads=2", metric: "head/base throughput", value, low, high, base_value: 10, head_value: 12, verdict, message: `it is ${verdict}` })),
	}),
);
const browser = await launch();

async function verdicts() {
	lfbench("report", "gate.json", "--force", "-o", "gate.html");
	const { page, troubles } = await open(browser, `${process.cwd()}/gate.html`);
	const dots = await marks(page, "compare", "path[data-mark]");
	const expected = VERDICTS.filter(([, ratio]) => ratio !== null).map(([backend, ratio]) => [`${backend}, pairs capacity=7/threads=2`, ratio]);
	check("gate: a mark for each cell, with its ratio", agree(dots, expected) === "", agree(dots, expected));
	check("gate: they are where their values are", isLogarithmic(dots, "x"));
	check("gate: REGRESSED stands first, IMPROVED last", dots.sort((a, b) => a.y - b.y)[0].name.startsWith("ck_ring_mpmc") && dots.at(-1).name.startsWith("vyukov_mpmc"), dots);
	const answer = await page.locator(".answer-line").innerText();
	check("gate: the answer comes first, of what failed", answer === "Failed: crashing, pairs 2. 1 FAILED, 1 REGRESSED, 1 PASS, 1 IMPROVED.", answer);
	await page.evaluate(() => (document.querySelector("#compare details.tables").open = true));
	const first = await page.locator("#compare details.tables tbody tr").first().innerText();
	check("gate: what failed is first in the table, and its sentence stands there", /^FAILED\s+crashing/.test(first) && first.includes("it is FAILED"), first);
	check("gate: no section that has nothing to say", (await page.locator("#which, #shapes, #why").count()) === 0);
	check("gate: no trouble", troubles.length === 0, troubles);
	await page.close();
}

async function overTime() {
	lfbench("report", "b.csv", "a.csv", "c.csv", "gate.json", "--force", "-o", "days.html");
	const { page, troubles } = await open(browser, `${process.cwd()}/days.html`);
	await page.selectOption("select[name=pair]", { label: "a.csv" });
	check("pairs: the choice is in the link", page.url().includes("pair="), page.url());
	check("pairs: the title says against what", (await (await chart(page, "compare")).locator("h3").innerText()) === "a.csv against b.csv");
	const said = await page.locator("#compare .answer-line").innerText();
	check("pairs: what is undecided is said", /^No regression was shown, but \d+ of \d+ cells are undecided\. \d+ INCONCLUSIVE/.test(said) || /^No regression\. \d+ PASS\.$/.test(said), said);
	const dots = await marks(page, "compare", "path[data-mark]");
	check("pairs: the same rows are the same speed", dots.length > 10 && dots.every(({ value }) => Math.abs(value - 1) < 1e-9), dots);

	const points = await marks(page, "history", "path[data-mark]");
	const shown = [...new Set(points.map(({ name }) => name.split(", ")[0]))];
	const expected = ["a.csv", "b.csv", "c.csv"].flatMap((file) =>
		JSON.parse(lfbench("show", "--json", file))
			.groups[0].entries.filter((entry) => shown.includes(entry.label))
			.map((entry) => [`${entry.label}, ${file}`, entry.ns_per_op.median]),
	);
	check("history: every file is a point, with the median of show", shown.length === 5 && agree(points, expected) === "", agree(points, expected));
	check("history: in order of time, whatever the order given", points.find(({ name }) => name.endsWith("a.csv")).x < points.find(({ name }) => name.endsWith("b.csv")).x);
	const changed = await page.locator('#chart-history svg [data-mark^="changed before file"]').evaluateAll((found) => found.map((each) => each.getAttribute("data-mark")));
	check("history: another machine is marked, and nothing else", changed.length === 1 && changed[0] === "changed before file 3: M", changed);
	const lines = await page.locator('#chart-history svg [data-mark="line"] path').count();
	check("history: lines end at that mark", lines >= 2 * shown.length, lines);
	check("history: no trouble", troubles.length === 0, troubles);
	await page.close();
}

async function manyShapes() {
	const rows = [];
	for (const row of all) if (row[at("workload")] === "pairs" && Number(row[at("launch")]) <= 2) for (let i = 1; i <= 60; i++) rows.push(row.map((field, k) => (k === at("capacity") ? String(8 * i - 1) : field)).join(","));
	writeFileSync("shapes.csv", `${head}\n${rows.join("\n")}\n`);
	lfbench("report", "shapes.csv", "--force", "-o", "shapes.html");
	const { page, troubles } = await open(browser, `${process.cwd()}/shapes.html`);
	const count = () => page.evaluate(() => document.getElementsByTagName("*").length);
	const before = await count();
	check("many shapes: their tables are not there yet", before < 1500 && (await page.locator("#shape-60").count()) === 0, before);
	await page.evaluate(() => (document.querySelector("#sure details.tables").open = true));
	await page.locator("#sure details.tables tbody tr").first().waitFor();
	check("many shapes: they come when they are unfolded", (await page.locator("#sure details.tables table").first().locator("tbody tr").count()) === 60);
	await page.locator('#sure a[href="#shape-60"]').first().click();
	await page.locator("#shape-60").waitFor();
	check("many shapes: or linked into", await page.locator("#shape-60 table").isVisible());
	await page.emulateMedia({ media: "print" });
	await page.evaluate(() => dispatchEvent(new Event("beforeprint")));
	check("many shapes: on paper they are all there", (await page.locator("noscript").count()) === 0 && (await page.locator("details.tables:not([open])").count()) === 0);
	check("many shapes: no trouble", troubles.length === 0, troubles);
	await page.close();
}

for (const test of [verdicts, overTime, manyShapes]) {
	const begun = Date.now();
	await test();
	console.log(`${test.name}: ${Date.now() - begun} ms`);
}
await browser.close();
finish();
