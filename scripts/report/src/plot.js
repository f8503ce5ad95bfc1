// plot.js - a chart of the page as an SVG, without a browser: the data of a report on standard input, the drawing on standard output.
//   node plot.mjs CHART WIDTH light|dark CHOICE <data.json >chart.svg
// CHOICE is what a link to a page has behind the "?". `lfbench plot` starts it.
import { readFileSync } from "node:fs";
import { parseHTML } from "linkedom";
import { CHARTS } from "./charts/index.js";
import { makeModel } from "./model.js";
import { basics, theme } from "./theme.js";
import { firstNeeds, makeView, parseState } from "./view.js";

const TITLE_HEIGHT = 30;
const MORE_HEIGHT = 18;

/** What is not drawn on paper: what a pointer brings up. */
function withoutTips(svg) {
	for (const tip of svg.querySelectorAll('[aria-label="tip"]')) tip.remove();
	return svg;
}

/** Titled, since it stands alone. */
function framed(svg, [title, more], colours, document) {
	const width = Number(svg.getAttribute("width"));
	const height = Number(svg.getAttribute("height")) + (more ? MORE_HEIGHT : 0);
	const frame = document.createElementNS("http://www.w3.org/2000/svg", "svg");
	const { fontFamily } = basics(colours, document).style;
	const add = (tag, attributes, text) => {
		const element = document.createElementNS("http://www.w3.org/2000/svg", tag);
		for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
		if (text !== undefined) element.textContent = text;
		frame.append(element);
		return element;
	};
	frame.setAttribute("xmlns", "http://www.w3.org/2000/svg");
	frame.setAttribute("viewBox", `0 0 ${width + 24} ${height + TITLE_HEIGHT + 24}`);
	frame.setAttribute("width", width + 24);
	frame.setAttribute("height", height + TITLE_HEIGHT + 24);
	frame.setAttribute("role", "img");
	add("title", {}, title);
	add("rect", { width: "100%", height: "100%", fill: colours.paper });
	add("text", { x: 12, y: 28, fill: colours.ink, "font-family": fontFamily, "font-size": 15, "font-weight": 600 }, title);
	if (more) add("text", { x: 12, y: 28 + MORE_HEIGHT, fill: colours.quiet, "font-family": fontFamily, "font-size": 13 }, more);
	svg.setAttribute("x", 12);
	svg.setAttribute("y", TITLE_HEIGHT + 12 + (more ? MORE_HEIGHT : 0));
	frame.append(svg);
	return frame;
}

function main([name, width, mode, choice]) {
	const chart = CHARTS[name];
	if (!chart) throw new Error(`there is no chart '${name}'; there are ${Object.keys(CHARTS).join(", ")}`);
	const model = makeModel(JSON.parse(readFileSync(0, "utf8")));
	if (name !== "compare" && model.shapes.length === 0) throw new Error("there are no rows to draw that of");
	const view = makeView(model, { ...firstNeeds(model), ...parseState(choice ?? "") });
	const missing = chart.none?.(model, view) ?? (chart.rows(model, view).length === 0 ? "no queue that was measured here promises this" : null);
	if (missing) throw new Error(missing);
	const { document } = parseHTML("<!DOCTYPE html><html><body></body></html>");
	const colours = theme(mode === "dark");
	const svg = withoutTips(chart.draw(model, view, { document, width: Number(width), colours }));
	const title = [chart.title(model, view), ["pick", "heatmap", "compare"].includes(name) ? "" : view.shape.title];
	process.stdout.write(`${framed(svg, title, colours, document).toString()}\n`);
}

try {
	main(process.argv.slice(2));
} catch (error) {
	process.stderr.write(`${error.message}\n`);
	process.exitCode = 1;
}
