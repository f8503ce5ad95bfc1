// index.js - the charts there are, by name: for the page, and for `lfbench plot`.
import compare from "./compare.js";
import contention from "./contention.js";
import heatmap from "./heatmap.js";
import history from "./history.js";
import loads from "./loads.js";
import percentiles from "./percentiles.js";
import pick from "./pick.js";
import scaling from "./scaling.js";
import trials from "./trials.js";

export const CHARTS = { pick, scaling, heatmap, trials, contention, percentiles, loads, compare, history };
