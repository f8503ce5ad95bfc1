// scaling.js - operations per second over threads, a small multiple for each queue; the others stand behind it.
import * as Plot from "@observablehq/plot";
import { ranked, reference, scalingShapes } from "../model.js";
import { rate } from "../format.js";
import { basics } from "../theme.js";
import { cut, gridOf, logScale, NO_FACET_AXIS } from "./common.js";

function rows(model, view) {
	const found = [];
	for (const shape of scalingShapes(model, view.shape))
		for (const entry of ranked(shape, view.needs))
			found.push({
				queue: entry.label,
				threads: shape.threads,
				producers_and_consumers: shape.dimensions.threads,
				ops_per_s: entry.ops_per_s.median,
				low: entry.ops_per_s.low,
				high: entry.ops_per_s.high,
				semantics: entry.semantics,
				cell_id: entry.cell_id,
				entry,
			});
	return found;
}

function ceiling(model, view) {
	return scalingShapes(model, view.shape)
		.map((shape) => ({ threads: shape.threads, entry: reference(shape, "faa") }))
		.filter((row) => row.entry)
		.map((row) => ({ threads: row.threads, ops_per_s: row.entry.ops_per_s.median }));
}

function none(model, view) {
	const counts = new Set(rows(model, view).map((row) => row.threads));
	return counts.size > 1 ? null : "Only one number of threads was measured at this setting, so there is nothing to scale over. Sweep it: --producers 1-4 --consumers 1-4.";
}

function draw(model, view, { document, width, colours }) {
	const data = rows(model, view);
	const top = ceiling(model, view);
	const fastest = new Map();
	for (const row of data) fastest.set(row.queue, Math.max(fastest.get(row.queue) ?? 0, row.ops_per_s));
	const names = [...fastest.keys()].sort((a, b) => fastest.get(b) - fastest.get(a));
	const grid = gridOf(names, width);
	const facets = { fx: grid.fx, fy: grid.fy };
	const tops = names.flatMap((queue) => top.map((row) => ({ ...row, queue }))); // in every frame
	const counts = [...new Set(data.map((row) => row.threads))].sort((a, b) => a - b);
	return Plot.plot({
		...basics(colours, document),
		...NO_FACET_AXIS,
		width,
		height: 62 + 136 * grid.rows,
		marginLeft: 46,
		marginTop: 26,
		marginBottom: 38,
		x: { type: "linear", label: "threads →", ticks: counts, tickFormat: (value) => String(value), inset: 10 },
		y: logScale([...data.flatMap((row) => [row.ops_per_s, row.low, row.high]), ...top.map((row) => row.ops_per_s)], {
			label: null,
			grid: true,
			tickFormat: (value) => rate(value).replace(/\.0+(?= |$)/, ""),
		}),
		marks: [
			Plot.frame({ stroke: colours.line }),
			Plot.line(data, { ...facets, facet: "exclude", x: "threads", y: "ops_per_s", z: "queue", stroke: colours.faint, strokeWidth: 1 }),
			Plot.line(tops, { ...facets, x: "threads", y: "ops_per_s", z: "queue", stroke: colours.ceiling, strokeDasharray: "5 3", strokeWidth: 1.5, ariaLabel: () => "faa, the ceiling" }),
			Plot.ruleX(data.filter((row) => row.low !== null), { ...facets, x: "threads", y1: "low", y2: "high", stroke: colours.accent, strokeWidth: 4, strokeOpacity: 0.45, strokeLinecap: "round" }),
			Plot.line(data, { ...facets, x: "threads", y: "ops_per_s", z: "queue", stroke: colours.accent, strokeWidth: 2 }),
			Plot.dot(data, { ...facets, x: "threads", y: "ops_per_s", fill: colours.accent, stroke: colours.paper, r: 4, ariaLabel: (row) => `${row.queue}, ${row.threads} threads: ${row.ops_per_s}` }),
			Plot.text(grid.titles, { ...facets, text: (row) => cut(row.queue, 190), frameAnchor: "top-left", dy: -16, fontWeight: 600 }),
		],
	});
}

export default {
	id: "scaling",
	title: () => "Operations per second over threads",
	caption: () =>
		"Each queue in its own frame, with the other queues in grey behind it. Bars are 95 % intervals, the dashed line is faa, the ceiling for queues with a shared counter. More threads than CPUs are oversubscribed: the scheduler is measured, too.",
	none,
	rows,
	draw,
};
