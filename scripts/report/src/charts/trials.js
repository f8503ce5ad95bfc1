// trials.js - every trial of the throughput pass over time, by the phase of the machine, and with what was flagged.
import * as Plot from "@observablehq/plot";
import { ranked } from "../model.js";
import { number, time } from "../format.js";
import { basics } from "../theme.js";
import { cut, gridOf, logScale, NO_FACET_AXIS } from "./common.js";

function flagsOf(model, bits) {
	return model.flags.filter((flag, i) => (bits >>> i) & 1).map((flag) => flag.flag);
}

/** Common to all of them, as with oversubscribed shapes, a flag marks nothing. */
function phaseOf(regimes, probe) {
	if (!regimes || probe === null) return "one phase";
	return probe < Math.sqrt(regimes.probe_ns[0] * regimes.probe_ns[1]) ? "near" : "far";
}

function rows(model, view) {
	const found = [];
	for (const entry of ranked(view.shape, view.needs)) {
		const { trials } = entry;
		for (let i = 0; i < trials.ns_per_op.length; i++)
			found.push({
				queue: entry.label,
				launch: trials.launch[i],
				trial: trials.trial[i],
				order: trials.order[i],
				time: trials.time_s[i] > 0 ? new Date(trials.time_s[i] * 1000).toISOString() : "",
				ns_per_op: trials.ns_per_op[i],
				probe_ns: trials.probe_ns[i],
				phase: phaseOf(view.shape.regimes, trials.probe_ns[i]),
				flags: flagsOf(model, trials.flags[i]).join(";"),
				cell_id: entry.cell_id,
			});
	}
	return found;
}

function none(model, view) {
	return rows(model, view).length > 0 ? null : "There are no trials of the throughput pass.";
}

function draw(model, view, { document, width, colours }) {
	const common = view.shape.entries[0] ? model.data.summary.groups[view.shape.index].common_flags : [];
	const data = rows(model, view).map((row) => ({ ...row, marked: row.flags.split(";").filter((flag) => flag && !common.includes(flag)).join(", ") }));
	const names = [...new Set(data.map((row) => row.queue))];
	const grid = gridOf(names, width, 230);
	const facets = { fx: grid.fx, fy: grid.fy };
	const color = (row) => (row.phase === "far" ? colours.far : row.phase === "near" ? colours.near : colours.accent);
	return Plot.plot({
		...basics(colours, document),
		...NO_FACET_AXIS,
		width,
		height: 62 + 130 * grid.rows,
		marginLeft: 46,
		marginTop: 26,
		marginBottom: 38,
		x: { label: "launch, in the order of the run →", inset: 8, ticks: 4, tickFormat: (value) => String(value) },
		y: logScale(data.map((row) => row.ns_per_op), { label: null, grid: true, tickFormat: (value) => String(value) }),
		symbol: { type: "identity" },
		marks: [
			Plot.frame({ stroke: colours.line }),
			Plot.dot(data, { ...facets, x: "order", y: "ns_per_op", stroke: color, fill: color, fillOpacity: 0.35, r: 3.2, symbol: (row) => (row.phase === "far" ? "square" : "circle"), ariaLabel: (row) => `${row.queue}, launch ${row.launch}, trial ${row.trial}: ${row.ns_per_op}` }),
			Plot.dot(data.filter((row) => row.marked), { ...facets, x: "order", y: "ns_per_op", stroke: colours.bad, symbol: "times", r: 5, strokeWidth: 2, ariaLabel: (row) => `flagged ${row.marked}` }),
			Plot.text(grid.titles, { ...facets, text: (row) => cut(row.queue, 220), frameAnchor: "top-left", dy: -16, fontWeight: 600 }),
			Plot.tip(
				data,
				Plot.pointer({
					...facets,
					x: "order",
					y: "ns_per_op",
					title: (row) => `${row.queue}, launch ${row.launch}, trial ${row.trial}\n${number(row.ns_per_op)} ns/op${row.probe_ns === null ? "" : `, ${time(row.probe_ns)} core to core`}${row.flags ? `\n${row.flags}` : ""}`,
					fill: colours.paper,
				}),
			),
		],
	});
}

export default {
	id: "trials",
	title: () => "ns per operation of every trial, in the order of the run",
	caption: (model, view) =>
		(view.shape.regimes
			? `The machine changed: circles are launches at about ${time(view.shape.regimes.probe_ns[0])} from core to core, squares at about ${time(view.shape.regimes.probe_ns[1])}. `
			: "") + "A cross marks a trial with a flag that not all of them have; none is left out.",
	none,
	rows,
	draw,
};
