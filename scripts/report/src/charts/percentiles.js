// percentiles.js - latency by percentile; the axis is logarithmic in 1/(1-p), so that each step to the right is ten times as rare.
import * as Plot from "@observablehq/plot";
import { ranked } from "../model.js";
import { percent, time, timeTick } from "../format.js";
import { basics, seriesOf } from "../theme.js";
import { cut, logScale, roomFor, spread } from "./common.js";

const HEIGHT = 360;

/** The rows' own percentiles, where there is no histogram: medians over launches. */
const FROM_ROWS = [
	[0.5, "p50_ns"],
	[0.99, "p99_ns"],
	[0.999, "p999_ns"],
];

/** "closed", "50 %", "1e6/s": at what load. */
export function loadName(at) {
	if (at.mode === "closed") return "closed loop";
	const load = at.saturation ? "saturation" : at.load_percent !== null ? `${at.load_percent} %` : at.rate_per_s !== null ? `${at.rate_per_s}/s` : "some load";
	return at.arrivals && at.arrivals !== "poisson" ? `${load}, ${at.arrivals}` : load;
}

/** Loads at which some queue of the shape has latencies. */
export function loadsOf(shape) {
	const names = new Map();
	for (const entry of shape.entries) for (const at of entry.latency) if (!at.saturation) names.set(loadName(at), at);
	return [...names.keys()];
}

function pointsOf(model, entry, place) {
	const histogram = model.histograms
		.filter((found) => found.group === entry.shape.index && found.entry === entry.at && found.load === place)
		.sort((a, b) => a.role.localeCompare(b.role))[0]; // response before service: from when an item was due
	if (histogram) return { role: histogram.role, points: histogram.points };
	const at = entry.latency[place];
	return { role: at.mode === "open" ? "response" : "service", points: FROM_ROWS.map(([p, key]) => [p, at[key]]).filter(([, ns]) => ns !== null) };
}

function rows(model, view) {
	const found = [];
	for (const entry of ranked(view.shape, view.needs)) {
		const place = entry.latency.findIndex((at) => loadName(at) === view.load);
		if (place < 0 || entry.latency[place].overloaded === entry.latency[place].launches) continue;
		const { role, points } = pointsOf(model, entry, place);
		for (const [p, ns] of points) found.push({ queue: entry.label, load: view.load, role, percentile: p, latency_ns: ns, cell_id: entry.cell_id });
	}
	return found;
}

function none(model, view) {
	return rows(model, view).length > 0 ? null : `There are no latencies of this shape at this load: they come from lfbench run --workload ${view.shape.dimensions.workload} --pass latency, at given loads with --load 25,50,75,90.`;
}

function draw(model, view, { document, width, colours }) {
	const data = rows(model, view).map((row) => ({ ...row, rarity: 1 / (1 - row.percentile) }));
	const series = seriesOf(view.shown, colours);
	const shown = data.filter((row) => series.has(row.queue));
	const last = [...new Map(shown.map((row) => [row.queue, row])).values()];
	const rarest = Math.max(10, ...data.map((row) => row.rarity));
	const ticks = [2, 10, 100, 1e3, 1e4, 1e5].filter((tick) => tick <= rarest * 1.01);
	const right = roomFor(series.names, 160);
	const y = logScale(data.map((row) => row.latency_ns), { label: "↑ latency, push to pop", tickFormat: timeTick, grid: true });
	const labels = spread(last, "latency_ns", y.domain, HEIGHT - 60);
	return Plot.plot({
		...basics(colours, document),
		width,
		height: HEIGHT,
		marginLeft: 56,
		marginRight: right,
		marginBottom: 40,
		x: { type: "log", domain: [1, rarest * 1.1], ticks, tickFormat: (rarity) => percent(1 - 1 / rarity), label: "percentile →", grid: true },
		y,
		marks: [
			Plot.line(data.filter((row) => !series.has(row.queue)), { x: "rarity", y: "latency_ns", z: "queue", stroke: colours.faint, strokeWidth: 1 }),
			Plot.line(shown, { x: "rarity", y: "latency_ns", z: "queue", stroke: (row) => series.color(row.queue), strokeWidth: 2 }),
			Plot.dot(shown, { x: "rarity", y: "latency_ns", fill: (row) => series.color(row.queue), symbol: (row) => series.symbol(row.queue), r: 3.5, ariaLabel: (row) => `${row.queue}, ${row.percentile}: ${row.latency_ns}` }),
			Plot.text(labels, { x: "rarity", y: "label_at", text: (row) => cut(row.queue, right), textAnchor: "start", dx: 10, fill: (row) => series.color(row.queue), fontWeight: 600 }),
			Plot.tip(shown, Plot.pointer({ x: "rarity", y: "latency_ns", title: (row) => `${row.queue}\n${percent(row.percentile)}: ${time(row.latency_ns)}`, fill: colours.paper })),
		],
		symbol: { type: "identity" },
	});
}

export default {
	id: "percentiles",
	title: (model, view) => `Latency by percentile, ${view.load}`,
	caption: (model, view) =>
		`From push to pop; in an open loop from when an item was due. ${
			model.histograms.some((found) => found.group === view.shape.index) ? "From the histograms over all launches" : "No histograms (.hist.csv) were read, so there are only the rows' percentiles, as medians over launches"
		}. Grey: queues that are not highlighted.`,
	none,
	rows,
	draw,
};
