/*
 * PostgreSQL: from its SQLSTATE codes to errors. The codes are those of the appendix "PostgreSQL
 * Error Codes" of its manual. The server's own words go into the detail only.
 */
#include "db/postgres.h"

/* A rule for a code, or for all codes that begin so. */
struct state_rule {
	const char *code;
	enum error_kind kind;
	const char *message; /* with the database's name */
	const char *hint;
};

/* The first that fits counts: codes stand before their class. */
static const struct state_rule rules[] = {
	{"28", ERROR_AUTHENTICATION, "the server refused to let the user into \"%s\"",
		"Check the user name, the password (.pgpass or service file) and "
		"the server's pg_hba.conf."},
	{"3D000", ERROR_UNREACHABLE, "the database of \"%s\" does not exist on its server",
		"Check the database's name."},
	{"3F000", ERROR_NO_TABLES, "\"%s\" has no such schema",
		"Check the schema in the URL, or the user's search_path."},
	{"42P01", ERROR_NO_TABLES, "\"%s\" lacks a table that is needed",
		"Check the schema and the user's search_path; -v names the table."},
	{"42703", ERROR_NO_TABLES, "\"%s\" lacks a column that is needed",
		"Compare the tables with \"reqferry catalogue check\"; -v names the column."},
	{"42501", ERROR_REFUSED, "the user has not the right to do this in \"%s\"",
		"Grant the rights that docs/databases.md lists for this step; -v names the table."},
	{"25006", ERROR_READ_ONLY, "\"%s\" can only be read",
		"Connect to the primary server, as a user who may write."},
	{"55P03", ERROR_LOCKED, "rows or tables of \"%s\" are locked by another program",
		"Wait until the other program is done, or stop it, and try again."},
	{"40P01", ERROR_LOCKED, "another program and this one waited for each other in \"%s\"",
		"Try again."},
	{"40001", ERROR_LOCKED, "another program changed the same rows of \"%s\" meanwhile",
		"Try again."},
	{"57014", ERROR_DATABASE, "a statement took longer than \"%s\" allows",
		"Raise statement_timeout for this user, and try again."},
	{"25P03", ERROR_UNREACHABLE, "\"%s\" ended the connection because it was idle too long",
		"Raise idle_in_transaction_session_timeout for this user, and try again."},
	{"57P", ERROR_UNREACHABLE, "the server of \"%s\" ended the connection",
		"Wait until the server is up again, and try again."},
	{"53100", ERROR_IO, "no space is left on the server of \"%s\"",
		"Make room on the server's disk or tablespace, and try again."},
	{"53200", ERROR_DATABASE, "the server of \"%s\" is out of memory", "Try again later."},
	{"53300", ERROR_UNREACHABLE, "the server of \"%s\" allows no more connections",
		"Wait, or raise max_connections, and try again."},
	{"58", ERROR_IO, "the server of \"%s\" cannot read or write its files",
		"Look into the server's log."},
	{"08", ERROR_UNREACHABLE, "the connection to \"%s\" is lost",
		"Check the server and the network, and try again."},
	{"23505", ERROR_DATABASE,
		"\"%s\" refused a statement: a value that must be unique would be there twice",
		NULL},
	{"23503", ERROR_DATABASE,
		"\"%s\" refused a statement: a row would refer to a row that does not exist", NULL},
	{"23502", ERROR_DATABASE,
		"\"%s\" refused a statement: a column that must have a value would have none",
		NULL},
	{"23", ERROR_DATABASE,
		"\"%s\" refused a statement: a value would break a rule of its table", NULL},
	{"22", ERROR_DATABASE, "\"%s\" refused a statement: a value does not fit its column", NULL},
	{"54", ERROR_LIMIT, "a value or a statement is too large for \"%s\"", NULL},
	{"", ERROR_DATABASE, "\"%s\" refused a statement", NULL},
};

static void set_by_state(struct postgres *postgres, const char *state, struct error *err)
{
	const struct state_rule *rule = rules;
	CLEANUP(str_release) struct str message = STR_INIT;

	while (strncmp(state, rule->code, strlen(rule->code)) != 0)
		rule++;
	for (const char *at = rule->message; *at; at++) {
		if (strncmp(at, "%s", 2) == 0) {
			str_add(&message, str_slice(&postgres->name));
			at++;
		} else {
			str_add_char(&message, *at);
		}
	}
	error_set(err, rule->kind, "%s", message.at);
	if (rule->hint)
		error_hint(err, "%s", rule->hint);
}

/* What the server says of a table, of a column, of a constraint: they are names, not values. */
static const char *field(const PGresult *result, int which)
{
	const char *text = PQresultErrorField(result, which);

	return text ? text : "";
}

