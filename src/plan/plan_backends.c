/* plan_backends.c - see plan_parts.h: the objects that take part in a plan, each looked at in a process of its own. */
#include "plan/plan_parts.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int inspect(const char *argument, struct lfb_plan_object *object, struct lfb_error *error)
{
	const int rc = lfb_inspect(object->path, &object->inspection);

	return rc == 0 ? 0 : lfb_fail(error, rc, "no process can be started to look at backend '%s': %s", argument, strerror(-rc));
}

/*
 * The object of the contention pass. Where there is no counting flavour it is the timing one: then what the
 * kernel and the CPU count is still to be had, and the row says flavour=timing.
 */
static int inspect_counting(const char *argument, struct lfb_plan_backend *backend, struct lfb_error *error)
{
	if (lfb_counting_path(backend->timing.path, backend->counting.path))
		return inspect(argument, &backend->counting, error);
	backend->counting = backend->timing;
	return 0;
}

/* Append the object for `argument`, unless it is there already (a ring has no pool flavour). */
static int add_backend(struct lfb_plan *plan, const struct lfb_paths *paths, const char *argument, bool pool,
		       bool counts, struct lfb_error *error)
{
	struct lfb_plan_backend *grown, *backend;
	int rc;

	grown = (struct lfb_plan_backend *)realloc(plan->backends, (plan->backend_count + 1) * sizeof(grown[0]));
	if (grown == NULL)
		return lfb_fail(error, -ENOMEM, "out of memory");
	plan->backends = grown;
	backend = &grown[plan->backend_count];
	memset(backend, 0, sizeof(*backend));
	rc = lfb_backend_path(paths, argument, pool, backend->timing.path, error);
	if (rc != 0)
		return rc;
	for (size_t i = 0; i < plan->backend_count; i++)
		if (strcmp(grown[i].timing.path, backend->timing.path) == 0)
			return 0;
	backend->pool = pool;
	(void)snprintf(backend->label, sizeof(backend->label), "%s", argument);
	rc = inspect(argument, &backend->timing, error);
	if (rc == 0 && counts)
		rc = inspect_counting(argument, backend, error);
	if (rc == 0)
		plan->backend_count++;
	return rc;
}

static int add_named_backends(struct lfb_plan *plan, const struct lfb_options *o, const struct lfb_paths *paths, bool pool,
			      struct lfb_error *error)
{
	char *const list = strdup(o->backends), *rest = NULL;
	int rc = list == NULL ? lfb_fail(error, -ENOMEM, "out of memory") : 0;

	if (list != NULL)
		for (char *name = strtok_r(list, ",", &rest); rc == 0 && name != NULL; name = strtok_r(NULL, ",", &rest))
			rc = add_backend(plan, paths, name, pool, lfb_options_want(o, LFB_PASS_CONTENTION), error);
	free(list);
	return rc;
}

static int add_all_backends(struct lfb_plan *plan, const struct lfb_options *o, const struct lfb_paths *paths, bool pool,
			    struct lfb_error *error)
{
	char **const names = lfb_backend_names(paths, error);
	int rc = names == NULL ? -ENOENT : 0;

	for (size_t i = 0; rc == 0 && names[i] != NULL; i++)
		rc = add_backend(plan, paths, names[i], pool, lfb_options_want(o, LFB_PASS_CONTENTION), error);
	lfb_backend_names_free(names);
	return rc;
}

/* Bytes of a path that fit into a label, beside a name of 64. */
#define LABEL_PATH_BYTES 140u

/* A name that several objects have, and what tells this one apart: its path, of a long one the end and its place. */
static void label_by_path(struct lfb_plan_backend *backend, size_t nth)
{
	const size_t length = strlen(backend->timing.path);

	if (length <= LABEL_PATH_BYTES)
		(void)snprintf(backend->label, sizeof(backend->label), "%.64s (%.140s)", backend->timing.inspection.info.name, backend->timing.path);
	else
		(void)snprintf(backend->label, sizeof(backend->label), "%.64s (...%.140s, the %zu.)", backend->timing.inspection.info.name,
			       backend->timing.path + length - LABEL_PATH_BYTES, nth);
}

/* Two objects may call themselves the same (an old and a new build): then the path tells them apart. */
static void label_backends(struct lfb_plan *plan)
{
	for (size_t i = 0; i < plan->backend_count; i++) {
		struct lfb_plan_backend *const mine = &plan->backends[i];
		bool shared = false;

		if (mine->timing.inspection.status != LFB_INSPECT_OK)
			continue;
		for (size_t j = 0; j < plan->backend_count; j++) {
			const struct lfb_inspection *const other = &plan->backends[j].timing.inspection;

			shared |= j != i && other->status == LFB_INSPECT_OK && other->info.alloc == mine->timing.inspection.info.alloc &&
				  strcmp(other->info.name, mine->timing.inspection.info.name) == 0;
		}
		if (shared)
			label_by_path(mine, i + 1);
		else
			(void)snprintf(mine->label, sizeof(mine->label), "%s", mine->timing.inspection.info.name);
	}
}

int lfb_plan_backends_make(struct lfb_plan *plan, const struct lfb_options *o, const struct lfb_paths *paths,
			   struct lfb_error *error)
{
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < o->allocs.count; i++) {
		const bool pool = o->allocs.values[i] == 1;

		rc = o->backends != NULL ? add_named_backends(plan, o, paths, pool, error) : add_all_backends(plan, o, paths, pool, error);
	}
	if (rc == 0 && plan->backend_count == 0)
		rc = lfb_fail(error, -EINVAL, "there is no backend in %s", paths->backends);
	label_backends(plan);
	return rc;
}
