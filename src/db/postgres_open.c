/*
 * PostgreSQL: from a URL to a connection.
 *
 * The URL is libpq's own (postgresql://...), so service files, .pgpass, TLS options and several
 * hosts work as its manual says. Two parameters are ours and taken out before: schema=NAME, and
 * timeout=MS, how long a statement waits for somebody else's lock.
 */
#include "db/postgres.h"

#include <errno.h>
#include <poll.h>
#include <sys/socket.h>

#define LOCK_TIMEOUT_MS     10000
#define LOCK_TIMEOUT_MAX_MS 3600000
#define CONNECT_TIMEOUT_S   "10"
#define OLDEST_SERVER       120000

struct url_parts {
	struct str url; /* without our parameters */
	struct str schema;
	int64_t timeout;
};

/* --- the URL ---------------------------------------------------------------------------------- */

static int hex_digit(char c)
{
	const char *digits = "0123456789abcdef", *at;

	if (c >= 'A' && c <= 'F')
		c = (char)(c - 'A' + 'a');
	at = c ? strchr(digits, c) : NULL;
	return at ? (int)(at - digits) : -1;
}

static bool percent_decode(struct slice text, struct str *out)
{
	for (size_t i = 0; i < text.len; i++) {
		char c = text.at[i];

		if (c == '%') {
			if (text.len - i < 3)
				return false;
			int high = hex_digit(text.at[i + 1]), low = hex_digit(text.at[i + 2]);

			if (high < 0 || low < 0 || high + low == 0)
				return false;
			c = (char)(high * 16 + low);
			i += 2;
		}
		str_add_char(out, c);
	}
	return true;
}

/* Takes one of our parameters; *ours says whether it was one. */
static bool take_parameter(
	struct url_parts *parts, struct slice parameter, bool *ours, struct error *err)
{
	struct slice name, value;

	*ours = true;
	if (!slice_cut(parameter, '=', &name, &value))
		name = parameter;
	if (slice_is(name, "schema")) {
		if (value.len > 0 && percent_decode(value, &parts->schema))
			return true;
		return FAIL_HINT(err, USAGE, "Write schema=NAME, percent-encoded.",
			"the schema in the URL cannot be read");
	}
	if (slice_is(name, "timeout")) {
		if (slice_to_int64(value, &parts->timeout) && parts->timeout >= 0 &&
			parts->timeout <= LOCK_TIMEOUT_MAX_MS)
			return true;
		return FAIL_HINT(err, USAGE, "Write timeout=MS, with at most 3600000.",
			"the timeout in the URL cannot be read");
	}
	*ours = false;
	return true;
}

static bool read_url(const char *url, struct url_parts *parts, struct error *err)
{
	struct slice place, rest, parameter, tail;
	char separator = '?';

	if (!slice_cut(slice_of(url), '?', &place, &rest)) {
		str_add_text(&parts->url, url);
		return true;
	}
	str_add(&parts->url, place);
	while (rest.at) {
		bool ours;

		if (!slice_cut(rest, '&', &parameter, &tail)) {
			parameter = rest;
			tail = SLICE_NULL;
		}
		if (!take_parameter(parts, parameter, &ours, err))
			return false;
		if (!ours) {
			str_add_char(&parts->url, separator);
			str_add(&parts->url, parameter);
			separator = '&';
		}
		rest = tail;
	}
	return true;
}

/* --- the connection --------------------------------------------------------------------------- */

static void ignore_notice(void *context UNUSED, const char *message UNUSED)
{
}

/* The server has not said a word of SQL yet: what went wrong stands in libpq's own text only. */
static bool fail_to_connect(struct postgres *postgres, struct error *err)
{
	const char *words = PQerrorMessage(postgres->conn);
	static const struct {
		const char *words;
		enum error_kind kind;
		const char *message, *hint;
	} known[] = {
		{"password authentication failed", ERROR_AUTHENTICATION,
			"\"%s\" refused the password", "Check .pgpass or the service file."},
		{"no password supplied", ERROR_AUTHENTICATION, "\"%s\" wants a password",
			"Put it into .pgpass or a service file."},
		{"no pg_hba.conf entry", ERROR_AUTHENTICATION,
			"the server of \"%s\" lets nobody in from here as this user",
			"Ask its administrator for a line in pg_hba.conf."},
		{"authentication failed", ERROR_AUTHENTICATION, "\"%s\" refused the user",
			"Check the user name and how the server authenticates it."},
		{"role \"", ERROR_AUTHENTICATION, "the user of \"%s\" does not exist there",
			"Check the user name."},
		{"permission denied for database", ERROR_AUTHENTICATION,
			"the user may not connect to \"%s\"", "Grant CONNECT on the database."},
		{"database \"", ERROR_UNREACHABLE,
			"the database of \"%s\" does not exist on its server",
			"Check the database's name."},
		{"session is read-only", ERROR_READ_ONLY, "\"%s\" can only be read",
			"Name the primary server, or all of them in one URL."},
		{"too many", ERROR_UNREACHABLE, "the server of \"%s\" allows no more connections",
			"Try again later."},
		{"starting up", ERROR_UNREACHABLE, "the server of \"%s\" is starting up",
			"Try again in a moment."},
		{"shutting down", ERROR_UNREACHABLE, "the server of \"%s\" is shutting down",
			"Try again when it is up."},
		{"certificate", ERROR_AUTHENTICATION,
			"the certificate of the server of \"%s\" is not accepted",
			"Check sslmode and sslrootcert."},
		{"invalid ", ERROR_USAGE, "\"%s\" is no URL that PostgreSQL knows",
			"Write postgresql://USER@HOST:PORT/DATABASE."},
		{"", ERROR_UNREACHABLE, "\"%s\" cannot be reached",
			"Check host, port and network; -v shows what was tried."},
	};
	size_t k = 0;

	while (!strstr(words, known[k].words))
		k++;
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
	error_set(err, known[k].kind, known[k].message, postgres->name.at);
#pragma GCC diagnostic pop
	error_hint(err, "%s", known[k].hint);
	error_detail(err, "%s", words);
	return false;
}

