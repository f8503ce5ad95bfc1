/* echo_client.c - see echo_client.h: the process, and what is expected of it. */
#include "echo_client.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

/* When clients are mixed: of 8 one is slow, two reset (one early, one late), one is half-closed; of 32 one is silent. */
enum lfb_clients lfb_echo_kind(enum lfb_clients clients, uint64_t id)
{
	if (clients != LFB_CLIENTS_MIXED)
		return clients;
	switch (id % 8) {
	case 2:
		return LFB_CLIENTS_SLOW;
	case 3:
	case 4:
		return LFB_CLIENTS_RESET;
	case 5:
		return LFB_CLIENTS_HALF_CLOSE;
	default:
		return id % 32 == 31 ? LFB_CLIENTS_SILENT : LFB_CLIENTS_GOOD;
	}
}

bool lfb_echo_agree(enum lfb_clients kind, enum lfb_echo_outcome server, enum lfb_echo_outcome client)
{
	const bool resets = kind == LFB_CLIENTS_RESET;

	switch (server) {
	case LFB_ECHO_ECHOED: /* a silent one never ends by itself, and one that resets never ends well */
		return client == LFB_ECHO_ECHOED && kind != LFB_CLIENTS_SILENT && !resets;
	case LFB_ECHO_RESET:
		return client == LFB_ECHO_RESET && resets;
	case LFB_ECHO_SHED: /* one that resets may do so before it sees that it was shed */
	case LFB_ECHO_TIMED_OUT:
		return client == LFB_ECHO_CUT || (client == LFB_ECHO_RESET && resets);
	default:
		return false;
	}
}

/* What the parent has open is not the client's: pipes to its own parent would stay open with it. */
static void close_others(unsigned a, unsigned b)
{
	const unsigned low = a < b ? a : b, high = a < b ? b : a;

	if (low > STDERR_FILENO + 1)
		(void)close_range(STDERR_FILENO + 1, low - 1, 0);
	if (high > low + 1)
		(void)close_range(low + 1, high - 1, 0);
	(void)close_range(high + 1, ~0u, 0);
}

/* The client, from fork to its end. A key pressed in the terminal ends its parent, which ends it. */
static void live(const struct lfb_echo_plan *plan, struct lfb_echo_report *report, pid_t parent, int go_fd, int life_fd)
{
	uint64_t go;
	int rc = -ESRCH;

	(void)prctl(PR_SET_PDEATHSIG, SIGKILL);
	(void)signal(SIGINT, SIG_IGN);
	(void)signal(SIGTERM, SIG_DFL);
	close_others((unsigned)go_fd, (unsigned)life_fd);
	if (getppid() == parent && read(go_fd, &go, sizeof(go)) == (ssize_t)sizeof(go))
		rc = lfb_echo_client_run(plan, report);
	if (rc != 0 && report->error == 0)
		report->error = -rc;
	(void)syscall(SYS_exit_group, rc == 0 ? 0 : 1); /* nothing of the parent's is flushed or looked at */
}

static int map_report(struct lfb_echo_client *client, const struct lfb_echo_plan *plan)
{
	void *memory;

	client->report_bytes = sizeof(*client->report) + (size_t)plan->items;
	memory = mmap(NULL, client->report_bytes, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	if (memory == MAP_FAILED)
		return -ENOMEM;
	client->report = (struct lfb_echo_report *)memory;
	if (plan->timebase != NULL)
		lfb_histogram_init(&client->report->round_trip);
	return 0;
}

static int fork_client(struct lfb_echo_client *client, const struct lfb_echo_plan *plan)
{
	const pid_t parent = getpid();
	int life[2];

	client->go_fd = eventfd(0, EFD_CLOEXEC);
	if (client->go_fd < 0 || pipe2(life, O_CLOEXEC) != 0)
		return -errno;
	client->life_fd = life[0];
	client->pid = fork();
	if (client->pid == 0)
		live(plan, client->report, parent, client->go_fd, life[1]);
	(void)close(life[1]);
	if (client->pid < 0) {
		client->pid = 0;
		return -errno;
	}
	return 0;
}

int lfb_echo_client_start(struct lfb_echo_client *client, const struct lfb_echo_plan *plan, char *reason, size_t reason_bytes)
{
	int rc;

	*client = (struct lfb_echo_client){ .go_fd = -1, .life_fd = -1 };
	rc = map_report(client, plan);
	if (rc == 0)
		rc = fork_client(client, plan);
	if (rc != 0)
		(void)snprintf(reason, reason_bytes, "the process of the clients cannot be started: %s", strerror(-rc));
	return rc;
}

void lfb_echo_client_go(const struct lfb_echo_client *client)
{
	const uint64_t one = 1;

	/* Cannot fail: it is the only write to this counter. */
	while (write(client->go_fd, &one, sizeof(one)) < 0 && errno == EINTR)
		;
}

static void reap(struct lfb_echo_client *client)
{
	while (waitpid(client->pid, &client->wait_status, 0) < 0 && errno == EINTR)
		;
	client->pid = 0;
}

int lfb_echo_client_wait(struct lfb_echo_client *client, int limit_ms)
{
	struct pollfd life = { .fd = client->life_fd };

	if (client->pid > 0) {
		int n;

		do /* a signal starts the limit anew: it is for what hangs, not for measuring */
			n = poll(&life, 1, limit_ms);
		while (n < 0 && errno == EINTR);
		if (n == 0)
			return -ETIMEDOUT;
		reap(client);
	}
	return WIFEXITED(client->wait_status) && WEXITSTATUS(client->wait_status) == 0 && client->report->finished ? 0 : -EBADMSG;
}

void lfb_echo_client_kill(const struct lfb_echo_client *client)
{
	if (client->pid > 0)
		(void)kill(client->pid, SIGKILL);
}

void lfb_echo_client_end(struct lfb_echo_client *client)
{
	lfb_echo_client_kill(client);
	if (client->pid > 0)
		reap(client);
	if (client->go_fd >= 0)
		(void)close(client->go_fd);
	if (client->life_fd >= 0)
		(void)close(client->life_fd);
	if (client->report != NULL)
		(void)munmap(client->report, client->report_bytes);
}
