/*
 * Checks that read only. Types are judged by the words that databases use for them: a system's own
 * spelling of the same type is no difference.
 */
#include "ops/check.h"

#include <stdarg.h>

const char *check_state_name(enum check_state state)
{
	static const char *const names[] = {
		[CHECK_GOOD] = "good", [CHECK_NOTE] = "note", [CHECK_FAULT] = "fault"};
	return names[state];
}

static void PRINTF(6, 7) add(struct checks *checks, struct arena *arena, const char *name,
	enum check_state state, const char *hint, const char *format, ...)
{
	struct str message CLEANUP(str_release) = STR_INIT;
	va_list values;
	va_start(values, format);
	str_vaddf(&message, format, values);
	va_end(values);
	if (checks->count == checks->room) {
		checks->room = checks->room ? 2 * checks->room : 8;
		struct check *list = arena_alloc(arena, checks->room * sizeof(*list));
		if (checks->count > 0)
			memcpy(list, checks->list, checks->count * sizeof(*list));
		checks->list = list;
	}
	checks->list[checks->count++] = (struct check){.name = name,
		.state = state,
		.message = arena_strdup(arena, str_slice(&message)),
		.hint = hint ? arena_strdup(arena, slice_of(hint)) : NULL};
	checks->faults += state == CHECK_FAULT;
}

/* --- the catalogue ------------------------------------------------------------------------------
 */

static bool type_has(const struct db_column *column, const char *const *words, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (strstr(column->type, words[i]))
			return true;
	return false;
}

static bool type_fits(enum column_type type, const struct db_column *column)
{
	static const char *const text[] = {"char", "text", "clob"};
	static const char *const boolean[] = {"bool", "bit"};
	static const char *const timestamp[] = {"timestamp", "datetime"};
	switch (type) {
	case COLUMN_TEXT:
		return type_has(column, text, ARRAY_LEN(text));
	case COLUMN_INTEGER:
		return column->bits != 0;
	case COLUMN_BOOLEAN:
		return type_has(column, boolean, ARRAY_LEN(boolean));
	case COLUMN_TIMESTAMP:
		return type_has(column, timestamp, ARRAY_LEN(timestamp));
	}
	return false;
}

static const char *type_name(enum column_type type)
{
	static const char *const names[] = {[COLUMN_TEXT] = "text",
		[COLUMN_INTEGER] = "integer",
		[COLUMN_BOOLEAN] = "boolean",
		[COLUMN_TIMESTAMP] = "timestamp"};
	return names[type];
}

static const struct db_column *column_named(
	const struct db_column *columns, size_t count, const char *name)
{
	for (size_t i = 0; i < count; i++)
		if (strcmp(columns[i].name, name) == 0)
			return &columns[i];
	return NULL;
}

/* Another spelling of upper and lower case is a likely reason for a missing column: say so. */
static const char *spelled_otherwise(
	const struct db_column *columns, size_t count, const char *name, struct arena *arena)
{
	for (size_t i = 0; i < count; i++)
		if (strcasecmp(columns[i].name, name) == 0)
			return arena_printf(arena,
				"The table has a column \"%s\": correct its name in the "
				"catalogue.",
				columns[i].name);
	return "Correct the name in the catalogue, or take the column out (docs/catalogue.md).";
}

static void check_known(struct checks *checks, struct arena *arena,
	const struct catalogue_table *table, const struct db_column *columns, size_t count)
{
	for (size_t c = 0; c < table->column_count; c++) {
		const struct catalogue_column *column = &table->columns[c];
		const struct db_column *live = column_named(columns, count, column->name);
		if (!live)
			add(checks, arena, "missing-column", CHECK_FAULT,
				spelled_otherwise(columns, count, column->name, arena),
				"\"%s\" has no column \"%s\"", table->full_name, column->name);
		else if (!type_fits(column->type, live))
			add(checks, arena, "wrong-type", CHECK_FAULT,
				"Correct the type in the catalogue (docs/catalogue.md).",
				"\"%s\".\"%s\" is of type %s, the catalogue says %s",
				table->full_name, column->name, live->type,
				type_name(column->type));
	}
}

static void check_unknown(struct checks *checks, struct arena *arena,
	const struct catalogue *catalogue, const struct catalogue_table *table,
	const struct db_column *columns, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		if (strcmp(columns[i].name, catalogue->id_column) == 0 ||
			catalogue_column(table, slice_of(columns[i].name)))
			continue;
		bool needed = columns[i].not_null && !columns[i].has_default;
		add(checks, arena, "unknown-column", CHECK_FAULT,
			needed ? "It must have a value, so nothing can be imported until the "
				 "catalogue "
				 "knows it (docs/catalogue.md)."
			       : "Its values are not exported: add it to the catalogue "
				 "(docs/catalogue.md).",
			"\"%s\".\"%s\" is not in the catalogue", table->full_name, columns[i].name);
	}
}

