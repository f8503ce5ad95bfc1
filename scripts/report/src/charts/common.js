// common.js - what several charts need: room for names, ticks that are whole, and the grid of small multiples.

const CHARACTER = 7; // pixels, at 12px

/** Left margin that holds the longest of these names. */
export function roomFor(names, most = 220) {
	return Math.min(most, 16 + CHARACTER * Math.max(4, ...names.map((name) => name.length)));
}

/** A name that fits a room of that many pixels. */
export function cut(name, most = 220) {
	const characters = Math.floor((most - 15) / CHARACTER);
	return name.length > characters ? `${name.slice(0, characters - 1)}…` : name;
}

/** Within a range so small that a logarithm is hardly bent: even steps of 1, 2 or 5 times a power of ten. */
function evenTicks(low, high) {
	const rough = (high - low) / 5;
	const power = 10 ** Math.floor(Math.log10(rough));
	const step = power * [1, 2, 5, 10].find((times) => power * times >= rough);
	const ticks = [];
	for (let i = Math.ceil(low / step); i * step <= high; i++) ticks.push(+(i * step).toPrecision(6));
	return ticks;
}

/** Powers of ten within [low, high], with 2 and 5 between where there are few of them. */
export function logTicks(low, high) {
	if (high / low < 1.6) return evenTicks(low, high);
	const ticks = [];
	const few = Math.log10(high / low) < 2.2;
	for (let power = Math.floor(Math.log10(low)); power <= Math.ceil(Math.log10(high)); power++)
		for (const step of few ? [1, 2, 5] : [1]) {
			const tick = +(step * 10 ** power).toPrecision(3);
			if (tick >= low && tick <= high) ticks.push(tick);
		}
	return ticks;
}

/** [lowest, highest] of what is finite, or null. */
export function extent(values) {
	const finite = values.filter((value) => value !== null && Number.isFinite(value) && value > 0);
	return finite.length === 0 ? null : [Math.min(...finite), Math.max(...finite)];
}

/** A logarithmic scale that is not empty. */
export function logScale(values, options = {}) {
	const [low, high] = extent(values) ?? [1, 10];
	const domain = high / low < 1.05 ? [low / 1.3, high * 1.3] : [low / 1.06, high * 1.06];
	return { type: "log", domain, ticks: logTicks(...domain), ...options };
}

/** Place of the i-th of small multiples that many columns wide. */
export function gridOf(names, width, least = 190) {
	const columns = Math.max(1, Math.min(names.length, Math.floor(width / least)));
	const at = new Map(names.map((name, i) => [name, { fx: i % columns, fy: Math.floor(i / columns) }]));
	return {
		columns,
		rows: Math.ceil(names.length / columns),
		fx: (row) => at.get(row.queue)?.fx,
		fy: (row) => at.get(row.queue)?.fy,
		titles: names.map((queue) => ({ queue })),
	};
}

/** Facet scales without titles of their own: the small multiples are titled in their corner. */
export const NO_FACET_AXIS = { fx: { axis: null, padding: 0.12 }, fy: { axis: null, padding: 0.26 } };

/**
 * Where labels of lines stand, by value on a logarithmic scale: at the value, or as near to it as leaves `gap` pixels between any two of
 * them. Each row gets `label_at`.
 */
export function spread(rows, key, domain, pixels, gap = 15) {
	const [low, high] = domain.map(Math.log);
	const sorted = rows
		.map((row) => ({ ...row, at: ((Math.log(row[key]) - low) / (high - low)) * pixels }))
		.sort((a, b) => a.at - b.at);
	for (let i = 1; i < sorted.length; i++) sorted[i].at = Math.max(sorted[i].at, sorted[i - 1].at + gap);
	let most = pixels;
	for (let i = sorted.length - 1; i >= 0 && sorted[i].at > most; i--, most -= gap) sorted[i].at = most;
	return sorted.map((row) => ({ ...row, label_at: Math.exp(low + (row.at / pixels) * (high - low)) }));
}