/* --- which table ------------------------------------------------------------------------------ */

/* The name behind `words`, quoted or not. */
static bool name_behind(const char *text, const char *words, struct slice *name)
{
	const char *at = text ? strstr(text, words) : NULL;
	size_t len;

	if (!at)
		return false;
	at += strlen(words);
	if (*at == '"')
		at++;
	len = strcspn(at, "\" \n(");
	*name = (struct slice){at, len};
	return len > 0;
}

/* Whose rows are waited for stands in the context; which table as a whole, the server does not say.
 */
static void name_locked(struct postgres *postgres, const PGresult *result, struct error *err)
{
	struct slice table;

	if (!name_behind(field(result, PG_DIAG_CONTEXT), "in relation ", &table))
		return;
	error_set(err, ERROR_LOCKED, "table \"%.*s\" of \"%s\" is locked by another program",
		SLICE_PRINT(table), postgres->name.at);
	error_hint(err,
		"Wait until the other program is done, or stop it (pg_stat_activity shows it), and "
		"try again; timeout=MS in the URL says how long to wait.");
}

/* The right that the statement needs on what it was denied. */
static const char *right_of(const char *kind, struct slice name, const char *sql)
{
	static const char *const verbs[][2] = {{"INSERT INTO ", "INSERT"},
		{"DELETE FROM ", "DELETE"}, {"UPDATE ", "UPDATE"}, {"COPY ", "INSERT"}};
	struct slice target;

	if (strcmp(kind, "sequence") == 0)
		return strstr(sql, "nextval") ? "USAGE" : "SELECT";
	if (strcmp(kind, "schema") == 0)
		return strstr(sql, "CREATE ") ? "CREATE" : "USAGE";
	for (size_t i = 0; i < ARRAY_LEN(verbs); i++) {
		if (strncmp(sql, verbs[i][0], strlen(verbs[i][0])) == 0 &&
			name_behind(sql, verbs[i][0], &target) && slice_equal(target, name))
			return verbs[i][1];
	}
	return "SELECT";
}

/* The server's message in English names what was denied; in other languages the rule's text stays.
 */
static void name_denied(
	struct postgres *postgres, const PGresult *result, const char *sql, struct error *err)
{
	static const char *const kinds[] = {"table", "sequence", "schema"};
	const char *words = field(result, PG_DIAG_MESSAGE_PRIMARY);

	for (size_t i = 0; sql && i < ARRAY_LEN(kinds); i++) {
		char begin[64];
		struct slice name;

		snprintf(begin, sizeof(begin), "permission denied for %s ", kinds[i]);
		if (!name_behind(words, begin, &name))
			continue;
		const char *right = right_of(kinds[i], name, sql);

		error_set(err, ERROR_REFUSED,
			"the role \"%s\" lacks the right %s on %s \"%.*s\" of \"%s\"",
			PQuser(postgres->conn), right, kinds[i], SLICE_PRINT(name),
			postgres->name.at);
		error_hint(err,
			"Run as its owner: GRANT %s ON %s \"%.*s\" TO \"%s\"; "
			"docs/databases.md lists the rights of each step.",
			right, kinds[i], SLICE_PRINT(name), PQuser(postgres->conn));
		return;
	}
}

/* --- errors ----------------------------------------------------------------------------------- */

bool postgres_fail_connection(struct postgres *postgres, struct error *err)
{
	CLEANUP(str_release) struct str words = STR_INIT;

	str_add_text(&words, postgres->conn ? PQerrorMessage(postgres->conn) : "out of memory");
	set_by_state(postgres, "08006", err);
	error_detail(err, "%s", words.at ? words.at : "");
	return false;
}

bool postgres_fail(
	struct postgres *postgres, const PGresult *result, const char *sql, struct error *err)
{
	const struct task *task = postgres->base.task;
	const char *state = field(result, PG_DIAG_SQLSTATE);

	if (!*state && PQstatus(postgres->conn) == CONNECTION_BAD)
		return postgres_fail_connection(postgres, err);
	if (strcmp(state, "57014") == 0 && task && !task_check(task, err))
		return false;
	set_by_state(postgres, state, err);
	if (strcmp(state, "55P03") == 0)
		name_locked(postgres, result, err);
	if (strcmp(state, "42501") == 0)
		name_denied(postgres, result, sql, err);
	error_detail(err, "%s (SQLSTATE %s)%s%s", field(result, PG_DIAG_MESSAGE_PRIMARY),
		*state ? state : "?", sql ? ": " : "", sql ? sql : "");
	return false;
}
