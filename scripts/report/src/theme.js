// theme.js - colours and symbols. Okabe and Ito's palette ("Color Universal Design", 2008) is told apart by readers with any colour
// vision; it is darkened on white and lightened on black until it has the contrast of text. Colour is never alone: each queue also has a symbol
// and its name.

const LIGHT = {
	paper: "#fcfcfa",
	ink: "#1a1d23",
	quiet: "#565d69",
	line: "#dcdfe4",
	faint: "#b9bfc8",
	accent: "#1a5fb4",
	floor: "#6c7480",
	ceiling: "#b35900",
	bad: "#b3261e",
	series: ["#0060a0", "#b34700", "#007a58", "#a03a78", "#7a6200", "#2b7fb0", "#5b3fa8", "#000000"],
	near: "#0060a0",
	far: "#b34700",
};

const DARK = {
	paper: "#14171c",
	ink: "#e4e7ec",
	quiet: "#a3abb8",
	line: "#343a45",
	faint: "#59616e",
	accent: "#86b6f7",
	floor: "#98a1ae",
	ceiling: "#f0a050",
	bad: "#ff9d94",
	series: ["#6cb8f0", "#f39a5a", "#3fc79a", "#e79ac8", "#e3cf4f", "#9fd8f5", "#bba7f5", "#ffffff"],
	near: "#6cb8f0",
	far: "#f39a5a",
};

export const SYMBOLS = ["circle", "square", "triangle", "diamond", "star", "cross", "wye", "times"];

export function theme(dark) {
	return dark ? DARK : LIGHT;
}

/** Colour and symbol by name, for as many as there are; the others are faint. */
export function seriesOf(names, colours) {
	const shown = names.slice(0, colours.series.length);
	return {
		names: shown,
		color: (name) => colours.series[shown.indexOf(name)] ?? colours.faint,
		symbol: (name) => SYMBOLS[shown.indexOf(name)] ?? "circle",
		has: (name) => shown.includes(name),
	};
}

/** What every chart has in common. */
export function basics(colours, document) {
	return {
		document,
		style: {
			background: colours.paper,
			color: colours.ink,
			fontFamily: 'system-ui, "Segoe UI", Roboto, "Helvetica Neue", "DejaVu Sans", sans-serif',
			fontSize: "12px",
			overflow: "visible",
		},
	};
}
