/*
 * applications.h - the applications of the workloads that have one, and those functions of theirs that are
 * a thread's program. Each is in applications/NAME.c. For workload.c alone.
 */
#ifndef LFBENCH_APPLICATIONS_H
#define LFBENCH_APPLICATIONS_H

#include "applications/application.h"

extern const struct lfb_application lfb_app_loaded; /* producer_consumer with work, payload, prefill ... */
extern const struct lfb_application lfb_app_burst, lfb_app_fan_in, lfb_app_pipeline, lfb_app_worker_pool, lfb_app_echo_server,
	lfb_app_logger, lfb_app_spawn_join, lfb_app_stop;

void lfb_burst_produce(struct lfb_thread *thread);
void lfb_burst_consume(struct lfb_thread *thread);
void lfb_fan_in_produce(struct lfb_thread *thread);
void lfb_fan_in_collect(struct lfb_thread *thread);
void lfb_pool_submit(struct lfb_thread *thread);
void lfb_pool_work(struct lfb_thread *thread);
void lfb_spawn_join_ask(struct lfb_thread *thread);
void lfb_stop_ask(struct lfb_thread *thread);
void lfb_stop_work(struct lfb_thread *thread);

struct lfb_place lfb_pipeline_place(unsigned role, uint32_t nth, uint32_t consumers, bool diamond);

#endif
