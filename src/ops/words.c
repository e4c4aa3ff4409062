/*
 * The words of blockers and warnings: names, quoted texts, command lines.
 */
#include "ops/planner.h"

#include <ctype.h>

#define QUOTED_CHARACTERS 60

static void add_notice(struct planner *planner, struct blocker **list, size_t *count, size_t *room,
	const struct blocker *notice)
{
	if (*count == *room) {
		*room = *room ? 2 * *room : 8;
		struct blocker *longer = arena_alloc(planner->arena, *room * sizeof(*longer));
		if (*count > 0)
			memcpy(longer, *list, *count * sizeof(*longer));
		*list = longer;
	}
	(*list)[(*count)++] = *notice;
}

static PRINTF(5, 0) struct blocker make_notice(struct planner *planner, const char *kind,
	int64_t count, const char *hint, const char *format, va_list values)
{
	struct str message CLEANUP(str_release) = STR_INIT;
	str_vaddf(&message, format, values);
	return (struct blocker){kind, arena_strdup(planner->arena, str_slice(&message)),
		arena_strdup(planner->arena, slice_of(hint)), count};
}

void planner_block(struct planner *planner, const char *kind, int64_t count, const char *hint,
	const char *format, ...)
{
	struct plan *plan = planner->plan;
	va_list values;
	va_start(values, format);
	const struct blocker notice = make_notice(planner, kind, count, hint, format, values);
	va_end(values);
	add_notice(planner, &plan->blockers, &plan->blocker_count, &plan->blocker_room, &notice);
}

void planner_warn(struct planner *planner, const char *kind, int64_t count, const char *hint,
	const char *format, ...)
{
	struct plan *plan = planner->plan;
	va_list values;
	va_start(values, format);
	const struct blocker notice = make_notice(planner, kind, count, hint, format, values);
	va_end(values);
	add_notice(planner, &plan->warnings, &plan->warning_count, &plan->warning_room, &notice);
}

/* --- names --- */

void planner_quote(struct slice text, struct str *out)
{
	size_t len = 0, characters = 0;
	for (; len < text.len; len++) {
		bool begins = ((unsigned char)text.at[len] & 0xc0) != 0x80;
		if (begins && characters++ == QUOTED_CHARACTERS)
			break;
	}
	str_add_char(out, '"');
	for (size_t i = 0; i < len; i++) {
		bool control = (unsigned char)text.at[i] < 0x20 || text.at[i] == 0x7f;
		if (control)
			str_add_char(out, ' ');
		else
			str_add_char(out, text.at[i]);
	}
	str_add_text(out, len < text.len ? "...\"" : "\"");
}

void planner_name(const struct planner_mapping *mapping, struct str *out)
{
	str_add(out, mapping->type);
	str_add_char(out, ' ');
	planner_quote(mapping->key, out);
	if (slice_is_empty(mapping->title))
		return;
	str_add_text(out, " (");
	planner_quote(mapping->title, out);
	str_add_char(out, ')');
}

bool planner_mappings(struct planner *planner, const char *condition, struct planner_mapping *list,
	size_t room, int64_t *count, struct error *err)
{
	struct str sql CLEANUP(str_release) = STR_INIT;
	struct db_rows *rows CLEANUP(db_rows_end) = NULL;
	const struct db_value key = db_slice(planner->backup->key);
	str_addf(&sql,
		"SELECT m.type, m.key, m.dependencies, COALESCE(m.title, m.username), m.status, "
		"m.destinationvalue, r.alone, r.id FROM reqferry_resolved r JOIN reqferry_mapping "
		"m ON m.backupkey = $1 AND m.id = r.id WHERE %s ORDER BY r.id",
		condition);
	*count = 0;
	if (!db_query(planner->instance->db, sql.at, &key, 1, &rows, err))
		return false;
	for (bool row;;) {
		if (!db_rows_next(rows, &row, err))
			return false;
		if (!row)
			return true;
		if ((size_t)(*count)++ >= room)
			continue;
		struct planner_mapping *mapping = &list[*count - 1];
		struct slice *const members[] = {&mapping->type, &mapping->key,
			&mapping->dependencies, &mapping->title, &mapping->status,
			&mapping->destination};
		for (size_t i = 0; i < ARRAY_LEN(members); i++)
			*members[i] = arena_copy(planner->arena, db_rows_text(rows, i));
		mapping->alone = db_rows_int(rows, 6) == 1;
		mapping->is_scope = db_rows_int(rows, 7) == planner->scope_mapping;
	}
}

