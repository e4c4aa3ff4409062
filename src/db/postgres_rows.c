/*
 * PostgreSQL: queries whose rows are streamed.
 *
 * The server sends the rows of one query at a time over a connection, one by one here. When another
 * statement is to run before they are all read, what is still to come is set aside first: in memory
 * up to a limit, behind it in a temporary file that has no name. So a query that is read to its end
 * in one go costs no copy, and none is ever held in memory as a whole.
 */
#include "db/postgres.h"

#include <errno.h>

#define ASIDE_IN_MEMORY (4u << 20)
#define NO_VALUE        UINT32_MAX

struct postgres_rows {
	struct db_rows base;
	struct postgres *postgres;
	const char *sql; /* for messages; owned */
	PGresult *first; /* has the names of the columns */
	PGresult *row;   /* the current row while the server sends; may be `first` */
	bool unread;     /* `first` is a row that was not given yet */
	bool ended;      /* the server has sent all */
	/* what was set aside: for each row, for each column its length and its bytes */
	bool aside;
	struct str memory;
	size_t read; /* in `memory` */
	FILE *file;  /* what did not fit */
	struct str values;
	struct slice *columns; /* of the current row, in `values` */
};

/* --- what the server sends -------------------------------------------------------------------- */

/* The next row off the connection into *row; NULL at the end. */
static bool take_row(struct postgres_rows *rows, PGresult **row, struct error *err)
{
	struct postgres *postgres = rows->postgres;
	PGresult *result;

	*row = NULL;
	if (!postgres_result(postgres, &result, err)) {
		rows->ended = true;
		postgres->streaming = NULL;
		return false;
	}
	if (result && PQresultStatus(result) == PGRES_SINGLE_TUPLE) {
		*row = result;
		return true;
	}
	rows->ended = true;
	postgres->streaming = NULL;
	bool ok = !result || PQresultStatus(result) == PGRES_TUPLES_OK ||
		  PQresultStatus(result) == PGRES_COMMAND_OK;
	if (!ok)
		postgres_fail(postgres, result, rows->sql, err);
	if (result && ok && !rows->first)
		rows->first = result; /* no rows: its names are still wanted */
	else
		PQclear(result);
	postgres_drain(postgres);
	return ok;
}

bool postgres_query(struct db *db, const char *sql, const struct db_value *values, size_t count,
	struct db_rows **out, struct error *err)
{
	struct postgres *postgres = (struct postgres *)db;
	struct postgres_rows *rows;

	if (!postgres_set_aside(postgres, err) || !postgres_send(postgres, sql, values, count, err))
		return false;
	PQsetSingleRowMode(postgres->conn);
	rows = xmalloc(sizeof(*rows));
	*rows = (struct postgres_rows){
		.postgres = postgres, .sql = xstrdup(sql), .memory = STR_INIT, .values = STR_INIT};
	postgres->streaming = rows;
	/* the first row, or what is wrong with the statement */
	if (!take_row(rows, &rows->row, err)) {
		postgres_rows_end(&rows->base);
		return false;
	}
	if (rows->row)
		rows->first = rows->row;
	rows->row = NULL;
	rows->unread = !rows->ended;
	*out = &rows->base;
	return true;
}

/* --- set aside -------------------------------------------------------------------------------- */

static bool fail_file(const struct postgres_rows *rows, struct error *err)
{
	return FAIL_HINT(err, IO, "Make room in the temporary folder (TMPDIR), and try again.",
		"rows of \"%s\" cannot be kept in a temporary file: %s", rows->postgres->name.at,
		strerror(errno));
}

static bool keep(struct postgres_rows *rows, struct error *err)
{
	if (rows->memory.len < ASIDE_IN_MEMORY)
		return true;
	if (!rows->file)
		rows->file = tmpfile();
	if (!rows->file ||
		fwrite(rows->memory.at, 1, rows->memory.len, rows->file) != rows->memory.len)
		return fail_file(rows, err);
	str_clear(&rows->memory);
	return true;
}

static void add_row(struct postgres_rows *rows, const PGresult *row)
{
	for (int c = 0; c < PQnfields(row); c++) {
		uint32_t len = PQgetisnull(row, 0, c) ? NO_VALUE : (uint32_t)PQgetlength(row, 0, c);

		str_add(&rows->memory, (struct slice){(const char *)&len, sizeof(len)});
		if (len != NO_VALUE)
			str_add(&rows->memory, (struct slice){PQgetvalue(row, 0, c), len});
	}
}

