// view.js - from what was chosen, in a link or by hand, to what the charts show; and back. A choice that means nothing is left out.
import { DIMENSIONS, meets, nearestShape, ranked } from "./model.js";
import { loadsOf } from "./charts/percentiles.js";

/** What can be asked of a queue; the first of each is what goes without saying. */
export const NEEDS = [
	{ key: "order", title: "Order", values: [["fifo", "strict FIFO"], ["per_producer", "FIFO per producer is enough"], ["any", "any"]] },
	{ key: "memory", title: "Memory", values: [["bounded", "bounded"], ["unbounded", "unbounded"], ["any", "either"]] },
	{ key: "push", title: "Push", values: [["any", "may block"], ["lock_free", "lock-free"], ["wait_free", "wait-free"]] },
	{ key: "pop", title: "Pop", values: [["any", "may block"], ["lock_free", "lock-free"], ["wait_free", "wait-free"]] },
];

/** Queues that are told apart by colour, symbol and name. */
export const SHOWN_MOST = 8;
const SHOWN_FIRST = 5;

/** "a=1&b=2" as an object; anything can stand in a link. */
export function parseState(query) {
	const state = {};
	for (const [key, value] of new URLSearchParams(query)) state[key] = key === "threads" ? value.replace(" ", "+") : value; // 2+2, as people write it
	return state;
}

export function writeState(model, state) {
	const query = new URLSearchParams();
	for (const { key } of DIMENSIONS) if (state[key] !== undefined && model.shapes.some((shape) => shape.dimensions[key] !== state[key])) query.set(key, state[key]);
	for (const { key, values } of NEEDS) if (state[key] !== undefined && state[key] !== values[0][0]) query.set(key, state[key]);
	for (const key of ["show", "load", "pair"]) if (state[key]) query.set(key, state[key]);
	return query.toString();
}

function needsOf(state) {
	const needs = {};
	for (const { key, values } of NEEDS) needs[key] = values.some(([value]) => value === state[key]) ? state[key] : values[0][0];
	return needs;
}

/** Where nothing promises what goes without saying, as in a file of unbounded queues alone, that is no way to begin. */
export function firstNeeds(model) {
	for (const [order, memory] of [["fifo", "bounded"], ["fifo", "any"], ["any", "any"]]) {
		const needs = { order, memory, push: "any", pop: "any" };
		if (model.shapes.some((shape) => shape.entries.some((entry) => !entry.reference && meets(entry, needs)))) return needs;
	}
	return { order: "any", memory: "any", push: "any", pop: "any" };
}

export function makeView(model, state) {
	const shape = nearestShape(model, state, state.changed);
	const needs = needsOf(state);
	const pair = Number(state.pair) >= 0 && Number(state.pair) < model.compare.length ? Number(state.pair) : 0;
	if (shape === null) return { shape, needs, queues: [], shown: [], loads: [], load: "", pair }; // verdicts without rows
	const queues = ranked(shape, needs).map((entry) => entry.label);
	const asked = (state.show ?? "").split(",").filter((name) => queues.includes(name));
	const shown = (asked.length > 0 ? asked : queues.slice(0, SHOWN_FIRST)).slice(0, SHOWN_MOST);
	const loads = loadsOf(shape);
	const load = loads.includes(state.load) ? state.load : loads[0] ?? "closed loop";
	return { shape, needs, queues, shown, loads, load, pair };
}
