// model.js - what lfbench wrote into the page, as charts and filters want it. Computes no median and no interval: those are lfbench's.

/** The settings that make a shape, in the order in which a reader chooses; `title` is how a control is called. */
export const DIMENSIONS = [
	{ key: "workload", title: "Workload" },
	{ key: "threads", title: "Threads" },
	{ key: "capacity", title: "Capacity" },
	{ key: "payload", title: "Payload" },
	{ key: "wait", title: "Wait" },
	{ key: "batch", title: "Batch" },
	{ key: "work", title: "Work" },
	{ key: "pin", title: "Pin" },
	{ key: "params", title: "Setting" },
	{ key: "host", title: "Machine" },
];

const PROGRESS = ["blocking", "lock_free", "wait_free"];

function text(value) {
	return value === null || value === undefined ? "" : String(value);
}

function paramsText(params) {
	return Object.entries(params ?? {})
		.map(([key, value]) => `${key}=${value}`)
		.join(", ");
}

function workText(shape) {
	const push = shape.work_push_ns ?? 0;
	const pop = shape.work_pop_ns ?? 0;
	return push || pop ? `${push}/${pop} ns ${text(shape.work_dist)}` : "none";
}

/** What tells this shape from others, as texts. */
export function dimensionsOf(shape) {
	const bytes = shape.payload_bytes ?? 8;
	return {
		workload: text(shape.workload),
		threads: `${text(shape.producers)}+${text(shape.consumers)}`,
		capacity: text(shape.capacity),
		payload: bytes === 8 ? "8 bytes" : `${bytes} bytes by ${text(shape.payload_by)}`,
		wait: text(shape.wait),
		batch: text(shape.batch ?? 1),
		work: workText(shape),
		pin: text(shape.pin),
		params: paramsText(shape.params) || "default",
		host: text(shape.host),
	};
}

/** What is compared with what: a gate's verdicts, then each file with the first. */
function comparisonsOf(data) {
	return [
		...data.verdicts.map((found) => ({ ...found, name: found.name, title: `Head against base: ${found.name}`, axis: "times as long in head as in base", forced: false })),
		...data.compare.map((pair) => {
			const { name } = data.files[pair.file];
			return { ...pair, name, title: `${name} against ${data.files[0].name}`, axis: "times as long as in the first file" };
		}),
	];
}

/** Every shape with its dimensions, and every entry with the shape it is in. */
export function makeModel(data) {
	const shapes = data.summary.groups.map((group, index) => {
		const shape = {
			index,
			title: group.title,
			dimensions: dimensionsOf(group.shape),
			threads: (group.shape.producers ?? 0) + (group.shape.consumers ?? 0),
			regimes: group.regimes,
			entries: [],
		};
		shape.entries = group.entries.map((entry, at) => ({ ...entry, at, shape, label: text(entry.label) }));
		return shape;
	});
	const values = {};
	for (const { key } of DIMENSIONS) values[key] = [...new Set(shapes.map((shape) => shape.dimensions[key]))].sort(NATURALLY.compare);
	return { data, shapes, values, flags: data.summary.flags, histograms: data.histograms, compare: comparisonsOf(data), history: data.history, files: data.files };
}

const NATURALLY = new Intl.Collator("en", { numeric: true });

/** The values of a dimension, numbers in order. */
export function valuesOf(model, key) {
	return model.values[key];
}

/** The shape that has this value and as many of the other chosen ones as there are. */
export function nearestShape(model, chosen, changed) {
	let best = null;
	let bestScore = -1;
	for (const shape of model.shapes) {
		let score = 0;
		for (const { key } of DIMENSIONS) {
			if (chosen[key] === undefined || shape.dimensions[key] !== chosen[key]) continue;
			score += key === changed ? 100 : key === "workload" ? 10 : 1;
		}
		if (score > bestScore) {
			best = shape;
			bestScore = score;
		}
	}
	return best;
}

/** Shapes that differ from this one in threads alone, with fewer threads first. */
export function scalingShapes(model, shape) {
	return model.shapes
		.filter((other) => DIMENSIONS.every(({ key }) => key === "threads" || other.dimensions[key] === shape.dimensions[key]))
		.sort((a, b) => a.threads - b.threads);
}

function isAtLeast(progress, least) {
	return least === "any" || PROGRESS.indexOf(progress) >= PROGRESS.indexOf(least);
}

/** Whether a queue promises what is needed; what it does not say, it does not promise. */
export function meets(entry, needs) {
	const order = text(entry.semantics).split("-")[1] ?? "";
	const bounded = text(entry.bounded);
	if (needs.order === "fifo" && order !== "fifo") return false;
	if (needs.order === "per_producer" && order !== "fifo" && order !== "per_producer") return false;
	if (needs.memory === "bounded" && bounded !== "1") return false;
	if (needs.memory === "unbounded" && bounded !== "0") return false;
	return isAtLeast(entry.progress_push, needs.push) && isAtLeast(entry.progress_pop, needs.pop);
}

const measured = (entry) => entry.ns_per_op.median !== null;

/** Queues of the shape that meet the needs, the fastest first. */
export function ranked(shape, needs) {
	return shape.entries
		.filter((entry) => !entry.reference && measured(entry) && meets(entry, needs))
		.sort((a, b) => a.ns_per_op.median - b.ns_per_op.median);
}

/** A reference of the shape: "null" or "faa". */
export function reference(shape, backend) {
	return shape.entries.find((entry) => entry.reference && entry.backend === backend && measured(entry));
}

const hasInterval = (entry) => entry.ns_per_op.low !== null;

/** How an entry stands to a faster one: as src/summary/pick.c has it. */
export function against(entry, faster) {
	const a = entry.ns_per_op;
	const b = faster.ns_per_op;
	const both = hasInterval(entry) && hasInterval(faster);
	return {
		ratio: a.median / b.median,
		low: both ? a.low / b.high : null,
		high: both ? a.high / b.low : null,
		resolved: both && a.low > b.high,
		established: both,
	};
}

/** Which unlike promises are among these, in words; one word where there is nothing unlike. */
export function promises(entries) {
	return [
		...new Set(
			entries.map((entry) => `${text(entry.semantics)}, ${entry.bounded === "1" ? "bounded" : entry.bounded === "0" ? "unbounded" : "bound not said"}`),
		),
	];
}
