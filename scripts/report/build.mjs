// build.mjs - makes report.js, which lfbench puts into its pages, and report.js.sha256, by which a page allows that script and no other:
//   node build.mjs FOLDER
import { createHash } from "node:crypto";
import { mkdirSync, renameSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const here = dirname(fileURLToPath(import.meta.url));
const folder = process.argv[2];
if (!folder) {
	console.error("usage: node build.mjs FOLDER");
	process.exit(2);
}

/** Under its name only when it is whole: a page may be made meanwhile. */
function write(name, text) {
	writeFileSync(join(folder, `${name}.new`), text);
	renameSync(join(folder, `${name}.new`), join(folder, name));
}

async function bundle(entry, options) {
	const made = await build({
		absWorkingDir: here,
		entryPoints: [join(here, entry)],
		bundle: true,
		minify: true,
		charset: "ascii",
		legalComments: "inline",
		write: false,
		logLevel: "warning",
		...options,
	});
	return made.outputFiles[0].text;
}

mkdirSync(folder, { recursive: true });
// Licences of what is bundled stay in it, as these ask for.
const script = await bundle("src/main.js", { format: "iife", target: ["es2021"], platform: "browser" });
write("report.js", script);
write("report.js.sha256", `${createHash("sha256").update(script).digest("base64")}\n`);
console.log(`report.js: ${(script.length / 1024).toFixed(0)} kB`);