/* Connects without standing still: the task may say stop. */
static bool connect_to(
	struct postgres *postgres, const char *url, enum db_mode mode, struct error *err)
{
	/* what stands in the URL comes last and wins */
	const char *const names[] = {"fallback_application_name", "connect_timeout",
		"client_encoding", "target_session_attrs", "dbname", NULL};
	const char *const values[] = {"reqferry", CONNECT_TIMEOUT_S, "UTF8",
		mode == DB_READ ? "any" : "read-write", url, NULL};

	postgres->conn = PQconnectdbParams(names, values, 1);
	if (!postgres->conn || PQstatus(postgres->conn) != CONNECTION_OK)
		return fail_to_connect(postgres, err);
	PQsetNoticeProcessor(postgres->conn, ignore_notice, NULL);
	return PQsetnonblocking(postgres->conn, 1) == 0 || postgres_fail_connection(postgres, err);
}

static bool check_server(struct postgres *postgres, struct error *err)
{
	int version = PQserverVersion(postgres->conn);
	const char *encoding = PQparameterStatus(postgres->conn, "server_encoding");

	snprintf(postgres->system, sizeof(postgres->system), "PostgreSQL %d.%d", version / 10000,
		version % 10000);
	if (version < OLDEST_SERVER)
		return FAIL_HINT(err, UNSUPPORTED, "Upgrade the server to PostgreSQL 12 or later.",
			"the server of \"%s\" is %s: older than what reqferry knows",
			postgres->name.at, postgres->system);
	if (!encoding || strcmp(encoding, "UTF8") != 0)
		return FAIL_HINT(err, UNSUPPORTED,
			"Confluence and Jira need a database in UTF-8: check that this is theirs.",
			"the database of \"%s\" is encoded in %s, not in UTF-8", postgres->name.at,
			encoding ? encoding : "an unknown way");
	return true;
}

static bool set_session(struct postgres *postgres, const struct url_parts *parts, struct error *err)
{
	static const char *const settings[] = {
		/* values of unknown columns go through their text form: it must be exact */
		"SET extra_float_digits = 1",
		"SET DateStyle = 'ISO, YMD'",
		"SET IntervalStyle = 'postgres'",
		"SET bytea_output = 'hex'",
		"SET standard_conforming_strings = on",
	};
	CLEANUP(str_release) struct str sql = STR_INIT;
	struct error ignored = ERROR_INIT;

	for (size_t i = 0; i < ARRAY_LEN(settings); i++) {
		if (!postgres_run(postgres, settings[i], NULL, 0, NULL, err))
			return false;
	}
	/*
	 * A statement of a process that died must not go on and hold its locks. Servers before 14
	 * and on some systems do not know this.
	 */
	if (PQserverVersion(postgres->conn) >= 140000 &&
		!postgres_run(postgres, "SET client_connection_check_interval = '5s'", NULL, 0,
			NULL, &ignored))
		ignored = ERROR_INIT;
	str_addf(&sql, "SET lock_timeout = %lld", (long long)parts->timeout);
	if (!postgres_run(postgres, sql.at, NULL, 0, NULL, err))
		return false;
	if (!parts->schema.len)
		return true;
	str_clear(&sql);
	str_add_text(&sql, "SET search_path = ");
	db_identifier(&sql, parts->schema.at);
	return postgres_run(postgres, sql.at, NULL, 0, NULL, err);
}

bool postgres_open(const char *url, enum db_mode mode, struct db **out, struct error *err)
{
	struct postgres *postgres = xmalloc(sizeof(*postgres));
	struct url_parts parts = {.url = STR_INIT, .schema = STR_INIT, .timeout = LOCK_TIMEOUT_MS};
	bool ok;

	*postgres = (struct postgres){.name = STR_INIT};
	db_redact(url, &postgres->name);
	ok = read_url(url, &parts, err) && connect_to(postgres, parts.url.at, mode, err) &&
	     check_server(postgres, err) && set_session(postgres, &parts, err);
	str_release(&parts.url);
	str_release(&parts.schema);
	if (!ok) {
		postgres_close(&postgres->base);
		return false;
	}
	*out = &postgres->base;
	return true;
}

void postgres_close(struct db *db)
{
	struct postgres *postgres = (struct postgres *)db;

	PQfinish(postgres->conn);
	str_release(&postgres->name);
	free(postgres);
}