bool planner_item(struct planner *planner, const struct catalogue_table *table, int64_t item,
	struct str *out, struct error *err)
{
	struct str sql CLEANUP(str_release) = STR_INIT;
	struct db_rows *rows CLEANUP(db_rows_end) = NULL;
	const struct db_value values[] = {db_slice(planner->backup->key), db_int(item)};
	bool row, open = false;
	size_t fields = 0;
	str_add_text(&sql, "SELECT i.oldid");
	for (size_t k = 0; k < table->identity_count; k++)
		if (table->identity[k]->uses[0].role != ROLE_ROW) {
			str_addf(&sql, ", i.f%u", table->identity[k]->field);
			fields++;
		}
	str_add_text(&sql, " FROM reqferry_item i WHERE i.backupkey = $1 AND i.id = $2");
	if (!db_query(planner->instance->db, sql.at, values, 2, &rows, err) ||
		!db_rows_next(rows, &row, err))
		return false;
	str_add_text(out, table->name);
	if (!row)
		return true;
	str_add_char(out, ' ');
	str_add(out, db_rows_text(rows, 0));
	for (size_t i = 1; i <= fields; i++) {
		struct slice text = db_rows_text(rows, i);
		if (slice_is_empty(text))
			continue;
		str_add_text(out, open ? ", " : " (");
		planner_quote(text, out);
		open = true;
	}
	if (open)
		str_add_char(out, ')');
	return true;
}

bool planner_value(struct planner *planner, const struct catalogue_table *table,
	const struct catalogue_column *column, int64_t item, struct str *out, struct error *err)
{
	struct str sql CLEANUP(str_release) = STR_INIT;
	struct db_rows *rows CLEANUP(db_rows_end) = NULL;
	const struct db_value values[] = {db_slice(planner->backup->key), db_int(item)};
	bool row;
	str_addf(&sql,
		"SELECT i.oldid, i.f%u FROM reqferry_item i WHERE i.backupkey = $1 AND i.id = $2",
		column->field);
	if (!db_query(planner->instance->db, sql.at, values, 2, &rows, err) ||
		!db_rows_next(rows, &row, err))
		return false;
	if (!row)
		return true;
	planner_quote(db_rows_text(rows, 1), out);
	str_addf(out, " in %s %.*s", table->name, SLICE_PRINT(db_rows_text(rows, 0)));
	return true;
}

/* --- command lines --- */

void planner_word(struct slice word, struct str *out)
{
	bool plain = word.len > 0 && word.at[0] != '~';
	for (size_t i = 0; i < word.len && plain; i++)
		plain = isalnum((unsigned char)word.at[i]) || strchr("_-./:=@%+,~", word.at[i]);
	if (plain) {
		str_add(out, word);
		return;
	}
	str_add_char(out, '\'');
	for (size_t i = 0; i < word.len; i++) {
		if (word.at[i] == '\'')
			str_add_text(out, "'\\''");
		else
			str_add_char(out, word.at[i]);
	}
	str_add_char(out, '\'');
}

void planner_command(
	const struct planner *planner, const char *verb, const char *more, struct str *out)
{
	str_addf(out, "\"reqferry %s ", verb);
	planner_word(planner->instance->name, out);
	str_add_char(out, ' ');
	planner_word(planner->backup->key, out);
	str_addf(out, "%s\"", more);
}

static void add_dependencies(const struct planner_mapping *mapping, struct str *out)
{
	if (mapping->alone || !mapping->dependencies.at)
		return;
	str_add_text(out, " --dependencies ");
	planner_word(mapping->dependencies, out);
}

void planner_map_command(const struct planner *planner, const char *verb,
	const struct planner_mapping *mapping, struct str *out)
{
	struct str more CLEANUP(str_release) = STR_INIT;
	bool set = strcmp(verb, "map set") == 0;
	str_addf(&more, set ? " %.*s " : " --type %.*s --key ", SLICE_PRINT(mapping->type));
	planner_word(mapping->key, &more);
	if (set)
		str_add_text(&more, " NEW");
	add_dependencies(mapping, &more);
	if (!set)
		str_add_text(&more, " --yes");
	planner_command(planner, verb, more.at, out);
}

void planner_again(
	const struct planner *planner, const char *accept, const char *more, struct str *out)
{
	const struct import_options *options = planner->options;
	const struct {
		bool given;
		const char *word;
	} words[] = {{options->accept_possible, "possible"}, {options->accept_missing, "missing"},
		{options->accept_assumed, "assumed"},
		{options->accept_lost_columns, "lost-columns"}, {accept != NULL, accept}};
	struct str line CLEANUP(str_release) = STR_INIT;
	bool first = true;
	for (size_t i = 0; i < ARRAY_LEN(words); i++) {
		if (!words[i].given)
			continue;
		str_addf(&line, "%s%s", first ? " --accept " : ",", words[i].word);
		first = false;
	}
	/* `more` may say another --erase */
	if (options->erase != ERASE_BROUGHT && !(more && strstr(more, "--erase")))
		str_addf(&line, " --erase %s",
			options->erase == ERASE_EVERYTHING ? "everything" : "nothing");
	if (options->reject)
		str_add_text(&line, " --reject");
	if (options->outside_copy)
		str_add_text(&line, " --outside copy");
	if (options->keep_audit_trail)
		str_add_text(&line, " --audit-trail keep");
	str_add_text(&line, more ? more : "");
	planner_command(planner, "plan", line.at, out);
}

void planner_validate(const struct planner *planner, struct str *out)
{
	if (slice_is_empty(planner->backup->file_name)) {
		str_add_text(out, "\"reqferry write\" and \"reqferry validate\" name each place.");
		return;
	}
	str_add_text(out, "\"reqferry validate ");
	planner_word(planner->backup->file_name, out);
	str_add_text(out, "\" names each place.");
}
