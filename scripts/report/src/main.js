// main.js - puts charts and controls into the sections that lfbench wrote, folds the tables up, and keeps the choice in the link.
//
// The fragment is "#SECTION?CHOICE", either of which may be missing: a section to go to, and what was chosen.
import { CHARTS } from "./charts/index.js";
import { answerElements, compareElements } from "./answer.js";
import { h } from "./dom.js";
import { makeFigure } from "./figure.js";
import { makeFilters, makeHighlights, makeSelect } from "./filters.js";
import { makeModel } from "./model.js";
import { theme } from "./theme.js";
import { firstNeeds, makeView, parseState, writeState } from "./view.js";

const started = performance.now();
const dark = matchMedia("(prefers-color-scheme: dark)");
const model = makeModel(JSON.parse(document.getElementById("lfbench-data").textContent));
const printing = { now: false };
const ROWS = "chart-trials";
const heldBack = new Map(); // <noscript> elements, by the details they belong to

function readFragment() {
	const [anchor, query] = decodeURI(location.hash.slice(1)).split("?");
	return { anchor, state: parseState(query ?? "") };
}

/** Some link of old, or of another file, may say anything; what it says wrongly is left out by makeView. */
function safely(read, otherwise) {
	try {
		return read();
	} catch {
		return otherwise;
	}
}

let { anchor, state } = safely(readFragment, { anchor: "", state: {} });
state = { ...firstNeeds(model), ...state };
let view = makeView(model, state);

const PAPER_WIDTH = 700;
const context = () => ({ model, view, colours: theme(dark.matches && !printing.now), width: printing.now ? PAPER_WIDTH : null, linkTo });

/** The rows that an entry's figures are medians of: its trials, in a view of its shape. */
function linkTo(entry) {
	return `#${ROWS}?${writeState(model, { ...state, ...entry.shape.dimensions, ...view.needs })}`;
}
const drawn = [];

function isWanted(id) {
	if (id === "compare") return model.compare.length > 0;
	if (id === "history") return model.history.files.length > 0;
	return model.shapes.length > 0;
}

const figures = {};
for (const [id, chart] of Object.entries(CHARTS)) if (isWanted(id)) figures[id] = makeFigure(chart, context, (which) => drawn.push(which));

const filters = makeFilters(model, change);
const highlights = makeHighlights(change);
const loads = makeSelect("load", "Latency at", change);
const pairs = makeSelect("pair", "File", change);
const found = h("p", { class: "answer-line", role: "status" });

function show() {
	view = makeView(model, state);
	if (view.shape) {
		filters.update(view);
		filters.status.replaceChildren(...answerElements(view));
		highlights.update(view);
		loads.update(view.loads.map((name) => [name, name]), view.load);
	}
	pairs.update(model.compare.map((pair, i) => [String(i), pair.name]), String(view.pair));
	if (model.compare.length > 0) found.replaceChildren(...compareElements(model.compare[view.pair]));
	for (const figure of Object.values(figures)) figure.update();
	if (drawn.length > 0) figures.pick?.drawNow(); // the answer, with its figures, at once
}

function writeFragment() {
	const query = writeState(model, { ...state, ...view.shape?.dimensions, ...view.needs });
	history.replaceState(null, "", `#${anchor}${query ? `?${query}` : ""}`);
}

function change(key, value) {
	const before = performance.now();
	state = { ...state, ...view.shape?.dimensions, [key]: value, changed: key };
	show();
	state = { ...state, ...view.shape?.dimensions };
	writeFragment();
	window.lfbench.changed_ms = performance.now() - before;
}

/**
 * The tables stay: folded up, opened by a link into them, and on paper. Those of many shapes lfbench left in a <noscript>, a mere text here;
 * what of it came from a file is written as references, so that it is the same texts when the tables are made of it.
 */
function fold(section, title) {
	const held = section.querySelector(":scope > noscript");
	const tables = held ? [] : [...section.children].filter((child) => child.tagName !== "H2");
	const details = h("details", { class: "tables", ontoggle: () => details.open && unfold(details) }, h("summary", {}, title), ...tables);
	if (held) heldBack.set(details, held);
	section.append(details);
	return details;
}

function unfold(details) {
	const held = heldBack.get(details);
	if (!held) return;
	heldBack.delete(details);
	details.insertAdjacentHTML("beforeend", held.textContent);
	held.remove();
}

/** The element with that id, made if it is among the tables that are not there yet. */
function find(id) {
	const element = document.getElementById(id);
	if (element || !id) return element;
	const holder = [...heldBack].find(([, held]) => held.textContent.includes(` id="${id}"`));
	if (holder) unfold(holder[0]);
	return document.getElementById(id);
}

/** Into a section, if there is one, what there is of these. */
function put(id, title, ...elements) {
	const section = document.getElementById(id);
	if (!section) return;
	fold(section, title).before(...elements.filter((element) => element !== undefined));
}

function goTo(id) {
	const target = find(id);
	for (let element = target; element; element = element.parentElement) if (element.tagName === "DETAILS") element.open = true;
	if (id === ROWS) target.querySelector("details.rows").open = true;
	target?.scrollIntoView();
	return target !== null;
}

function followLinks() {
	document.addEventListener("click", (event) => {
		const link = event.target.closest?.('a[href^="#"]');
		if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
		event.preventDefault();
		const [to, choice] = link.getAttribute("href").slice(1).split("?");
		anchor = to;
		history.pushState(null, "", `#${anchor}`);
		if (choice) {
			state = { ...state, ...parseState(choice) };
			show();
		}
		writeFragment();
		goTo(anchor);
		const heading = document.getElementById(anchor);
		heading?.setAttribute("tabindex", "-1");
		heading?.focus({ preventScroll: true });
	});
	addEventListener("popstate", () => {
		const read = safely(readFragment, { anchor: "", state: {} });
		anchor = read.anchor;
		state = { ...firstNeeds(model), ...read.state };
		show();
		goTo(anchor);
	});
}

function print(on) {
	printing.now = on;
	for (const details of document.querySelectorAll("details.tables")) {
		if (on) unfold(details);
		details.toggleAttribute("open", on);
	}
	for (const figure of Object.values(figures)) {
		figure.update();
		figure.drawNow();
	}
}

put("which", "All shapes at a glance", filters.element, filters.status, figures.pick?.element);
put("compare", "All cells as a table", pairs.element, found, figures.compare?.element, figures.history?.element);
put("shapes", "Every shape's table", figures.heatmap?.element, figures.scaling?.element);
put("sure", "What was seen in each shape", figures.trials?.element);
put("why", "Counts and latencies as tables", figures.contention?.element, highlights.element, loads.element, figures.percentiles?.element, figures.loads?.element);
document.documentElement.classList.add("charted");
window.lfbench = { drawn, model };
show();
followLinks();
if (anchor) goTo(anchor);
dark.addEventListener("change", () => show());
addEventListener("beforeprint", () => print(true));
addEventListener("afterprint", () => print(false));
let resized;
addEventListener("resize", () => {
	clearTimeout(resized);
	resized = setTimeout(() => Object.values(figures).forEach((figure) => figure.update()), 150);
});
window.lfbench.started_ms = performance.now() - started;
