/*
 * test_cell.c - what makes a cell the same cell: its id over all the settings that count and
 * none that do not, which cells a backend cannot run, and the columns a cell fills.
 */
#include "unit.h"

#include "machine/allocator.h"
#include "plan/cell.h"
#include "plan/names.h"

static const struct lfb_workload *workload(const char *name)
{
	return &lfb_workloads[lfb_name_find(lfb_workload_names, name)];
}

static struct lfb_shape shape_of(const char *name)
{
	struct lfb_shape shape = {
		.workload = workload(name),
		.producers = 1,
		.consumers = 1,
		.capacity = 64,
		.batch = 1,
		.wait = LFB_WAIT_SPIN,
		.pin = "compact",
	};

	lfb_shape_preset(&shape);
	return shape;
}

static struct lfb_backend_info info_of(void)
{
	return (struct lfb_backend_info){
		.name = "some_queue",
		.library = "own",
		.version = "1.2",
		.built_with = "gcc 12",
		.loops_rev = "1",
		.build_id = "0123456789abcdef0123456789abcdef01234567",
		.claims = { .producers = LFB_MANY,
			    .consumers = LFB_MANY,
			    .order = LFB_ORDER_FIFO,
			    .bounded = true,
			    .push = LFB_BLOCKING,
			    .pop = LFB_LOCK_FREE },
		.alloc = LFB_ALLOC_NONE,
		.has_block = true,
	};
}

static void id_of(const struct lfb_shape *shape, const char *label, const struct lfb_backend_info *info,
		  char out[LFB_CELL_ID_BYTES])
{
	struct lfb_row row = { .failed = false };

	lfb_cell_fill_row(&row, shape, label, info);
	assert_false(row.failed);
	lfb_cell_id(&row, out);
	assert_string_equal(lfb_row_get(&row, LFB_COL_cell_id), out);
	assert_int_equal(strlen(out), 16);
	assert_int_equal(strspn(out, "0123456789abcdef"), 16);
	lfb_row_clear(&row);
}

/* Every setting by itself makes another cell. */
static void ids_differ_with_every_setting(void **state)
{
	enum { SETTINGS = 12 };
	struct lfb_backend_info info = info_of();
	struct lfb_shape shape = shape_of("producer_consumer");
	char ids[SETTINGS][LFB_CELL_ID_BYTES];
	unsigned n = 0;

	(void)state;
	id_of(&shape, "a", &info, ids[n++]);
	id_of(&shape, "b", &info, ids[n++]);
	shape.producers = 2;
	id_of(&shape, "a", &info, ids[n++]);
	shape.producers = 1;
	shape.consumers = 2;
	id_of(&shape, "a", &info, ids[n++]);
	shape.consumers = 1;
	shape.capacity = 128;
	id_of(&shape, "a", &info, ids[n++]);
	shape.capacity = 64;
	shape.batch = 2;
	id_of(&shape, "a", &info, ids[n++]);
	shape.batch = 1;
	shape.wait = LFB_WAIT_YIELD;
	id_of(&shape, "a", &info, ids[n++]);
	shape.wait = LFB_WAIT_SPIN;
	shape.pin = "spread";
	id_of(&shape, "a", &info, ids[n++]);
	shape.pin = "compact";
	shape.workload = workload("pairs");
	id_of(&shape, "a", &info, ids[n++]);
	shape.workload = workload("producer_consumer");
	info.alloc = LFB_ALLOC_MALLOC;
	id_of(&shape, "a", &info, ids[n++]);
	info.alloc = LFB_ALLOC_POOL;
	id_of(&shape, "a", &info, ids[n++]);
	shape.pool = true;
	id_of(&shape, "a", NULL, ids[n++]);
	/* The last two are one cell: pooled nodes, and pooled nodes of a backend that cannot be looked at. */
	assert_string_equal(ids[n - 1], ids[n - 2]);
	for (unsigned i = 0; i < n - 1; i++)
		for (unsigned j = 0; j < i; j++)
			if (strcmp(ids[i], ids[j]) == 0)
				fail_msg("settings %u and %u are one cell", j, i);
}

/* What a later build or another machine changes is not part of the id: the cell is compared over it. */
static void ids_are_the_same_over_builds(void **state)
{
	struct lfb_backend_info info = info_of();
	const struct lfb_shape shape = shape_of("pairs");
	char before[LFB_CELL_ID_BYTES], after[LFB_CELL_ID_BYTES];
	struct lfb_row row = { .failed = false };

	(void)state;
	id_of(&shape, "a", &info, before);
	(void)snprintf(info.version, sizeof(info.version), "2.0");
	(void)snprintf(info.build_id, sizeof(info.build_id), "ff");
	(void)snprintf(info.built_with, sizeof(info.built_with), "clang 19");
	(void)snprintf(info.loops_rev, sizeof(info.loops_rev), "2");
	info.claims.push = LFB_WAIT_FREE;
	info.claims.order = LFB_ORDER_NONE;
	id_of(&shape, "a", &info, after);
	assert_string_equal(before, after);
	lfb_cell_fill_row(&row, &shape, "a", &info);
	lfb_row_set(&row, LFB_COL_host, "elsewhere");
	lfb_row_set(&row, LFB_COL_cpus, "0+1");
	lfb_row_set(&row, LFB_COL_status, "ok");
	lfb_row_set_u64(&row, LFB_COL_launch, 5);
	lfb_row_set_u64(&row, LFB_COL_capacity_effective, 63);
	lfb_cell_id(&row, after);
	assert_string_equal(before, after);
	lfb_row_clear(&row);
}

