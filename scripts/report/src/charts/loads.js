// loads.js - latency against offered load, with the loads at which a queue no longer kept up.
import * as Plot from "@observablehq/plot";
import { ranked } from "../model.js";
import { time, timeTick } from "../format.js";
import { basics, seriesOf } from "../theme.js";
import { cut, logScale, roomFor, spread } from "./common.js";

function rows(model, view) {
	const found = [];
	for (const entry of ranked(view.shape, view.needs))
		for (const at of entry.latency) {
			if (at.mode !== "open" || at.saturation || at.load_percent === null) continue;
			for (const [figure, ns] of [
				["p50", at.p50_ns],
				["p99", at.p99_ns],
			])
				found.push({
					queue: entry.label,
					load_percent: at.load_percent,
					figure,
					latency_ns: at.overloaded === at.launches ? null : ns,
					offered_per_s: at.offered_per_s,
					achieved_per_s: at.achieved_per_s,
					overloaded_launches: at.overloaded,
					launches: at.launches,
				});
		}
	return found;
}

function none(model, view) {
	return rows(model, view).length > 0 ? null : "There are no rows at a given load in this shape: lfbench run --pass latency --load 25,50,75,90 measures them.";
}

function draw(model, view, { document, width, colours }) {
	const data = rows(model, view);
	const series = seriesOf(view.shown, colours);
	const kept = data.filter((row) => row.latency_ns !== null);
	const shown = kept.filter((row) => series.has(row.queue));
	const over = data.filter((row) => row.overloaded_launches > 0 && series.has(row.queue));
	const loads = [...new Set(data.map((row) => row.load_percent))].sort((a, b) => a - b);
	const narrow = width < 520;
	const last = [...new Map(shown.map((row) => [row.queue + row.figure, row])).values()].filter((row) => row.figure === "p99" || narrow);
	const right = roomFor(series.names, 160);
	const facet = narrow ? { fy: "figure" } : { fx: "figure" };
	const y = logScale(kept.map((row) => row.latency_ns), { label: null, tickFormat: timeTick, grid: true });
	const labels = ["p50", "p99"].flatMap((figure) => spread(last.filter((row) => row.figure === figure), "latency_ns", y.domain, narrow ? 230 : 280));
	return Plot.plot({
		...basics(colours, document),
		width,
		height: narrow ? 560 : 360,
		marginLeft: 56,
		marginRight: right,
		marginTop: 48,
		marginBottom: 40,
		fx: { axis: null },
		fy: { axis: null },
		x: { domain: [Math.min(...loads) - 4, Math.max(...loads) + 4], ticks: loads, tickFormat: (load) => `${load} %`, label: "load offered, of the saturation →" },
		y,
		symbol: { type: "identity" },
		marks: [
			Plot.frame({ stroke: colours.line }),
			Plot.line(kept.filter((row) => !series.has(row.queue)), { ...facet, x: "load_percent", y: "latency_ns", z: "queue", stroke: colours.faint, strokeWidth: 1 }),
			Plot.line(shown, { ...facet, x: "load_percent", y: "latency_ns", z: "queue", stroke: (row) => series.color(row.queue), strokeWidth: 2 }),
			Plot.dot(shown, { ...facet, x: "load_percent", y: "latency_ns", fill: (row) => series.color(row.queue), symbol: (row) => series.symbol(row.queue), r: 4, ariaLabel: (row) => `${row.queue}, ${row.figure}, ${row.load_percent} %: ${row.latency_ns}` }),
			Plot.text(overloads(over), { ...facet, x: "load_percent", frameAnchor: "top", dy: -6, text: "text", lineAnchor: "bottom", fill: colours.bad, fontWeight: 600, ariaLabel: (row) => `overloaded at ${row.load_percent} %: ${row.queues.join(", ")}` }),
			Plot.text(["p50", "p99"].map((figure) => ({ figure })), { ...facet, frameAnchor: "top-left", dx: 2, dy: -30, text: "figure", fontWeight: 600 }),
			Plot.text(labels, { ...facet, x: "load_percent", y: "label_at", text: (row) => cut(row.queue, right), textAnchor: "start", dx: 10, fill: (row) => series.color(row.queue), fontWeight: 600 }),
			Plot.tip(shown, Plot.pointer({ ...facet, x: "load_percent", y: "latency_ns", title: (row) => `${row.queue}, ${row.figure} at ${row.load_percent} %\n${time(row.latency_ns)}`, fill: colours.paper })),
		],
	});
}

/** One mark for each load at which some highlighted queue was overloaded, with their number. */
function overloads(rows) {
	const counts = new Map();
	for (const row of rows) {
		const key = `${row.figure} ${row.load_percent}`;
		const known = counts.get(key) ?? { figure: row.figure, load_percent: row.load_percent, queues: [] };
		known.queues.push(row.queue);
		counts.set(key, known);
	}
	return [...counts.values()].map((found) => ({ ...found, text: `✕ ${found.queues.length}` }));
}

export default {
	id: "loads",
	title: () => "Latency against load, from when an item was due to its pop",
	caption: () =>
		"Open loop, Poisson arrivals: what an item waits from when it was due. ✕ and a number: that many of the highlighted queues did not keep up in some launch; where none kept up there is no point. Grey: queues that are not highlighted.",
	none,
	rows,
	draw,
};
