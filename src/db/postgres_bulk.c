/*
 * PostgreSQL: bulk inserts by COPY in its binary format (the manual's page on COPY, "Binary
 * Format"): a header, for each row the number of its fields and for each field its length and
 * bytes, all numbers with their high byte first.
 */
#include "db/postgres.h"

#include <errno.h>
#include <inttypes.h>
#include <poll.h>

#define SEND_SIZE (128u << 10)

struct postgres_bulk {
	struct db_bulk base;
	struct postgres *postgres;
	size_t count;
	bool *numbers; /* for each column: a 64-bit number, else text */
	struct str out;
	struct str table;
};

/* --- bytes ------------------------------------------------------------------------------------ */

static void add_number(struct str *out, uint64_t number, int bytes)
{
	char text[8];

	for (int i = 0; i < bytes; i++)
		text[i] = (char)(number >> (8 * (bytes - 1 - i)));
	str_add(out, (struct slice){text, (size_t)bytes});
}

static void add_header(struct str *out)
{
	static const char signature[] = "PGCOPY\n\377\r\n"; /* its NUL belongs to it */

	str_add(out, (struct slice){signature, sizeof(signature)});
	add_number(out, 0, 4); /* flags */
	add_number(out, 0, 4); /* no extension */
}

/* --- sending ---------------------------------------------------------------------------------- */

/* Waits for room in the connection; false when it is lost or the task says stop. */
static bool wait_for_room(struct postgres *postgres, struct error *err)
{
	struct pollfd wait = {.fd = PQsocket(postgres->conn), .events = POLLIN | POLLOUT};

	if (postgres->base.task && !task_check(postgres->base.task, err))
		return false;
	if (wait.fd < 0 || (poll(&wait, 1, 50) < 0 && errno != EINTR) ||
		!PQconsumeInput(postgres->conn) || PQflush(postgres->conn) < 0)
		return postgres_fail_connection(postgres, err);
	return true;
}

static bool send_out(struct postgres_bulk *bulk, struct error *err)
{
	int sent;

	while ((sent = PQputCopyData(bulk->postgres->conn, bulk->out.at, (int)bulk->out.len)) ==
		0) {
		if (!wait_for_room(bulk->postgres, err))
			return false;
	}
	str_clear(&bulk->out);
	return sent > 0 || postgres_fail_connection(bulk->postgres, err);
}

/* --- the driver's functions ------------------------------------------------------------------- */

static void free_bulk(struct postgres_bulk *bulk)
{
	str_release(&bulk->out);
	str_release(&bulk->table);
	free(bulk->numbers);
	free(bulk);
}

/* Which columns are numbers; a column of a type that is none of ours is refused. */
static bool find_types(struct postgres_bulk *bulk, const char *table, const char *const *columns,
	struct error *err)
{
	static const char sql[] =
		"SELECT a.atttypid FROM pg_catalog.pg_attribute a WHERE a.attrelid = "
		"to_regclass(quote_ident($1)) AND a.attname = $2 AND a.attnum > 0 AND NOT "
		"a.attisdropped";
	for (size_t i = 0; i < bulk->count; i++) {
		const struct db_value values[] = {db_text(table), db_text(columns[i])};
		struct db_rows *rows;
		bool row;

		if (!postgres_query(&bulk->postgres->base, sql, values, 2, &rows, err))
			return false;
		if (!postgres_rows_next(rows, &row, err)) {
			postgres_rows_end(rows);
			return false;
		}
		int64_t type = row ? postgres_rows_int(rows, 0) : 0;
		postgres_rows_end(rows);
		if (!row)
			return FAIL(err, NO_TABLES, "\"%s\" has no column \"%s\".\"%s\"",
				bulk->postgres->name.at, table, columns[i]);
		if (type != POSTGRES_INT8 && type != POSTGRES_TEXT)
			return FAIL(err, UNSUPPORTED,
				"\"%s\".\"%s\" of \"%s\" is neither text nor a 64-bit number",
				table, columns[i], bulk->postgres->name.at);
		bulk->numbers[i] = type == POSTGRES_INT8;
	}
	return true;
}

