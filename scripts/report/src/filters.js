// filters.js - the controls: which shape, what is needed, which queues stand out.
import { h } from "./dom.js";
import { DIMENSIONS, valuesOf } from "./model.js";
import { NEEDS, SHOWN_MOST } from "./view.js";

function select(key, title, options, chosen, onChange) {
	const control = h("select", { name: key, onchange: (event) => onChange(key, event.target.value) });
	for (const [value, text] of options) control.append(h("option", { value, selected: value === chosen }, text));
	return h("label", {}, h("span", {}, title), control);
}

/** Only what there is a choice of; the rest is in the title of the shape. */
export function makeFilters(model, onChange) {
	const element = h("form", { class: "filters", "aria-label": "Choose a shape and what a queue has to promise", onsubmit: (event) => event.preventDefault() });
	const selects = h("div", { class: "selects" });
	const status = h("p", { class: "answer-line", role: "status" });
	element.append(selects);

	function update(view) {
		const focused = selects.contains(document.activeElement) ? document.activeElement.name : null;
		selects.replaceChildren(
			...DIMENSIONS.filter(({ key }) => valuesOf(model, key).length > 1).map(({ key, title }) =>
				select(key, title, valuesOf(model, key).map((value) => [value, value || "not said"]), view.shape.dimensions[key], onChange),
			),
			...NEEDS.map(({ key, title, values }) => select(key, title, values, view.needs[key], onChange)),
		);
		if (focused) selects.querySelector(`[name="${focused}"]`)?.focus();
	}
	return { element, status, update };
}

/** Which queues are told apart by colour in the charts of latencies. */
export function makeHighlights(onChange) {
	const boxes = h("div", { class: "boxes" });
	const element = h("fieldset", { class: "highlights" }, h("legend", {}, `Queues that stand out (at most ${SHOWN_MOST})`), boxes);

	function update(view) {
		const focused = boxes.contains(document.activeElement) ? document.activeElement.value : null;
		boxes.replaceChildren(
			...view.queues.map((name) => {
				const checked = view.shown.includes(name);
				const box = h("input", {
					type: "checkbox",
					value: name,
					checked,
					disabled: !checked && view.shown.length >= SHOWN_MOST,
					onchange: () => onChange("show", [...boxes.querySelectorAll("input:checked")].map((input) => input.value).join(",")),
				});
				return h("label", {}, box, ` ${name}`);
			}),
		);
		element.hidden = view.queues.length < 2;
		if (focused !== null) [...boxes.querySelectorAll("input")].find((input) => input.value === focused)?.focus();
	}
	return { element, update };
}

/** One select among loads, or among files; hidden where there is no choice. */
export function makeSelect(key, title, onChange) {
	const element = h("p", { class: "filters" });
	return {
		element,
		update(options, chosen) {
			const focused = element.contains(document.activeElement);
			element.hidden = options.length < 2;
			element.replaceChildren(select(key, title, options, chosen, onChange));
			if (focused) element.querySelector("select").focus();
		},
	};
}
