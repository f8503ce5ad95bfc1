// history.js - each queue of the chosen shape through all files, in order of time; a line ends where what was measured on or with changed.
import * as Plot from "@observablehq/plot";
import { DIMENSIONS, dimensionsOf, meets } from "../model.js";
import { number } from "../format.js";
import { basics, seriesOf } from "../theme.js";
import { cut, logScale, roomFor, spread } from "./common.js";

const HEIGHT = 380;
const TICK_ROOM = 96;

/** Of the chosen shape on any machine, since a history may be of several. */
function cellsOf(model, view) {
	return model.history.cells.filter((cell) => {
		const dimensions = dimensionsOf(cell.shape);
		return !cell.reference && meets(cell, view.needs) && DIMENSIONS.every(({ key }) => key === "host" || dimensions[key] === view.shape.dimensions[key]);
	});
}

const marksOf = (point) => [point.other_machine && "M", point.other_build && "B", point.other_regime && "R"].filter(Boolean).join("");

function rows(model, view) {
	const at = new Map(model.history.files.map((file, i) => [file.file, i]));
	return cellsOf(model, view).flatMap((cell) =>
		cell.points.map((point) => ({
			queue: String(cell.backend),
			file: model.history.files[at.get(point.file)].name,
			time: model.history.files[at.get(point.file)].time,
			place: at.get(point.file),
			ns_per_op: point.median,
			low: point.low,
			high: point.high,
			launches: point.launches,
			changed: marksOf(point),
			resolved_from_the_one_before: point.resolved ? "yes" : "no",
		})),
	);
}

function none(model, view) {
	return rows(model, view).length > 0 ? null : "No queue that promises this was measured in this shape in more than one of the files.";
}

/** Each row with the number of the stretch between two marks that it is in. */
function inStretches(data) {
	const stretches = new Map();
	return data.map((row) => {
		if (row.changed) stretches.set(row.queue, (stretches.get(row.queue) ?? 0) + 1);
		return { ...row, stretch: `${row.queue} ${stretches.get(row.queue) ?? 0}` };
	});
}

/** Where some line ends, and why: {place, text}. */
function changesOf(data) {
	const found = new Map();
	for (const row of data) for (const letter of row.changed) found.set(row.file_place, (found.get(row.file_place) ?? new Set()).add(letter));
	return [...found].map(([place, letters]) => ({ place: place - 0.5, text: [...letters].join(" ") }));
}

function draw(model, view, { document, width, colours }) {
	const data = inStretches(rows(model, view));
	const { files } = model.history;
	const names = view.shown.filter((name) => data.some((row) => row.queue === name));
	const series = seriesOf(names.length > 0 ? names : [...new Set(data.map((row) => row.queue))], colours);
	// Side by side, so that no interval hides another.
	const beside = (row) => row.place + (series.names.indexOf(row.queue) - (series.names.length - 1) / 2) * 0.06;
	const shown = data.filter((row) => series.has(row.queue)).map((row) => ({ ...row, place: beside(row), file_place: row.place }));
	const right = roomFor(series.names, width < 520 ? 110 : 160);
	const every = Math.ceil(files.length / Math.max(1, (width - 56 - right) / TICK_ROOM));
	const y = logScale(data.flatMap((row) => [row.ns_per_op, row.low, row.high]), { label: "↑ ns per operation", grid: true, tickFormat: (value) => String(value) });
	const last = [...new Map(shown.map((row) => [row.queue, row])).values()];
	const changes = changesOf(shown);
	return Plot.plot({
		...basics(colours, document),
		width,
		height: HEIGHT,
		marginLeft: 56,
		marginRight: right,
		marginTop: 40,
		marginBottom: 52,
		x: {
			domain: [-0.4, files.length - 0.6],
			ticks: files.map((file, i) => i).filter((i) => i % every === 0),
			tickFormat: (i) => `${cut(files[i]?.name.replace(/\.csv$/, "") ?? "", TICK_ROOM)}\n${(files[i]?.time ?? "").slice(0, 16).replace("T", " ")}`,
			label: null,
		},
		y,
		symbol: { type: "identity" },
		marks: [
			Plot.ruleX(changes, { x: "place", stroke: colours.quiet, strokeDasharray: "2 3" }),
			Plot.text(changes, { x: "place", text: "text", frameAnchor: "top", dy: -12, fill: colours.quiet, fontWeight: 600, ariaLabel: (row) => `changed before file ${row.place + 1.5}: ${row.text}` }),
			Plot.line(data.filter((row) => !series.has(row.queue)), { x: "place", y: "ns_per_op", z: "stretch", stroke: colours.faint, strokeWidth: 1 }),
			Plot.ruleX(shown.filter((row) => row.low !== null), { x: "place", y1: "low", y2: "high", stroke: (row) => series.color(row.queue), strokeWidth: 4, strokeOpacity: 0.35, strokeLinecap: "round" }),
			Plot.line(shown, { x: "place", y: "ns_per_op", z: "stretch", stroke: (row) => series.color(row.queue), strokeWidth: 2 }),
			Plot.dot(shown, { x: "place", y: "ns_per_op", fill: (row) => series.color(row.queue), symbol: (row) => series.symbol(row.queue), r: 4, ariaLabel: (row) => `${row.queue}, ${row.file}: ${row.ns_per_op}` }),
			Plot.text(spread(last, "ns_per_op", y.domain, HEIGHT - 92), { x: "place", y: "label_at", text: (row) => cut(row.queue, right), textAnchor: "start", dx: 10, fill: (row) => series.color(row.queue), fontWeight: 600 }),
			Plot.tip(shown, Plot.pointer({ x: "place", y: "ns_per_op", title: (row) => `${row.queue}, ${row.file}\n${row.time}\n${number(row.ns_per_op)} ns/op, ${row.launches} launches`, fill: colours.paper })),
		],
	});
}

export default {
	id: "history",
	title: () => "ns per operation over time, a point for each file",
	caption: () =>
		"Medians over launches, bars their 95 % intervals. A dashed line and a letter: from here on another machine (M), another way of building (B), or another regime of the machine (R); a line ends there, since no change across it is the queue's. Grey: queues that do not stand out.",
	none,
	rows,
	draw,
};
