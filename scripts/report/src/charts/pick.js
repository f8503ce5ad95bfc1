// pick.js - the queues that promise what is needed, the fastest first, with floor and ceiling.
import * as Plot from "@observablehq/plot";
import { against, ranked, reference } from "../model.js";
import { interval, number, ratio } from "../format.js";
import { basics } from "../theme.js";
import { cut, logScale, roomFor } from "./common.js";

function rows(model, view) {
	const queues = ranked(view.shape, view.needs);
	return queues.map((entry, rank) => {
		const standing = rank === 0 ? null : against(entry, queues[0]);
		return {
			rank: rank + 1,
			queue: entry.label,
			semantics: entry.semantics,
			bounded: entry.bounded,
			ns_per_op: entry.ns_per_op.median,
			low: entry.ns_per_op.low,
			high: entry.ns_per_op.high,
			times_the_fastest: standing?.ratio ?? 1,
			resolved_from_the_fastest: standing ? (standing.resolved ? "yes" : standing.established ? "not resolved" : "not established") : "",
			cell_id: entry.cell_id,
			entry,
			standing,
		};
	});
}

function referenceMarks(view, colours) {
	const marks = [];
	for (const [backend, name, color, dash] of [
		["null", "null: floor", colours.floor, "1 3"],
		["faa", "faa: ceiling", colours.ceiling, "5 3"],
	]) {
		const entry = reference(view.shape, backend);
		if (!entry) continue;
		const line = [{ x: entry.ns_per_op.median, name }];
		marks.push(Plot.ruleX(line, { x: "x", stroke: color, strokeWidth: 1.5, strokeDasharray: dash, ariaLabel: (row) => `${row.name}: ${row.x}` }));
		marks.push(Plot.text(line, { x: "x", text: "name", frameAnchor: "top", dy: -12, fill: color, fontWeight: 600 }));
	}
	return marks;
}

function draw(model, view, { document, width, colours }) {
	const data = rows(model, view);
	const names = data.map((row) => row.queue);
	const narrow = width < 520;
	const wide = width >= 820;
	const left = roomFor(names, narrow ? 130 : 220);
	const values = data.flatMap((row) => [row.ns_per_op, row.low, row.high]);
	for (const backend of ["null", "faa"]) values.push(reference(view.shape, backend)?.ns_per_op.median ?? null);
	return Plot.plot({
		...basics(colours, document),
		width,
		height: 70 + (narrow ? 46 : 30) * data.length,
		marginLeft: left,
		marginRight: narrow ? 16 : wide ? 230 : 150,
		marginTop: 34,
		marginBottom: 46,
		x: logScale(values, { label: "ns per operation (logarithmic) →", labelAnchor: "center", grid: true, tickFormat: (value) => String(value) }),
		y: { domain: names, label: null, tickSize: 0, tickFormat: (name) => cut(name, left) },
		marks: [
			...referenceMarks(view, colours),
			Plot.ruleY(data.filter((row) => row.low !== null), { y: "queue", x1: "low", x2: "high", stroke: colours.accent, strokeWidth: 4, strokeOpacity: 0.45, strokeLinecap: "round", ariaLabel: (row) => `${row.queue}: ${row.low} to ${row.high}` }),
			Plot.dot(data, { y: "queue", x: "ns_per_op", fill: colours.accent, stroke: colours.paper, r: 5, ariaLabel: (row) => `${row.queue}: ${row.ns_per_op}` }),
			Plot.text(data, {
				y: "queue",
				// Beside the bars, or on a phone above them.
				...(narrow ? { frameAnchor: "left", dx: 8, dy: -14, stroke: colours.paper, strokeWidth: 4 } : { frameAnchor: "right", dx: 12 }),
				textAnchor: "start",
				text: (row) => (row.standing === null ? `${number(row.ns_per_op)} ns` : `${ratio(row.standing)}${row.standing.resolved ? "" : wide ? (row.standing.established ? ", not resolved" : ", not established") : " ="}`),
				fill: (row) => (row.standing === null || row.standing.resolved ? colours.ink : colours.quiet),
			}),
			Plot.tip(
				data,
				Plot.pointerY({
					x: "ns_per_op",
					y: "queue",
					title: (row) => `${row.queue}\n${number(row.ns_per_op)} ns/op (${interval({ low: row.low, high: row.high }) || "no interval"})\n${row.semantics}`,
					fill: colours.paper,
				}),
			),
		],
	});
}

export default {
	id: "pick",
	title: (model, view) => view.shape.title,
	caption: () =>
		"Dot: median over launches; bar: its 95 % interval. In words, times as long as the fastest, with bounds; = is short for not resolved from it. Dotted: null, what the harness alone costs. Dashed: faa, one shared fetch-and-add per operation.",
	rows,
	draw,
};
