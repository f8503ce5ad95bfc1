// download.js - the rows behind a chart as CSV, and the chart as SVG and PNG.

const PNG_SCALE = 2;

/** A spreadsheet runs what begins like a formula; a quote in front keeps it a text. Figures of ours are never negative. */
function field(value) {
	if (value === null || value === undefined) return "";
	let text = String(value);
	if (typeof value !== "number" && /^[=+\-@\t\r]/.test(text)) text = `'${text}`;
	return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

const isPlain = (value) => value === null || typeof value !== "object";

export function columnsOf(rows) {
	return rows.length === 0 ? [] : Object.keys(rows[0]).filter((key) => rows.every((row) => isPlain(row[key] ?? null)));
}

export function toCsv(rows) {
	const columns = columnsOf(rows);
	return [columns, ...rows.map((row) => columns.map((key) => row[key]))].map((line) => line.map(field).join(",")).join("\n") + "\n";
}

/** The chart as a file of its own, with the paper it is on. */
export function toSvg(svg, paper) {
	const copy = svg.cloneNode(true);
	const box = svg.viewBox.baseVal;
	copy.setAttribute("xmlns", "http://www.w3.org/2000/svg");
	copy.setAttribute("width", box.width);
	copy.setAttribute("height", box.height);
	for (const tip of copy.querySelectorAll('[data-mark="tip"]')) tip.remove();
	const sheet = document.createElementNS("http://www.w3.org/2000/svg", "rect");
	sheet.setAttribute("width", "100%");
	sheet.setAttribute("height", "100%");
	sheet.setAttribute("fill", paper);
	copy.querySelector("style")?.after(sheet);
	return new XMLSerializer().serializeToString(copy);
}

function toPng(svg, paper) {
	const box = svg.viewBox.baseVal;
	const image = new Image();
	const url = URL.createObjectURL(new Blob([toSvg(svg, paper)], { type: "image/svg+xml" }));
	return new Promise((resolve, reject) => {
		image.onload = () => {
			const canvas = document.createElement("canvas");
			canvas.width = box.width * PNG_SCALE;
			canvas.height = box.height * PNG_SCALE;
			canvas.getContext("2d").drawImage(image, 0, 0, canvas.width, canvas.height);
			URL.revokeObjectURL(url);
			canvas.toBlob(resolve, "image/png");
		};
		image.onerror = reject;
		image.src = url;
	});
}

function save(blob, name) {
	const url = URL.createObjectURL(blob);
	const link = document.createElement("a");
	link.href = url;
	link.download = name;
	link.click();
	setTimeout(() => URL.revokeObjectURL(url), 10000);
}

export function saveCsv(rows, name) {
	save(new Blob([toCsv(rows)], { type: "text/csv" }), `${name}.csv`);
}

export function saveSvg(svg, paper, name) {
	save(new Blob([toSvg(svg, paper)], { type: "image/svg+xml" }), `${name}.svg`);
}

export async function savePng(svg, paper, name) {
	save(await toPng(svg, paper), `${name}.png`);
}