bool postgres_set_aside(struct postgres *postgres, struct error *err)
{
	struct postgres_rows *rows = postgres->streaming;
	bool ok = true;

	if (!rows)
		return true;
	/* the row that the caller reads now stays where it is */
	rows->aside = true;
	while (ok && !rows->ended) {
		PGresult *row;

		ok = take_row(rows, &row, err);
		if (ok && row) {
			add_row(rows, row);
			ok = keep(rows, err);
		}
		PQclear(row);
	}
	if (ok && rows->file) {
		ok = fwrite(rows->memory.at, 1, rows->memory.len, rows->file) == rows->memory.len &&
		     fflush(rows->file) == 0 && fseek(rows->file, 0, SEEK_SET) == 0;
		str_clear(&rows->memory);
		if (!ok)
			fail_file(rows, err);
	}
	if (!rows->ended) {
		postgres->streaming = NULL;
		postgres_drain(postgres);
		rows->ended = true;
	}
	return ok;
}

/* False at the end; true with `len` bytes at `to`. */
static bool read_aside(struct postgres_rows *rows, void *to, size_t len)
{
	if (rows->file)
		return fread(to, 1, len, rows->file) == len;
	if (rows->memory.len - rows->read < len)
		return false;
	memcpy(to, rows->memory.at + rows->read, len);
	rows->read += len;
	return true;
}

static bool next_aside(struct postgres_rows *rows, bool *row, struct error *err)
{
	size_t count = postgres_rows_columns(&rows->base);
	size_t at = 0;

	if (!rows->columns)
		rows->columns = xmalloc((count ? count : 1) * sizeof(*rows->columns));
	str_clear(&rows->values);
	*row = false;
	for (size_t c = 0; c < count; c++) {
		uint32_t len;

		if (!read_aside(rows, &len, sizeof(len))) {
			if (c == 0 && !(rows->file && ferror(rows->file)))
				return true;
			return fail_file(rows, err);
		}
		rows->columns[c] = (struct slice){NULL, len == NO_VALUE ? 0 : len};
		if (len == NO_VALUE)
			continue;
		str_reserve(&rows->values, (size_t)len + 1);
		if (!read_aside(rows, rows->values.at + rows->values.len, len))
			return fail_file(rows, err);
		rows->values.len += len;
		str_add_char(&rows->values, '\0');
		rows->columns[c].at = ""; /* a value: its place is known when all are read */
	}
	for (size_t c = 0; c < count; c++) {
		if (!rows->columns[c].at)
			continue;
		rows->columns[c].at = rows->values.at + at;
		at += rows->columns[c].len + 1;
	}
	*row = count > 0;
	return true;
}

/* --- reading ---------------------------------------------------------------------------------- */

static void forget_row(struct postgres_rows *rows)
{
	if (rows->row != rows->first)
		PQclear(rows->row);
	rows->row = NULL;
}

bool postgres_rows_next(struct db_rows *base, bool *row, struct error *err)
{
	struct postgres_rows *rows = (struct postgres_rows *)base;

	forget_row(rows);
	*row = true;
	if (rows->unread) {
		rows->unread = false;
		rows->row = rows->first;
		return true;
	}
	if (rows->aside)
		return next_aside(rows, row, err);
	if (!rows->ended && !take_row(rows, &rows->row, err))
		return false;
	*row = rows->row != NULL;
	return true;
}

size_t postgres_rows_columns(const struct db_rows *rows)
{
	return (size_t)PQnfields(((const struct postgres_rows *)rows)->first);
}

const char *postgres_rows_name(const struct db_rows *rows, size_t column)
{
	return PQfname(((const struct postgres_rows *)rows)->first, (int)column);
}

struct slice postgres_rows_text(struct db_rows *base, size_t column)
{
	struct postgres_rows *rows = (struct postgres_rows *)base;
	int c = (int)column;

	if (!rows->row)
		return rows->columns[column];
	if (PQgetisnull(rows->row, 0, c))
		return SLICE_NULL;
	return (struct slice){PQgetvalue(rows->row, 0, c), (size_t)PQgetlength(rows->row, 0, c)};
}

int64_t postgres_rows_int(struct db_rows *rows, size_t column)
{
	struct slice text = postgres_rows_text(rows, column);
	int64_t number;

	/* conditions are t and f here, 1 and 0 elsewhere */
	if (slice_is(text, "t"))
		return 1;
	return text.at && slice_to_int64(text, &number) ? number : 0;
}

void postgres_rows_end(struct db_rows *base)
{
	struct postgres_rows *rows = (struct postgres_rows *)base;

	/*
	 * Rows that nobody reads are taken off all the same: to cancel the query would end its
	 * transaction too.
	 */
	if (rows->postgres->streaming == rows) {
		rows->postgres->streaming = NULL;
		postgres_drain(rows->postgres);
	}
	forget_row(rows);
	PQclear(rows->first);
	if (rows->file)
		fclose(rows->file);
	str_release(&rows->memory);
	str_release(&rows->values);
	free(rows->columns);
	free((char *)rows->sql);
	free(rows);
}
