// figure.js - a chart on the page: its title, the drawing, what it means, its figures as a table, and downloads. Drawn when it comes into
// sight, and again when what it shows has changed.
import { h } from "./dom.js";
import { columnsOf, saveCsv, savePng, saveSvg } from "./download.js";

const TABLE_ROWS_MOST = 500;

function cellText(value) {
	if (value === null || value === undefined) return "";
	return typeof value === "number" ? String(+value.toPrecision(6)) : String(value);
}

/** A cell's id leads to the trials it is made of: the rows of the CSV. */
function cellContent(row, key, linkTo) {
	const href = key === "cell_id" && row.entry ? linkTo(row.entry) : null;
	return href ? h("a", { href }, cellText(row[key])) : cellText(row[key]);
}

function makeTable(rows, label, linkTo) {
	const columns = columnsOf(rows);
	const table = h(
		"table",
		{},
		h("thead", {}, h("tr", {}, ...columns.map((key) => h("th", { scope: "col" }, key.replaceAll("_", " "))))),
		h("tbody", {}, ...rows.slice(0, TABLE_ROWS_MOST).map((row) => h("tr", {}, ...columns.map((key) => h("td", { class: typeof row[key] === "number" ? "n" : null }, cellContent(row, key, linkTo)))))),
	);
	const more = rows.length > TABLE_ROWS_MOST ? h("p", { class: "note" }, `The first ${TABLE_ROWS_MOST} of ${rows.length} rows; the CSV has all.`) : null;
	return h("div", {}, h("div", { class: "scroll", tabindex: "0", role: "group", "aria-label": `${label}, as a table` }, table), more ?? "");
}

/** To a screen reader a chart is one picture with a table: what its marks stand for is kept beside its tree. */
function nameMarks(svg) {
	for (const element of svg.querySelectorAll("[aria-label]")) {
		element.setAttribute("data-mark", element.getAttribute("aria-label"));
		element.removeAttribute("aria-label");
	}
}

/** A figure of `chart`, which `context()` gives {model, view, colours, width, linkTo}; a width of null is that of its place. */
export function makeFigure(chart, context, onDrawn) {
	const place = h("div", { class: "drawing" });
	const title = h("h3", {});
	const caption = h("figcaption", {});
	const table = h("div", {});
	const details = h("details", { class: "rows", ontoggle: () => fillTable() }, h("summary", {}, "The figures of this chart as a table"), table);
	const buttons = h("p", { class: "downloads" });
	const element = h("figure", { id: `chart-${chart.id}`, class: "chart" }, title, place, caption, buttons, details);
	let stale;
	let visible = false;

	/** Said in the tree as well, for whoever waits for the drawing. */
	function setStale(now) {
		stale = now;
		element.toggleAttribute("data-stale", now);
	}
	setStale(true);

	function fillTable() {
		const { model, view, linkTo } = context();
		if (details.open) table.replaceChildren(makeTable(chart.rows(model, view), chart.title(model, view), linkTo));
	}

	function button(text, name, act) {
		return h("button", { type: "button", "aria-label": `Download ${chart.id} as ${text}`, onclick: () => act(name) }, text);
	}

	function draw() {
		const { model, view, colours, width } = context();
		const missing = chart.none?.(model, view) ?? (chart.rows(model, view).length === 0 ? "No queue that was measured here promises this." : null);
		setStale(false);
		title.textContent = chart.title(model, view);
		caption.textContent = missing === null ? chart.caption(model, view) : "";
		details.hidden = missing !== null;
		buttons.replaceChildren();
		fillTable();
		if (missing !== null) {
			place.replaceChildren(h("p", { class: "quiet none" }, missing));
			onDrawn?.(chart.id);
			return;
		}
		const svg = chart.draw(model, view, { document, width: width ?? Math.max(300, place.clientWidth || 800), colours });
		nameMarks(svg);
		svg.setAttribute("role", "img");
		svg.setAttribute("aria-label", `${chart.title(model, view)}. ${chart.caption(model, view)} The figures are in the table below.`);
		place.replaceChildren(svg);
		place.toggleAttribute("tabindex", false);
		if (svg.viewBox.baseVal.width > place.clientWidth + 1) place.setAttribute("tabindex", "0"); // it scrolls
		buttons.append(
			"Download ",
			button("CSV", chart.id, (name) => saveCsv(chart.rows(model, view), name)),
			button("SVG", chart.id, (name) => saveSvg(svg, colours.paper, name)),
			button("PNG", chart.id, (name) => savePng(svg, colours.paper, name)),
		);
		onDrawn?.(chart.id);
	}

	/** The frame that answers a choice is shown before charts further down are drawn. */
	function soon() {
		setTimeout(() => stale && draw());
	}

	const watch = new IntersectionObserver(
		(entries) => {
			visible = entries.at(-1).isIntersecting;
			if (visible && stale) soon();
		},
		{ rootMargin: "150px" },
	);
	watch.observe(element);
	return {
		element,
		/** What it shows has changed. */
		update() {
			setStale(true);
			if (visible) soon();
		},
		/** For paper: whether in sight or not. */
		drawNow() {
			if (stale) draw();
		},
	};
}
