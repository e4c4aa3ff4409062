/*
 * PostgreSQL: sending statements and waiting for what the server answers, without ever standing
 * still longer than a blink when a person says stop.
 */
#include "db/postgres.h"

#include <errno.h>
#include <inttypes.h>
#include <poll.h>

#define POLL_MS        50
#define VALUES_AT_HAND 16

/* Waits until the server has sent something, or for a blink; false when the socket is no more. */
static bool wait_for_socket(PGconn *conn, short events)
{
	struct pollfd wait = {.fd = PQsocket(conn), .events = events};

	if (wait.fd < 0)
		return false;
	return poll(&wait, 1, POLL_MS) >= 0 || errno == EINTR;
}

static void cancel(PGconn *conn)
{
	char ignored[256];
	PGcancel *cancel = PQgetCancel(conn);

	if (cancel)
		PQcancel(cancel, ignored, sizeof(ignored));
	PQfreeCancel(cancel);
}

/* Sends what is still in the buffer; a server that does not read it is not waited for blindly. */
static bool flush(struct postgres *postgres, bool *cancelled)
{
	int left;

	while ((left = PQflush(postgres->conn)) == 1) {
		if (!wait_for_socket(postgres->conn, POLLIN | POLLOUT) ||
			!PQconsumeInput(postgres->conn))
			return false;
		if (postgres->base.task && !*cancelled && task_should_stop(postgres->base.task)) {
			cancel(postgres->conn);
			*cancelled = true;
		}
	}
	return left == 0;
}

bool postgres_result(struct postgres *postgres, PGresult **result, struct error *err)
{
	PGconn *conn = postgres->conn;
	bool cancelled = false;

	*result = NULL;
	if (!flush(postgres, &cancelled))
		return postgres_fail_connection(postgres, err);
	while (PQisBusy(conn)) {
		if (postgres->base.task && !cancelled && task_should_stop(postgres->base.task)) {
			cancel(conn);
			cancelled = true;
		}
		if (!wait_for_socket(conn, POLLIN) || !PQconsumeInput(conn))
			return postgres_fail_connection(postgres, err);
	}
	*result = PQgetResult(conn);
	return true;
}

void postgres_drain(struct postgres *postgres)
{
	struct error ignored = ERROR_INIT;
	PGresult *result;

	while (postgres_result(postgres, &result, &ignored) && result) {
		ExecStatusType status = PQresultStatus(result);

		PQclear(result);
		if (status == PGRES_COPY_IN)
			PQputCopyEnd(postgres->conn, "given up");
		if (status == PGRES_COPY_OUT || status == PGRES_COPY_BOTH ||
			PQstatus(postgres->conn) == CONNECTION_BAD)
			return;
	}
}

bool postgres_send(struct postgres *postgres, const char *sql, const struct db_value *values,
	size_t count, struct error *err)
{
	char room_text[VALUES_AT_HAND][24];
	const char *room_at[VALUES_AT_HAND];
	Oid room_types[VALUES_AT_HAND];
	CLEANUP(arena_release) struct arena arena = ARENA_INIT;
	const char **at = room_at;
	Oid *types = room_types;
	char(*numbers)[24] = room_text;

	if (count > VALUES_AT_HAND) {
		at = arena_alloc(&arena, count * sizeof(*at));
		types = arena_alloc(&arena, count * sizeof(*types));
		numbers = arena_alloc(&arena, count * sizeof(*numbers));
	}
	for (size_t i = 0; i < count; i++) {
		at[i] = NULL;
		types[i] = 0; /* the server decides by where the parameter stands */
		if (values[i].kind == DB_INT) {
			snprintf(numbers[i], sizeof(numbers[i]), "%" PRId64, values[i].number);
			at[i] = numbers[i];
			types[i] = POSTGRES_INT8;
		} else if (values[i].kind == DB_TEXT && values[i].text.at) {
			if (memchr(values[i].text.at, '\0', values[i].text.len))
				return FAIL(err, INPUT,
					"a text with a NUL byte cannot be stored in \"%s\"",
					postgres->name.at);
			at[i] = arena_strdup(&arena, values[i].text);
		}
	}
	if (PQsendQueryParams(postgres->conn, sql, (int)count, types, at, NULL, NULL, 0))
		return true;
	return postgres_fail_connection(postgres, err);
}

bool postgres_run(struct postgres *postgres, const char *sql, const struct db_value *values,
	size_t count, int64_t *changed, struct error *err)
{
	PGresult *result;
	ExecStatusType status;
	bool ok;

	if (!postgres_set_aside(postgres, err) || !postgres_send(postgres, sql, values, count, err))
		return false;
	if (!postgres_result(postgres, &result, err))
		return false;
	status = PQresultStatus(result);
	ok = status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK || status == PGRES_EMPTY_QUERY;
	if (!ok)
		postgres_fail(postgres, result, sql, err);
	else if (changed && (status == PGRES_TUPLES_OK ||
				    !slice_to_int64(slice_of(PQcmdTuples(result)), changed)))
		*changed = 0;
	PQclear(result);
	postgres_drain(postgres);
	return ok;
}
