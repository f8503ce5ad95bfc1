// heatmap.js - every queue in every shape: how many times the fastest of its kind in that shape.
import * as Plot from "@observablehq/plot";
import { DIMENSIONS, ranked, valuesOf } from "../model.js";
import { number } from "../format.js";
import { basics } from "../theme.js";
import { cut, roomFor } from "./common.js";

/** More columns than this are no picture, and take their time. */
const SHAPES_MOST = 32;

/** All shapes, or those most like the chosen one, in their own order. */
function shapesOf(model, view) {
	if (model.shapes.length <= SHAPES_MOST) return model.shapes;
	const likeness = (shape) => DIMENSIONS.filter(({ key }) => shape.dimensions[key] === view.shape.dimensions[key]).length;
	return [...model.shapes]
		.sort((a, b) => likeness(b) - likeness(a))
		.slice(0, SHAPES_MOST)
		.sort((a, b) => a.index - b.index);
}

/** A shape by what tells it from the others. */
function shortTitle(model, shape) {
	const telling = DIMENSIONS.filter(({ key }) => valuesOf(model, key).length > 1);
	return telling.map(({ key }) => shape.dimensions[key]).join(", ") || shape.title;
}

function rows(model, view) {
	return shapesOf(model, view).flatMap((shape) => {
		const queues = ranked(shape, view.needs);
		const title = shortTitle(model, shape);
		return queues.map((entry) => ({
			queue: entry.label,
			shape: title,
			ns_per_op: entry.ns_per_op.median,
			times_the_fastest: entry.ns_per_op.median / queues[0].ns_per_op.median,
			resolved: entry !== queues[0] && entry.ns_per_op.low !== null && queues[0].ns_per_op.high !== null && entry.ns_per_op.low > queues[0].ns_per_op.high,
			cell_id: entry.cell_id,
			entry,
		}));
	});
}

function none(model, view) {
	return rows(model, view).length > 0 ? null : "No queue that promises this has a figure in any shape.";
}

/** Names by their middle rank over the shapes, the best first. */
function order(data) {
	const sums = new Map();
	for (const row of data) {
		const known = sums.get(row.queue) ?? [0, 0];
		sums.set(row.queue, [known[0] + Math.log(row.times_the_fastest), known[1] + 1]);
	}
	return [...sums.entries()].sort((a, b) => a[1][0] / a[1][1] - b[1][0] / b[1][1]).map(([name]) => name);
}

/** "producer_consumer" in lines that are no longer than that, where it has a place to break. */
function broken(word, most) {
	const lines = [""];
	for (const part of word.split(/(?<=_)/)) {
		if (lines.at(-1) !== "" && lines.at(-1).length + part.length > most) lines.push("");
		lines[lines.length - 1] += part;
	}
	return lines;
}

function draw(model, view, { document, width, colours }) {
	const data = rows(model, view);
	const names = order(data);
	const shapes = [...new Set(data.map((row) => row.shape))];
	const left = roomFor(names, width < 520 ? 120 : 220);
	const cell = Math.max(64, Math.min(170, (width - left) / shapes.length));
	const headings = new Map(shapes.map((shape) => [shape, shape.split(", ").flatMap((word) => broken(word, Math.floor((cell - 4) / 7)))]));
	const top = 12 + 15 * Math.max(...[...headings.values()].map((lines) => lines.length));
	const most = Math.max(2, ...data.map((row) => row.times_the_fastest));
	const dark = colours.paper === "#14171c";
	// One hue, from the page's own paper to its ink: told apart by any colour vision, and on paper. The slower, the stronger.
	const scheme = { type: "log", domain: [1, most], range: dark ? ["#1d2a3a", "#b9d6fb"] : ["#e9f1fb", "#0b3d78"], interpolate: "lab" };
	const isPale = (row) => {
		const at = Math.log(row.times_the_fastest) / Math.log(most);
		return dark ? at > 0.45 : at < 0.58;
	};
	return Plot.plot({
		...basics(colours, document),
		width: left + cell * shapes.length + 8,
		height: top + 8 + 26 * names.length,
		marginLeft: left,
		marginTop: top,
		marginBottom: 8,
		marginRight: 8,
		x: { axis: null, domain: shapes, padding: 0.01 },
		y: { domain: names, label: null, tickSize: 0, padding: 0.04, tickFormat: (name) => cut(name, left) },
		color: scheme,
		marks: [
			Plot.axisX({ anchor: "top", label: null, tickSize: 0, lineHeight: 1.2, tickFormat: (shape) => headings.get(shape).join("\n") }),
			Plot.cell(data, { x: "shape", y: "queue", fill: "times_the_fastest", inset: 1, ariaLabel: (row) => `${row.queue}, ${row.shape}: ${row.times_the_fastest}` }),
			...[true, false].map((fastest) =>
				Plot.text(data.filter((row) => (row.times_the_fastest === 1) === fastest), {
					x: "shape",
					y: "queue",
					text: (row) => `${number(row.times_the_fastest)}×${row.times_the_fastest > 1 && !row.resolved ? " =" : ""}`,
					fill: (row) => (isPale(row) ? "#000" : "#fff"),
					fontWeight: fastest ? 700 : 400,
				}),
			),
		],
	});
}

export default {
	id: "heatmap",
	title: () => "Queues by shape",
	caption: (model) =>
		`${model.shapes.length > SHAPES_MOST ? `The ${SHAPES_MOST} of ${model.shapes.length} shapes that are most like the chosen one. ` : ""}` +
		"How many times as long an operation takes as with the fastest queue in that shape, among those that promise what is chosen above. =: not resolved from it. A gap: not measured, or not supported.",
	none,
	rows,
	draw,
};
