// format.js - figures as lfbench's tables write them: three significant digits, and units.

function decimals(value) {
	return value < 9.995 ? 2 : value < 99.95 ? 1 : 0;
}

export function number(value) {
	return value === null || value === undefined || !Number.isFinite(value) ? "" : value.toFixed(decimals(Math.abs(value)));
}

const TIMES = [
	[1, "ns"],
	[1e3, "µs"],
	[1e6, "ms"],
	[1e9, "s"],
];

export function time(ns) {
	if (ns === null || ns === undefined || !Number.isFinite(ns)) return "";
	let unit = 0;
	while (unit + 1 < TIMES.length && ns >= 999.5 * TIMES[unit][0]) unit++;
	const value = ns / TIMES[unit][0];
	return `${unit === 0 && value >= 1 ? value.toFixed(0) : number(value)} ${TIMES[unit][1]}`;
}

/** For axes: no more digits than there are. */
export function timeTick(ns) {
	let unit = 0;
	while (unit + 1 < TIMES.length && ns >= TIMES[unit + 1][0]) unit++;
	return `${+(ns / TIMES[unit][0]).toPrecision(3)} ${TIMES[unit][1]}`;
}

const RATES = ["", " k", " M", " G", " T"];

export function rate(value) {
	if (value === null || value === undefined || !Number.isFinite(value)) return "";
	let unit = 0;
	while (value >= 999.5 && unit + 1 < RATES.length) {
		value /= 1000;
		unit++;
	}
	return number(value) + RATES[unit];
}

export function interval(figure) {
	return figure.low === null ? "" : `${number(figure.low)}–${number(figure.high)}`;
}

/** Of two builds, whose ratio is close to 1: a digit more. */
export function fineRatio(result) {
	const bounds = result.low === null ? "" : ` (${result.low.toFixed(3)}–${result.high.toFixed(3)})`;
	return `${result.ratio.toFixed(3)}×${bounds}`;
}

export function ratio(standing) {
	const bounds = standing.low === null ? "" : ` (${number(standing.low)}–${number(standing.high)})`;
	return `${number(standing.ratio)}×${bounds}`;
}

/** Two significant digits: "0.034", "1.3", "12". */
export function count(value) {
	if (value === null || value === undefined || !Number.isFinite(value)) return "";
	if (value === 0) return "0";
	return value >= 9.95 ? value.toFixed(0) : value < 1e-6 ? value.toExponential(1) : value.toPrecision(2);
}

/** "99.9 %" of 0.999 */
export function percent(p) {
	return `${+(p * 100).toPrecision(7)} %`;
}