/* Texts next to each other do not run together, and the id is FNV-1a as published. */
static void ids_keep_columns_apart(void **state)
{
	struct lfb_row row = { .failed = false };
	char one[LFB_CELL_ID_BYTES], other[LFB_CELL_ID_BYTES];
	uint64_t hash = UINT64_C(0xcbf29ce484222325);
	char expected[LFB_CELL_ID_BYTES];

	(void)state;
	lfb_row_set(&row, LFB_COL_workload, "ab");
	lfb_row_set(&row, LFB_COL_backend, "c");
	lfb_cell_id(&row, one);
	lfb_row_set(&row, LFB_COL_workload, "a");
	lfb_row_set(&row, LFB_COL_backend, "bc");
	lfb_cell_id(&row, other);
	assert_string_not_equal(one, other);
	lfb_row_clear(&row);
	/* An empty row: one NUL per key column, so their number shows. */
	lfb_cell_id(&row, one);
	for (unsigned column = 0; column < 17; column++)
		hash *= UINT64_C(0x100000001b3);
	(void)snprintf(expected, sizeof(expected), "%016lx", hash);
	assert_string_equal(one, expected);
}

static void supported(const struct lfb_shape *shape, const struct lfb_backend_info *info)
{
	char why[128] = "";

	if (lfb_cell_unsupported(shape, info, why, sizeof(why)))
		fail_msg("unsupported: %s", why);
}

static void unsupported(const struct lfb_shape *shape, const struct lfb_backend_info *info, const char *why)
{
	char text[128] = "";

	assert_true(lfb_cell_unsupported(shape, info, text, sizeof(text)));
	unit_has(text, why);
}

static void one_thread_per_side(void **state)
{
	struct lfb_backend_info info = info_of();
	struct lfb_shape shape = shape_of("producer_consumer");

	(void)state;
	info.claims.producers = info.claims.consumers = LFB_ONE;
	supported(&shape, &info);
	shape.producers = 2;
	unsupported(&shape, &info, "2 producers, the backend allows 1");
	shape.producers = 1;
	shape.consumers = 3;
	unsupported(&shape, &info, "3 consumers, the backend allows 1");
	info.claims.consumers = LFB_MANY;
	supported(&shape, &info);
	shape.producers = 2;
	unsupported(&shape, &info, "2 producers");
	info.claims.producers = LFB_MANY;
	supported(&shape, &info);
	/* Pairs: each thread is a producer and a consumer. */
	info.claims.producers = LFB_ONE;
	shape = shape_of("pairs");
	supported(&shape, &info);
	shape.producers = shape.consumers = 2;
	unsupported(&shape, &info, "2 producers");
	info.claims.producers = LFB_MANY;
	info.claims.consumers = LFB_ONE;
	unsupported(&shape, &info, "2 consumers");
	/* Ping-pong: two threads, but each queue has one at either end. */
	info.claims.producers = LFB_ONE;
	shape = shape_of("ping_pong");
	supported(&shape, &info);
}

static void ways_of_waiting_and_batches(void **state)
{
	struct lfb_backend_info info = info_of();
	struct lfb_shape shape = shape_of("producer_consumer");

	(void)state;
	shape.wait = LFB_WAIT_BLOCK;
	supported(&shape, &info);
	shape.batch = 2;
	unsupported(&shape, &info, "wait=block works on single items, batch is 2");
	shape.batch = 1;
	info.has_block = false;
	unsupported(&shape, &info, "wait=block, the backend has no blocking push and pop");
	shape.wait = LFB_WAIT_YIELD;
	supported(&shape, &info);
	shape.batch = 8;
	supported(&shape, &info);
	shape.workload = workload("pairs");
	unsupported(&shape, &info, "workload pairs works on single items, batch is 8");
	shape.workload = workload("ping_pong");
	unsupported(&shape, &info, "workload ping_pong");
}

static void pooled_nodes(void **state)
{
	struct lfb_backend_info info = info_of();
	struct lfb_shape shape = shape_of("pairs");

	(void)state;
	shape.pool = true;
	supported(&shape, &info); /* a ring: nothing to pool */
	info.alloc = LFB_ALLOC_POOL;
	supported(&shape, &info);
	info.alloc = LFB_ALLOC_MALLOC;
	unsupported(&shape, &info, "alloc=pool");
	shape.pool = false;
	supported(&shape, &info);
}

