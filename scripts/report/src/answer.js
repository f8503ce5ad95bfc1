// answer.js - the answer in a sentence, as a reader would say it; it is announced when it changes.
import { against, promises, ranked } from "./model.js";
import { fineRatio, interval, number, ratio } from "./format.js";
import { shortName } from "./charts/compare.js";
import { h } from "./dom.js";

function named(entries, most = 4) {
	const names = entries.slice(0, most).map((entry) => entry.label);
	const left = entries.length - names.length;
	return left > 0 ? `${names.join(", ")} and ${left} more` : names.join(names.length === 2 ? " and " : ", ");
}

/** The sentences, the first of which is the answer itself. */
export function answerOf(view) {
	const queues = ranked(view.shape, view.needs);
	if (queues.length === 0) return ["No queue that was measured in this shape promises that."];
	const [first, ...others] = queues;
	const bounds = interval(first.ns_per_op);
	const sentences = [`Fastest: ${first.label} at ${number(first.ns_per_op.median)} ns per operation${bounds ? ` (${bounds})` : ""}.`];
	const standings = others.map((entry) => ({ entry, standing: against(entry, first) }));
	const tied = standings.filter(({ standing }) => !standing.resolved).map(({ entry }) => entry);
	const slower = standings.find(({ standing }) => standing.resolved);
	if (others.length === 0) sentences.push("It is the only one.");
	else if (standings.some(({ standing }) => !standing.established)) sentences.push("No order is established: intervals take 6 launches.");
	else if (tied.length > 0) sentences.push(`Not resolved from it: ${named(tied)}.`);
	if (others.length > 0 && tied.length === others.length && standings.every(({ standing }) => standing.established)) sentences.push("None is slower for sure.");
	if (slower) sentences.push(`The first that is slower for sure: ${slower.entry.label}, ${ratio(slower.standing)}.`);
	return sentences;
}

export function answerElements(view) {
	const [first, ...rest] = answerOf(view);
	const kinds = promises(ranked(view.shape, view.needs));
	const elements = [h("strong", {}, first), ` ${rest.join(" ")}`];
	if (kinds.length > 1)
		elements.push(h("span", { class: "unlike" }, `Unlike promises are ranked together here (${kinds.join("; ")}): the looser may be the cheaper one to keep.`));
	return elements;
}

/** [["REGRESSED", 2], ["PASS", 3]]: of each verdict how many, the worst first. */
function tallyOf(results) {
	const counts = new Map(["FAILED", "REGRESSED", "INCONCLUSIVE", "PASS", "IMPROVED"].map((verdict) => [verdict, 0]));
	for (const { verdict } of results) if (counts.has(verdict)) counts.set(verdict, counts.get(verdict) + 1);
	return [...counts].filter(([, count]) => count > 0);
}

const nameOf = (result) => `${shortName({ ...result, queue: result.backend })}${result.ratio === null ? "" : `, ${fineRatio(result)}`}`;

/** No evidence of harm is not evidence of no harm: what is undecided is said at once. */
function withoutWorst(results, tally) {
	const undecided = results.filter(({ verdict }) => verdict === "INCONCLUSIVE").length;
	const all = tally.reduce((sum, [, count]) => sum + count, 0);
	const better = results.filter(({ verdict }) => verdict === "IMPROVED").at(-1);
	const gain = better ? ` Faster for sure: ${nameOf(better)}.` : "";
	return undecided > 0 ? `No regression was shown, but ${undecided} of ${all} cells are undecided.${gain}` : `No regression.${gain}`;
}

/** What a comparison found: the worst of it in a sentence, and how many of each verdict. */
export function compareAnswer(pair) {
	const results = pair.results.filter((result) => !result.reference);
	const tally = tallyOf(results);
	const worst = results.find(({ verdict }) => verdict === "FAILED") ?? results.find(({ verdict }) => verdict === "REGRESSED");
	if (tally.length === 0) return ["There is nothing to compare.", ""];
	if (pair.forced) return ["No verdict: these two are not like with like.", "The ratios say how the two measurements differ, not how a queue changed."];
	const first = worst ? `${worst.verdict === "FAILED" ? "Failed" : "Slower for sure"}: ${nameOf(worst)}.` : withoutWorst(results, tally);
	return [first, `${tally.map(([verdict, count]) => `${count} ${verdict}`).join(", ")}.`];
}

export function compareElements(pair) {
	const [first, rest] = compareAnswer(pair);
	return [h("strong", {}, first), ` ${rest}`];
}
