// contention.js - what each queue spends, next to how fast it is: a column for each count, each with its own scale.
import * as Plot from "@observablehq/plot";
import { ranked } from "../model.js";
import { count, number, rate } from "../format.js";
import { basics } from "../theme.js";
import { cut, roomFor } from "./common.js";

const COLUMNS = [
	["ns/op", (entry) => entry.ns_per_op.median, number],
	["failed CAS/op", (entry) => entry.contention?.per_op.cas_failures, count],
	["atomics/op", (entry) => entry.contention?.per_op.atomics, count],
	["lock waits/op", (entry) => entry.contention?.per_op.lock_waits, count],
	["switches/s", (entry) => entry.contention?.switches_per_s, rate],
	["empty polls/op", (entry) => entry.contention?.per_op.empty, count],
	["full polls/op", (entry) => entry.contention?.per_op.full, count],
	["fairness", (entry) => (entry.shape.dimensions.threads === "1+1" ? null : entry.fairness), (value) => value.toFixed(2)], // of one thread a side it says nothing
];

/** Of the throughput pass; all else is of the contention pass. */
const TIMED = ["ns/op", "fairness"];

function rows(model, view) {
	return ranked(view.shape, view.needs).flatMap((entry) =>
		COLUMNS.map(([figure, pick]) => ({ queue: entry.label, figure, value: pick(entry) ?? null, why: entry.why, cell_id: entry.cell_id, entry })),
	);
}

function none(model, view) {
	return rows(model, view).some((row) => !TIMED.includes(row.figure) && row.value !== null)
		? null
		: `Nothing was counted in this shape: lfbench run --workload ${view.shape.dimensions.workload} --pass contention does that.`;
}

function draw(model, view, { document, width, colours }) {
	const data = rows(model, view);
	const names = [...new Set(data.map((row) => row.queue))];
	const figures = COLUMNS.map(([figure]) => figure).filter((figure) => data.some((row) => row.figure === figure && row.value !== null));
	const most = new Map(figures.map((figure) => [figure, Math.max(...data.filter((row) => row.figure === figure).map((row) => row.value ?? 0))]));
	const write = new Map(COLUMNS.map(([figure, , format]) => [figure, format]));
	const there = data.filter((row) => row.value !== null && figures.includes(row.figure));
	const left = roomFor(names, width < 520 ? 110 : 200);
	return Plot.plot({
		...basics(colours, document),
		width: Math.max(width, left + 96 * figures.length),
		height: 50 + 26 * names.length,
		marginLeft: left,
		marginTop: 34,
		marginBottom: 8,
		marginRight: 16,
		fx: { axis: null, domain: figures, label: null, padding: 0.08, tickSize: 0 },
		x: { axis: null, domain: [0, 1.6] },
		y: { domain: names, label: null, tickSize: 0, tickFormat: (name) => cut(name, left) },
		marks: [
			Plot.ruleX([0], { stroke: colours.line }),
			Plot.text(figures.map((figure) => ({ figure })), { fx: "figure", text: "figure", frameAnchor: "top-left", dy: -18, fill: colours.quiet, fontWeight: 600 }),
			Plot.barX(there, {
				fx: "figure",
				y: "queue",
				x: (row) => (most.get(row.figure) > 0 ? row.value / most.get(row.figure) : 0),
				fill: (row) => (TIMED.includes(row.figure) ? colours.accent : colours.faint),
				insetTop: 3,
				insetBottom: 3,
				ariaLabel: (row) => `${row.queue}, ${row.figure}: ${row.value}`,
			}),
			Plot.text(there, {
				fx: "figure",
				y: "queue",
				x: (row) => (most.get(row.figure) > 0 ? row.value / most.get(row.figure) : 0),
				text: (row) => write.get(row.figure)(row.value),
				textAnchor: "start",
				dx: 4,
			}),
		],
	});
}

export default {
	id: "contention",
	title: () => "What costs time",
	caption: () =>
		"Each column has a scale of its own. Counts are of the contention pass, whose instrumented builds say nothing about speed; ns/op and fairness are of the throughput pass. Fairness is Jain's index of the threads' shares: 1 where all had the same, 1/n where one of n had all. A gap is a thing that was not or cannot be counted, as inside a library's mutex.",
	none,
	rows,
	draw,
};
