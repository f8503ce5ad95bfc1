// build.mjs - makes report.js, which lfbench puts into its pages, report.js.sha256, by which a page allows that script and no other, and
// plot.mjs, with which `lfbench plot` draws the same charts:
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
// What draws the same charts under Node, for lfbench plot; whole, so that an installed copy needs no packages.
write("plot.mjs", await bundle("src/plot.js", { format: "esm", target: ["node18"], platform: "node", banner: { js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);" } }));
console.log(`report.js: ${(script.length / 1024).toFixed(0)} kB`);