bool check_catalogue(struct db *db, const struct catalogue *catalogue, struct arena *arena,
	struct checks *out, struct error *err)
{
	for (size_t t = 0; t < catalogue->table_count; t++) {
		const struct catalogue_table *table = &catalogue->tables[t];
		struct db_column *columns;
		size_t count;
		if (!db_columns(db, table->full_name, arena, &columns, &count, err))
			return false;
		if (count == 0) {
			add(out, arena, "missing-table", CHECK_FAULT,
				"Is Requirement Yogi installed here, and does its version have "
				"this table?",
				"there is no table \"%s\"", table->full_name);
			continue;
		}
		if (!column_named(columns, count, catalogue->id_column))
			add(out, arena, "missing-column", CHECK_FAULT, NULL,
				"\"%s\" has no column \"%s\"", table->full_name,
				catalogue->id_column);
		check_known(out, arena, table, columns, count);
		check_unknown(out, arena, catalogue, table, columns, count);
	}
	return true;
}

/* --- the instance -------------------------------------------------------------------------------
 */

static bool check_product(
	struct instance *instance, struct arena *arena, struct checks *out, struct error *err)
{
	const struct host *host = &instance->host;
	bool ready;
	add(out, arena, "product", CHECK_GOOD, NULL, "%s %s in %s", product_title(host->product),
		host->version ? host->version : "(version not known)", db_system(host->db));
	if (instance->ry_version.at)
		add(out, arena, "requirement-yogi", CHECK_GOOD, NULL, "Requirement Yogi %.*s",
			SLICE_PRINT(instance->ry_version));
	else
		add(out, arena, "requirement-yogi", CHECK_NOTE,
			"Set ry_version in the configuration, so that versions can be compared.",
			"the version of Requirement Yogi is not known");
	if (!stage_ready(host->db, &ready, err))
		return false;
	struct stage_backup *backups;
	size_t count = 0;
	if (ready && !stage_backup_list(host->db, arena, &backups, &count, err))
		return false;
	add(out, arena, "staging", CHECK_GOOD, NULL, "%zu backup%s staged", count,
		count == 1 ? " is" : "s are");
	return true;
}

/* Ids are asked for and never used: the transaction is rolled back. */
static void check_ids(struct instance *instance, struct arena *arena, struct checks *out)
{
	const struct catalogue *catalogue = instance->catalogue;
	size_t before = out->faults;
	for (size_t t = 0; t < catalogue->table_count; t++) {
		struct str id CLEANUP(str_release) = STR_INIT;
		struct error failure = ERROR_INIT;
		if (!db_fresh_ids(instance->db, catalogue->tables[t].full_name,
			    catalogue->id_column, 1, "1", &id, &failure))
			add(out, arena, "ids", CHECK_FAULT, failure.hint[0] ? failure.hint : NULL,
				"%s", failure.message);
	}
	if (out->faults == before)
		add(out, arena, "ids", CHECK_GOOD, NULL,
			"every table gives out ids above its highest");
}

static void check_writing(struct instance *instance, struct arena *arena, struct checks *out)
{
	struct error failure = ERROR_INIT;
	if (!db_begin(instance->db, DB_READ_WRITE, &failure)) {
		add(out, arena, "write", CHECK_NOTE,
			"That is enough for plan, verify and lists. To export, load, map or import "
			"the "
			"database must be writable.",
			"cannot be written: %s", failure.message);
		return;
	}
	add(out, arena, "write", CHECK_GOOD, NULL, "can be written");
	check_ids(instance, arena, out);
	db_rollback(instance->db);
}

bool check_instance(
	struct instance *instance, struct arena *arena, struct checks *out, struct error *err)
{
	if (!check_product(instance, arena, out, err))
		return false;
	check_writing(instance, arena, out);
	size_t before = out->faults;
	if (!check_catalogue(instance->db, instance->catalogue, arena, out, err))
		return false;
	if (out->faults == before)
		add(out, arena, "catalogue", CHECK_GOOD, NULL, "fits all %zu tables%s",
			instance->catalogue->table_count,
			instance->catalogue->assumed ? "; the order of some columns is assumed"
						     : "");
	return true;
}