static bool start_copy(struct postgres_bulk *bulk, const char *const *columns, struct error *err)
{
	CLEANUP(str_release) struct str sql = STR_INIT;
	struct postgres *postgres = bulk->postgres;
	PGresult *result;
	bool ok;

	str_add_text(&sql, "COPY ");
	db_identifier(&sql, bulk->table.at);
	for (size_t i = 0; i < bulk->count; i++) {
		str_add_text(&sql, i ? ", " : " (");
		db_identifier(&sql, columns[i]);
	}
	str_add_text(&sql, ") FROM STDIN (FORMAT binary)");
	if (!PQsendQuery(postgres->conn, sql.at))
		return postgres_fail_connection(postgres, err);
	if (!postgres_result(postgres, &result, err))
		return false;
	ok = PQresultStatus(result) == PGRES_COPY_IN;
	if (!ok) {
		postgres_fail(postgres, result, sql.at, err);
		postgres_drain(postgres);
	}
	PQclear(result);
	return ok;
}

bool postgres_bulk_open(struct db *db, const char *table, const char *const *columns, size_t count,
	struct db_bulk **out, struct error *err)
{
	struct postgres_bulk *bulk = xmalloc(sizeof(*bulk));

	*bulk = (struct postgres_bulk){.postgres = (struct postgres *)db,
		.count = count,
		.numbers = xmalloc(count * sizeof(*bulk->numbers)),
		.out = STR_INIT,
		.table = STR_INIT};
	str_add_text(&bulk->table, table);
	if (!postgres_set_aside(bulk->postgres, err) || !find_types(bulk, table, columns, err) ||
		!start_copy(bulk, columns, err)) {
		free_bulk(bulk);
		return false;
	}
	add_header(&bulk->out);
	*out = &bulk->base;
	return true;
}

static bool add_value(
	struct postgres_bulk *bulk, const struct db_value *value, bool is_number, struct error *err)
{
	int64_t number = value->number;

	if (value->kind == DB_NULL || (value->kind == DB_TEXT && !value->text.at)) {
		add_number(&bulk->out, UINT32_MAX, 4);
		return true;
	}
	if (is_number) {
		if (value->kind == DB_TEXT && !slice_to_int64(value->text, &number))
			return FAIL(err, DATABASE, "a text was given for a number of table \"%s\"",
				bulk->table.at);
		add_number(&bulk->out, 8, 4);
		add_number(&bulk->out, (uint64_t)number, 8);
		return true;
	}
	if (value->kind == DB_INT) {
		char text[24];

		add_number(
			&bulk->out, (uint64_t)snprintf(text, sizeof(text), "%" PRId64, number), 4);
		str_add_text(&bulk->out, text);
		return true;
	}
	add_number(&bulk->out, value->text.len, 4);
	str_add(&bulk->out, value->text);
	return true;
}

bool postgres_bulk_row(struct db_bulk *base, const struct db_value *values, struct error *err)
{
	struct postgres_bulk *bulk = (struct postgres_bulk *)base;

	add_number(&bulk->out, bulk->count, 2);
	for (size_t i = 0; i < bulk->count; i++) {
		if (!add_value(bulk, &values[i], bulk->numbers[i], err))
			return false;
	}
	return bulk->out.len < SEND_SIZE || send_out(bulk, err);
}

/* Ends the copying, with a reason when it is given up, and takes what the server says to it. */
static bool end_copy(struct postgres_bulk *bulk, const char *reason, struct error *err)
{
	struct postgres *postgres = bulk->postgres;
	PGresult *result;
	int sent;
	bool ok;

	while ((sent = PQputCopyEnd(postgres->conn, reason)) == 0) {
		if (!wait_for_room(postgres, err))
			return false;
	}
	if (sent < 0)
		return postgres_fail_connection(postgres, err);
	if (!postgres_result(postgres, &result, err))
		return false;
	ok = PQresultStatus(result) == PGRES_COMMAND_OK;
	if (!ok) {
		postgres_fail(postgres, result, NULL, err);
		error_context(err, "filling table \"%s\"", bulk->table.at);
	}
	PQclear(result);
	postgres_drain(postgres);
	return ok;
}

bool postgres_bulk_end(struct db_bulk *base, struct error *err)
{
	struct postgres_bulk *bulk = (struct postgres_bulk *)base;
	bool ok;

	add_number(&bulk->out, UINT16_MAX, 2); /* the end */
	ok = send_out(bulk, err) && end_copy(bulk, NULL, err);
	free_bulk(bulk);
	return ok;
}

void postgres_bulk_discard(struct db_bulk *base)
{
	struct postgres_bulk *bulk = (struct postgres_bulk *)base;
	struct error ignored = ERROR_INIT;

	/* the task may say stop: the connection is wanted all the same, for the rollback */
	struct task *task = bulk->postgres->base.task;
	bulk->postgres->base.task = NULL;
	if (!end_copy(bulk, "given up", &ignored))
		ignored = ERROR_INIT;
	bulk->postgres->base.task = task;
	free_bulk(bulk);
}
