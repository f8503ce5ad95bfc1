/* trial_results.c - see trial_parts.h: what is kept of a trial beside the threads' own figures. */
#include "trial/trial_parts.h"

#include "machine/allocator.h"

#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

uint64_t lfb_trial_malloc_used_bytes(void)
{
	return mallinfo2().uordblks;
}

void lfb_trial_measure_retained(struct trial *t)
{
	const uint64_t used_bytes = lfb_trial_malloc_used_bytes();

	if (t->setup->shape->pass != LFB_PASS_CONTENTION || t->setup->plugin->info.alloc != LFB_ALLOC_MALLOC || !lfb_allocator_is_glibc())
		return;
	t->result->retained_known = true;
	t->result->retained_bytes = used_bytes > t->malloc_before_bytes ? used_bytes - t->malloc_before_bytes : 0;
}

void lfb_trial_keep_histograms(struct trial *t)
{
	struct lfb_trial_result *const result = t->result;

	if (t->work.latency == NULL || result->status != LFB_STATUS_OK || (t->work.app != NULL && t->work.app->histogram != NULL))
		return;
	result->sample_shift = t->latency.plan.sample_shift;
	result->service = (struct lfb_histogram *)malloc(sizeof(*result->service));
	if (t->setup->shape->rate_per_s > 0)
		result->response = (struct lfb_histogram *)malloc(sizeof(*result->response));
	if (result->service == NULL || (t->setup->shape->rate_per_s > 0 && result->response == NULL)) {
		lfb_trial_fail(t, LFB_STATUS_RESOURCE, "no memory for the histograms of the trial");
		return;
	}
	lfb_latency_service(&t->latency, result->service);
	if (result->response == NULL)
		return;
	lfb_latency_response(&t->latency, result->response);
	result->scheduled_ns = lfb_latency_scheduled_ns(&t->latency, t->items);
}

static void keep_figure(const char *thread, const char *metric, const char *unit, double value, void *context)
{
	struct lfb_trial_result *const result = (struct lfb_trial_result *)context;
	struct lfb_trial_figure *grown, *figure;

	grown = (struct lfb_trial_figure *)realloc(result->figure, (result->figures + 1) * sizeof(grown[0]));
	if (grown == NULL)
		return; /* a figure less; the trial is none the worse */
	result->figure = grown;
	figure = &grown[result->figures++];
	(void)snprintf(figure->thread, sizeof(figure->thread), "%s", thread);
	(void)snprintf(figure->metric, sizeof(figure->metric), "%s", metric);
	(void)snprintf(figure->unit, sizeof(figure->unit), "%s", unit);
	figure->value = value;
}

/* A copy of a histogram that is about to go with its owner. */
static struct lfb_histogram *histogram_copy(const struct lfb_histogram *of)
{
	struct lfb_histogram *const copy = (struct lfb_histogram *)malloc(sizeof(*copy));

	if (copy != NULL)
		memcpy(copy, of, sizeof(*copy));
	return copy;
}

static void keep_own_histograms(struct trial *t)
{
	struct lfb_trial_result *const result = t->result;
	const struct lfb_histogram *h;
	const char *name;

	while (result->own_histograms < LFB_APP_HISTOGRAMS_MAX &&
	       (h = t->work.app->histogram(t->work.app_state, result->own_histograms, &name)) != NULL) {
		struct lfb_trial_histogram *const own = &result->own[result->own_histograms];

		own->histogram = histogram_copy(h);
		if (own->histogram == NULL || (result->own_histograms == 0 && (result->service = histogram_copy(h)) == NULL)) {
			free(own->histogram);
			own->histogram = NULL;
			lfb_trial_fail(t, LFB_STATUS_RESOURCE, "no memory for the histograms of the trial");
			return;
		}
		(void)snprintf(own->name, sizeof(own->name), "%s", name);
		result->own_histograms++;
	}
}

void lfb_trial_keep_application(struct trial *t)
{
	const struct lfb_application *const app = t->work.app;
	struct lfb_trial_result *const result = t->result;

	result->ops = result->items * lfb_workload_ops_per_item(t->setup->shape->workload, t->setup->shape->consumers);
	if (app == NULL || result->status != LFB_STATUS_OK)
		return;
	if (app->measure != NULL)
		app->measure(t->work.app_state, &result->items, &result->ops, &result->duration_ns);
	if (app->figures != NULL)
		app->figures(t->work.app_state, keep_figure, result);
	if (app->histogram != NULL && t->work.latency != NULL)
		keep_own_histograms(t);
}

void lfb_trial_result_free(struct lfb_trial_result *result)
{
	free(result->thread);
	free(result->service);
	free(result->response);
	for (unsigned i = 0; i < result->own_histograms; i++)
		free(result->own[i].histogram);
	free(result->figure);
	result->figure = NULL;
	result->figures = result->own_histograms = 0;
	result->thread = NULL;
	result->service = result->response = NULL;
	result->threads = 0;
}
