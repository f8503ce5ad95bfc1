/* echo_server_judge.c - see echo_server.h: both sides' books laid side by side. */
#include "echo_server.h"

#include <errno.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>

/* How long the client may take to end after the server has closed its last connection. */
#define CLIENT_END_MS 10000

static const char *const outcome_names[LFB_ECHO_OUTCOMES] = { "nothing",   "admitted", "echoed",       "reset", "shed",
							      "timed out", "cut off",  "wrong bytes", "failed" };

/* Why the client has not ended well. */
static int client_failed(const struct lfb_echo_server *s, int rc, char *reason, size_t reason_bytes)
{
	const int status = s->client.wait_status;

	if (rc == -ETIMEDOUT)
		(void)snprintf(reason, reason_bytes, "the client still waits, with all connections served");
	else if (WIFSIGNALED(status))
		(void)snprintf(reason, reason_bytes, "the client's process was ended by signal %d (%s)", WTERMSIG(status), strsignal(WTERMSIG(status)));
	else
		(void)snprintf(reason, reason_bytes, "the client's process cannot work: %s", strerror(s->client.report->error));
	return -EBADMSG;
}

/* One connection. Returns whether both sides can be right. */
static bool examine(struct lfb_echo_server *s, uint64_t id, char *reason, size_t reason_bytes)
{
	const struct lfb_echo_report *const report = s->client.report;
	const enum lfb_echo_outcome server = (enum lfb_echo_outcome)s->outcome[id], client = (enum lfb_echo_outcome)report->outcome[id];

	if (lfb_echo_agree(lfb_echo_kind(s->plan.clients, id), server, client)) {
		s->counts[server]++;
		return true;
	}
	if (client == LFB_ECHO_WRONG)
		(void)snprintf(reason, reason_bytes, "connection %" PRIu64 ": byte %" PRIu64 " came back wrong", report->wrong_id, report->wrong_offset);
	else if (client == LFB_ECHO_FAILED)
		(void)snprintf(reason, reason_bytes, "connection %" PRIu64 " failed: %s", id,
			       report->error != 0 ? strerror(report->error) : "refused");
	else
		(void)snprintf(reason, reason_bytes, "connection %" PRIu64 ": '%s' for the server, '%s' for the client", id,
			       outcome_names[server], outcome_names[client]);
	return false;
}

/* What the queue has made up, and what was closed although its client was busy. */
static bool complain(const struct lfb_echo_server *s, char *reason, size_t reason_bytes)
{
	uint64_t unknown = 0;

	for (uint32_t w = 0; w < s->workers; w++)
		unknown += s->worker[w].unknown;
	if (unknown > 0)
		(void)snprintf(reason, reason_bytes, "%" PRIu64 " values popped that stand for no waiting connection", unknown);
	else if (s->counts[LFB_ECHO_TIMED_OUT] > 0 && s->plan.clients != LFB_CLIENTS_SILENT && s->plan.clients != LFB_CLIENTS_MIXED)
		(void)snprintf(reason, reason_bytes, "%" PRIu64 " connections stood still for %d s, though no client is silent",
			       s->counts[LFB_ECHO_TIMED_OUT], s->idle_ms / 1000);
	else
		return false;
	return true;
}

int lfb_echo_judge(void *state, char *reason, size_t reason_bytes)
{
	struct lfb_echo_server *const s = (struct lfb_echo_server *)state;
	const int rc = lfb_echo_client_wait(&s->client, CLIENT_END_MS);

	if (rc != 0)
		return client_failed(s, rc, reason, reason_bytes);
	memset(s->counts, 0, sizeof(s->counts));
	for (uint64_t id = 0; id < s->plan.items; id++)
		if (!examine(s, id, reason, reason_bytes))
			return -EBADMSG;
	return complain(s, reason, reason_bytes) ? -EBADMSG : 0;
}