static void has(const struct lfb_row *row, enum lfb_column column, const char *text)
{
	if (strcmp(lfb_row_get(row, column), text) != 0)
		fail_msg("%s is '%s', not '%s'", lfb_columns[column].name, lfb_row_get(row, column), text);
}

static void columns_of_a_cell(void **state)
{
	struct lfb_backend_info info = info_of();
	struct lfb_shape shape = shape_of("producer_consumer");
	struct lfb_row row = { .failed = false };

	(void)state;
	shape.producers = 3;
	shape.consumers = 2;
	shape.batch = 4;
	shape.wait = LFB_WAIT_YIELD;
	lfb_cell_fill_row(&row, &shape, "mine", &info);
	has(&row, LFB_COL_schema, LFB_SCHEMA);
	has(&row, LFB_COL_workload, "producer_consumer");
	has(&row, LFB_COL_backend, "mine");
	has(&row, LFB_COL_backend_library, "own 1.2");
	has(&row, LFB_COL_backend_build_id, info.build_id);
	has(&row, LFB_COL_flavour, "timing");
	has(&row, LFB_COL_built_with, "gcc 12");
	has(&row, LFB_COL_loops_rev, "1");
	has(&row, LFB_COL_semantics, "mpmc-fifo");
	has(&row, LFB_COL_progress_push, "blocking");
	has(&row, LFB_COL_progress_pop, "lock_free");
	has(&row, LFB_COL_bounded, "1");
	has(&row, LFB_COL_producers, "3");
	has(&row, LFB_COL_consumers, "2");
	has(&row, LFB_COL_capacity, "64");
	has(&row, LFB_COL_batch, "4");
	has(&row, LFB_COL_payload_bytes, "8");
	has(&row, LFB_COL_wait, "yield");
	has(&row, LFB_COL_alloc, "none");
	has(&row, LFB_COL_allocator, "");
	has(&row, LFB_COL_pin, "compact");
	has(&row, LFB_COL_pass, "throughput");
	has(&row, LFB_COL_check_level, "sum+audit");
	/* Nothing was measured yet. */
	for (enum lfb_column c = LFB_COL_items; c < LFB_COLUMN_COUNT; c++)
		has(&row, c, "");
	has(&row, LFB_COL_status, "");
	lfb_row_clear(&row);
}

static void columns_of_references_and_nodes(void **state)
{
	struct lfb_backend_info info = info_of();
	const struct lfb_shape shape = shape_of("pairs");
	struct lfb_row row = { .failed = false };

	(void)state;
	info.claims.reference = true;
	info.claims.bounded = false;
	info.alloc = LFB_ALLOC_MALLOC;
	lfb_cell_fill_row(&row, &shape, "null", &info);
	has(&row, LFB_COL_check_level, "n/a");
	has(&row, LFB_COL_bounded, "0");
	has(&row, LFB_COL_alloc, "malloc");
	/* A sanitizer has a malloc of its own. */
	unit_has(lfb_row_get(&row, LFB_COL_allocator), lfb_allocator_is_glibc() ? "glibc 2." : "san");
	lfb_row_clear(&row);
	info.alloc = LFB_ALLOC_POOL;
	lfb_cell_fill_row(&row, &shape, "null", &info);
	has(&row, LFB_COL_alloc, "pool");
	unit_has(lfb_row_get(&row, LFB_COL_allocator), "arena");
	lfb_row_clear(&row);
	/* A file that could not be looked at: only what was asked for is known. */
	lfb_cell_fill_row(&row, &shape, "./x.so", NULL);
	has(&row, LFB_COL_backend, "./x.so");
	has(&row, LFB_COL_semantics, "");
	has(&row, LFB_COL_bounded, "");
	has(&row, LFB_COL_check_level, "");
	has(&row, LFB_COL_alloc, "");
	lfb_row_clear(&row);
}

static void texts(void **state)
{
	struct lfb_shape shape = shape_of("producer_consumer");
	char out[64], tiny[8];

	(void)state;
	shape.producers = 2;
	shape.consumers = 3;
	assert_string_equal(lfb_cell_text(&shape, "ck_ring_mpmc", out, sizeof(out)),
			    "producer_consumer ck_ring_mpmc 2x3");
	shape = shape_of("pairs");
	shape.producers = shape.consumers = 4;
	assert_string_equal(lfb_cell_text(&shape, "null", out, sizeof(out)), "pairs null 4 threads");
	shape = shape_of("ping_pong");
	assert_string_equal(lfb_cell_text(&shape, "null", out, sizeof(out)), "ping_pong null 2 threads");
	assert_string_equal(lfb_cell_text(&shape, "null", tiny, sizeof(tiny)), "ping_po");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(ids_differ_with_every_setting),
		cmocka_unit_test(ids_are_the_same_over_builds),
		cmocka_unit_test(ids_keep_columns_apart),
		cmocka_unit_test(one_thread_per_side),
		cmocka_unit_test(ways_of_waiting_and_batches),
		cmocka_unit_test(pooled_nodes),
		cmocka_unit_test(columns_of_a_cell),
		cmocka_unit_test(columns_of_references_and_nodes),
		cmocka_unit_test(texts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
