/*
 * plan_passes.c - see plan_parts.h: in which passes a shape is measured.
 *
 * The default sweep in all passes is what people wait for after cloning: it has to fit 90 s on two CPUs (docs/measuring.md). So
 * there each pass takes the shapes that it says most about: latencies where every queue can run, at rates that somebody chose
 * (a closed loop's are those of a full queue); counts where threads share an end. One or two passes alone are taken of all.
 */
#include "plan/plan_parts.h"

static const struct lfb_list no_loads = { .count = 0 };
static const struct lfb_list default_loads = { .count = 2, .values = { 50, 90 } };

static bool is_brief(const struct lfb_options *o)
{
	return lfb_is_default_sweep(o) && lfb_options_want(o, LFB_PASS_THROUGHPUT) && lfb_options_want(o, LFB_PASS_LATENCY) &&
	       lfb_options_want(o, LFB_PASS_CONTENTION);
}

static bool has_open_loop(const struct lfb_shape *shape)
{
	return shape->workload->role[0].open != LFB_LOOP_KINDS && shape->batch <= 1;
}

static const struct lfb_list *loads_of(const struct lfb_options *o, const struct lfb_shape *shape)
{
	const bool by_default = lfb_is_default_sweep(o) && o->rates.count == 0 && o->loads.count == 0;

	if (!by_default)
		return &o->loads;
	return shape->producers == 1 && shape->consumers == 1 ? &default_loads : &no_loads;
}

/* An open loop at each rate; and at each load, behind the saturation that it is a part of. */
static size_t open_loops(const struct lfb_options *o, const struct lfb_shape *base, struct lfb_shape *out)
{
	const struct lfb_list *const loads = loads_of(o, base);
	struct lfb_shape shape = *base;
	size_t n = 0;

	for (size_t i = 0; i < o->rates.count; i++) {
		shape.rate_per_s = o->rates.values[i];
		out[n++] = shape;
	}
	shape.rate_per_s = 0;
	if (loads->count > 0) {
		shape.load_percent = LFB_LOAD_SATURATION;
		out[n++] = shape;
	}
	for (size_t i = 0; i < loads->count; i++) {
		shape.load_percent = (uint32_t)loads->values[i];
		out[n++] = shape;
	}
	return n;
}

static size_t latency_variants(const struct lfb_options *o, const struct lfb_shape *base, struct lfb_shape *out)
{
	struct lfb_shape shape = *base;
	size_t n = 0;

	shape.param[LFB_PARAM_check] = LFB_CHECK_BY_SUM;
	shape.pass = LFB_PASS_LATENCY;
	shape.arrival = o->arrival;
	if (!is_brief(o) || base->batch > 1) /* batches have no open loop */
		out[n++] = shape;
	return has_open_loop(base) ? n + open_loops(o, &shape, out + n) : n;
}

static size_t contention_variants(const struct lfb_options *o, const struct lfb_shape *base, struct lfb_shape *out)
{
	if (is_brief(o) && base->producers < 2 && base->consumers < 2)
		return 0;
	*out = *base;
	out->param[LFB_PARAM_check] = LFB_CHECK_BY_SUM;
	out->pass = LFB_PASS_CONTENTION;
	return 1;
}

size_t lfb_shape_variants(const struct lfb_options *options, const struct lfb_shape *base, struct lfb_shape out[LFB_VARIANTS_MAX])
{
	size_t n = 0;

	if (lfb_options_want(options, LFB_PASS_THROUGHPUT)) {
		out[n] = *base;
		out[n++].pass = LFB_PASS_THROUGHPUT;
	}
	if (lfb_options_want(options, LFB_PASS_LATENCY))
		n += latency_variants(options, base, out + n);
	if (lfb_options_want(options, LFB_PASS_CONTENTION))
		n += contention_variants(options, base, out + n);
	return n;
}
