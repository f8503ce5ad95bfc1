// compare.js - a file against the first: the ratio of each cell with its interval, the worst first.
import * as Plot from "@observablehq/plot";
import { fineRatio } from "../format.js";
import { basics } from "../theme.js";
import { cut, logScale } from "./common.js";

const SHOWN = 40;

function rows(model, view) {
	const pair = model.compare[view.pair];
	if (!pair) return [];
	return pair.results
		.filter((result) => result.ratio !== null)
		.map((result) => ({
			verdict: pair.forced ? "no verdict" : result.verdict,
			queue: String(result.backend),
			workload: result.workload,
			shape: result.shape,
			figure: result.metric,
			ratio: result.ratio,
			low: result.low,
			high: result.high,
			first_ns: result.base_ns,
			this_ns: result.head_ns,
			says: result.sentence,
			reference: result.reference,
		}));
}

function none(model, view) {
	return rows(model, view).length > 0 ? null : "The two have no cell with figures in common.";
}

/** The cell, by what mostly tells it from others; the pointer and the table have all of it. */
export function shortName(row) {
	const at = (key) => row.shape.match(new RegExp(`(?:^|/)${key}=([^/]*)`))?.[1];
	const threads = at("threads") ?? [at("producers"), at("consumers")].filter(Boolean).join("+");
	return `${row.queue}, ${row.workload} ${threads}`;
}

const nameOf = (row) => `${row.queue}, ${row.workload} ${row.shape}`;

function draw(model, view, { document, width, colours }) {
	const data = rows(model, view)
		.slice(0, SHOWN)
		.map((row) => ({ ...row, name: nameOf(row) }));
	const narrow = width < 640;
	const isJudged = (row) => ["REGRESSED", "FAILED", "IMPROVED"].includes(row.verdict);
	const color = (row) => (row.verdict === "REGRESSED" || row.verdict === "FAILED" ? colours.far : row.verdict === "IMPROVED" ? colours.near : colours.faint);
	return Plot.plot({
		...basics(colours, document),
		width,
		height: 64 + (narrow ? 42 : 26) * data.length,
		marginLeft: narrow ? 12 : 290,
		marginRight: narrow ? 12 : 250,
		marginTop: 34,
		marginBottom: 8,
		x: logScale([1, ...data.flatMap((row) => [row.ratio, row.low, row.high])], { axis: "top", label: `${model.compare[view.pair].axis} (logarithmic) →`, labelAnchor: "center", grid: true, tickFormat: (value) => `${value}×` }),
		y: { domain: data.map((row) => row.name), label: null, tickSize: 0, axis: null },
		marks: [
			Plot.ruleX([1], { stroke: colours.ink, strokeWidth: 1.5 }),
			Plot.ruleY(data.filter((row) => row.low !== null), { y: "name", x1: "low", x2: "high", stroke: color, strokeWidth: 4, strokeOpacity: 0.6, strokeLinecap: "round" }),
			Plot.dot(data, { y: "name", x: "ratio", fill: color, stroke: colours.ink, r: 5, symbol: (row) => (row.verdict === "REGRESSED" ? "square" : row.verdict === "IMPROVED" ? "diamond" : "circle"), ariaLabel: (row) => `${row.name}: ${row.ratio}` }),
			...[data.filter(isJudged), data.filter((row) => !isJudged(row))].flatMap((some, i) => {
				const weight = { fill: i === 0 ? colours.ink : colours.quiet, fontWeight: i === 0 ? 600 : 400, textAnchor: "start", y: "name" };
				return [
					// Beside the bars, or on a phone above them.
					Plot.text(some, { ...weight, frameAnchor: "left", dx: narrow ? 0 : -290, dy: narrow ? -15 : 0, stroke: colours.paper, strokeWidth: 4, text: (row) => cut(narrow ? `${shortName(row)}: ${row.verdict}` : shortName(row), narrow ? width : 290) }),
					Plot.text(narrow ? [] : some, { ...weight, frameAnchor: "right", dx: 12, text: (row) => `${row.verdict}, ${fineRatio(row)}` }),
				];
			}),
			Plot.tip(data, Plot.pointerY({ y: "name", x: "ratio", title: (row) => `${row.name}\n${row.verdict}: ${fineRatio(row)}\n${row.says}`, fill: colours.paper, lineWidth: 40 })),
		],
		symbol: { type: "identity" },
	});
}

export default {
	id: "compare",
	title: (model, view) => model.compare[view.pair]?.title ?? "",
	caption: (model, view) => {
		const left = rows(model, view).length - SHOWN;
		return `Right of the line is slower. Bars are 95 % intervals. Square: REGRESSED; diamond: IMPROVED; grey circle: neither was shown.${left > 0 ? ` The ${SHOWN} worst; ${left} more are in the table.` : ""}`;
	},
	none,
	rows,
	draw,
};
