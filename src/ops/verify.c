/*
 * Verify: what should be there against what is there.
 *
 * Nothing of the importer's SQL is used: staged rows and live rows are read as text, the mapping is
 * applied here in C, field by field, and compared. A row is found by the id that the import gave
 * it. Rows that were merged into an existing row are compared by identity only: that row kept its
 * other columns. NULL and '' count as the same. A citation that is not here is missing, unless it
 * stays with the origin (ops/verify_origin.h).
 *
 * Memory: the mappings are held, the rows are streamed.
 */
#include "backup/upper.h"
#include "base/dict.h"
#include "base/time.h"
#include "ops/outside.h"
#include "ops/verify_origin.h"
#include "json/spans.h"

#include <ctype.h>

#define DIFFERENCES_SHOWN 100

enum { FIELDS = CATALOGUE_LAST_FIELD - CATALOGUE_FIRST_FIELD + 1 };

struct mapped {
	struct slice destination, issue_key, dependencies;
	bool mapped, excluded;
	struct mapped *next; /* of the same type and key */
};

struct verifier {
	struct instance *instance;
	const struct stage_backup *backup;
	struct arena *arena;   /* results */
	struct arena mappings; /* the mapping table */
	struct dict index;     /* "TYPE\0key" -> struct mapped * */
	struct verify_result *out;
	/* of the row at hand */
	struct slice fields[3 + FIELDS]; /* as in the file: fields[n - 1] is field n */
	struct str buffer;
	struct dict dropped; /* "TABLE\0old id" of rows that had to be left out */
	bool keep_audit_trail;
	bool surplus_known; /* what the import inserted is recorded, and the scope was erased first
			     */
	struct dict link_spaces;     /* "issue\0space key" -> destination, of unclear keys */
	struct slice issue;          /* of the row at hand */
	bool at_home;                /* one space of this very instance was exported */
	struct verify_origin origin; /* of the table at hand */
};

/* --- the mappings --- */

static void index_key(struct str *key, struct slice type, struct slice entity_key)
{
	str_add(key, type);
	str_add_char(key, '\0');
	str_add(key, entity_key);
}

static bool load_mappings(struct verifier *verifier, struct error *err)
{
	struct instance *instance = verifier->instance;
	bool jira = instance->catalogue->product == PRODUCT_JIRA;
	struct str sql CLEANUP(str_release) = STR_INIT, number CLEANUP(str_release) = STR_INIT;
	dialect_apply(&number, db_dialect(instance->db)->key_to_integer_f, "m.destinationvalue");
	str_addf(&sql,
		"SELECT m.type, m.key, m.dependencies, m.status, m.destinationvalue, %s FROM "
		"reqferry_mapping m",
		jira ? "x.issuekey" : "NULL");
	if (jira)
		str_addf(&sql, " LEFT JOIN %s x ON m.type = 'ISSUE' AND x.id = %s",
			host_relation(&instance->host, HOST_ISSUES), number.at);
	str_add_text(&sql, " WHERE m.backupkey = $1");
	const struct db_value key = db_slice(verifier->backup->key);
	struct db_rows *rows CLEANUP(db_rows_end) = NULL;
	if (!db_query(instance->db, sql.at, &key, 1, &rows, err))
		return false;
	for (bool row;;) {
		if (!db_rows_next(rows, &row, err))
			return false;
		if (!row)
			return true;
		struct str name CLEANUP(str_release) = STR_INIT,
				plain CLEANUP(str_release) = STR_INIT;
		index_key(&name, db_rows_text(rows, 0), db_rows_text(rows, 1));
		catalogue_normalise_dependencies(db_rows_text(rows, 2), &plain);
		struct slice status = db_rows_text(rows, 3);
		struct mapped *mapped = arena_alloc(&verifier->mappings, sizeof(*mapped));
		struct dict_entry *entry = dict_put(&verifier->index, str_slice(&name), 0, NULL);
		*mapped = (struct mapped){
			.destination = arena_copy(&verifier->mappings, db_rows_text(rows, 4)),
			.issue_key = arena_copy(&verifier->mappings, db_rows_text(rows, 5)),
			.dependencies = arena_copy(&verifier->mappings, str_slice(&plain)),
			.mapped = slice_is(status, "MAPPED_AUTO") ||
				  slice_is(status, "MAPPED_MANUAL"),
			.excluded = slice_is(status, "EXCLUDED"),
			.next = (struct mapped *)(intptr_t)entry->value};
		entry->value = (int64_t)(intptr_t)mapped;
	}
}

/* The mapping of an entity; NULL when there is none, or several that cannot be told apart. */
static const struct mapped *find_mapping(
	const struct verifier *verifier, const struct catalogue_use *use, struct slice key)
{
	struct str name CLEANUP(str_release) = STR_INIT, text CLEANUP(str_release) = STR_INIT,
			plain CLEANUP(str_release) = STR_INIT;
	index_key(&name, slice_of(entity_name(use->entity)), key);
	const struct dict_entry *entry = dict_find(&verifier->index, str_slice(&name));
	if (!entry)
		return NULL;
	const struct mapped *mapped = (const struct mapped *)(intptr_t)entry->value;
	if (!mapped->next)
		return mapped;
	catalogue_dependencies(use, verifier->fields, ARRAY_LEN(verifier->fields), &text);
	catalogue_normalise_dependencies(str_slice(&text), &plain);
	while (mapped && (mapped->dependencies.len != plain.len ||
				 memcmp(mapped->dependencies.at ? mapped->dependencies.at : "",
					 plain.at, plain.len) != 0))
		mapped = mapped->next;
	return mapped;
}

/* --- expected values --- */

/* Where one key has several destinations nothing is certain without more. */
static struct slice only_destination(
	const struct verifier *verifier, struct slice key, bool *unclear)
{
	struct str name CLEANUP(str_release) = STR_INIT;
	struct slice found = SLICE_NULL;
	index_key(&name, slice_of(entity_name(ENTITY_SPACE)), key);
	const struct dict_entry *entry = dict_find(&verifier->index, str_slice(&name));
	*unclear = false;
	for (const struct mapped *mapped = entry ? (const struct mapped *)(intptr_t)entry->value
						 : NULL;
		mapped; mapped = mapped->next) {
		if (!mapped->mapped || slice_is_empty(mapped->destination))
			continue;
		*unclear |= found.at && !slice_equal(found, mapped->destination);
		found = mapped->destination;
	}
	return *unclear ? SLICE_NULL : found;
}

static struct slice space_of(void *context, struct slice key)
{
	struct verifier *verifier = context;
	bool unclear;
	struct slice found = only_destination(verifier, key, &unclear);
	if (!unclear)
		return found;
	struct str name CLEANUP(str_release) = STR_INIT;
	index_key(&name, verifier->issue, key);
	const struct dict_entry *entry = dict_find(&verifier->link_spaces, str_slice(&name));
	const struct mapped *mapped = entry ? (const struct mapped *)(intptr_t)entry->value : NULL;
	return mapped ? mapped->destination : SLICE_NULL;
}

/*
 * An issue's own links say which space an unclear key means: walks the rows that link issues, and
 * the rows that they refer to. Two links that disagree leave it unclear.
 */
static bool walk_links(
	struct verifier *verifier, const struct catalogue_column *row, struct error *err)
{
	const struct catalogue_table *target = row->uses[0].table;
	struct str sql CLEANUP(str_release) = STR_INIT;
	struct db_rows *rows CLEANUP(db_rows_end) = NULL;
	const struct db_value key = db_slice(verifier->backup->key);
	str_addf(&sql, "SELECT l.f%u, ", row->owner->scope_columns[0]->field);
	stage_field_list(&sql, "r", CATALOGUE_FIRST_FIELD, CATALOGUE_LAST_FIELD);
	str_addf(&sql,
		" FROM reqferry_item l JOIN reqferry_item r ON r.backupkey = l.backupkey AND "
		"r.oldid "
		"= l.f%u WHERE l.backupkey = $1 AND l.tablename = ",
		row->field);
	db_literal(&sql, slice_of(row->owner->name));
	str_add_text(&sql, " AND r.tablename = ");
	db_literal(&sql, slice_of(target->name));
	if (!db_query(verifier->instance->db, sql.at, &key, 1, &rows, err))
		return false;
	for (bool more;;) {
		if (!db_rows_next(rows, &more, err))
			return false;
		if (!more)
			return true;
		for (size_t f = 0; f < FIELDS; f++)
			verifier->fields[3 + f] = db_rows_text(rows, 1 + f);
		for (size_t c = 0; c < target->column_count; c++) {
			const struct catalogue_column *column = &target->columns[c];
			const struct catalogue_use *use = catalogue_use_of(
				column, verifier->fields, ARRAY_LEN(verifier->fields));
			struct slice space = verifier->fields[column->field - 1];
			bool unclear, added;
			if (use->entity != ENTITY_SPACE || !space.at ||
				(only_destination(verifier, space, &unclear), !unclear))
				continue;
			const struct mapped *mapped = find_mapping(verifier, use, space);
			if (!mapped || !mapped->mapped)
				continue;
			struct str name CLEANUP(str_release) = STR_INIT;
			index_key(&name, db_rows_text(rows, 0), space);
			struct dict_entry *entry = dict_put(&verifier->link_spaces,
				str_slice(&name), (int64_t)(intptr_t)mapped, &added);
			const struct mapped *before = (const struct mapped *)(intptr_t)entry->value;
			if (before && !slice_equal(before->destination, mapped->destination))
				entry->value = 0;
		}
	}
}

/* Only when some space key is unclear: most backups have none. */
static bool load_link_spaces(struct verifier *verifier, struct error *err)
{
	const struct catalogue *catalogue = verifier->instance->catalogue;
	int64_t unclear;
	const struct db_value key = db_slice(verifier->backup->key);
	if (!db_query_int(verifier->instance->db,
		    "SELECT count(*) FROM (SELECT key FROM reqferry_mapping WHERE backupkey = $1 "
		    "AND "
		    "type = 'SPACE' GROUP BY key HAVING count(DISTINCT destinationvalue) > 1) u",
		    &key, 1, 0, &unclear, err))
		return false;
	for (size_t t = 0; unclear > 0 && t < catalogue->table_count; t++) {
		const struct catalogue_table *table = &catalogue->tables[t];
		for (size_t c = 0; c < table->column_count; c++)
			if (table->scope == SCOPE_ISSUE &&
				table->columns[c].uses[0].role == ROLE_ROW &&
				!walk_links(verifier, &table->columns[c], err))
				return false;
	}
	return true;
}

/* Brings a number, boolean or time to the one spelling that the live side is read in. */
static struct slice canonical(struct verifier *verifier, enum column_type type, struct slice text)
{
	int64_t number;
	if (slice_is_empty(text))
		return SLICE_NULL;
	str_clear(&verifier->buffer);
	if (type == COLUMN_INTEGER && slice_to_int64(text, &number)) {
		str_addf(&verifier->buffer, "%lld", (long long)number);
		return str_slice(&verifier->buffer);
	}
	if (type == COLUMN_TIMESTAMP && text.len >= 19) {
		str_add(&verifier->buffer, (struct slice){text.at, 19});
		str_add_char(&verifier->buffer, '.');
		for (size_t i = 20; i < 23; i++)
			str_add(&verifier->buffer,
				i < text.len ? (struct slice){text.at + i, 1} : SLICE("0"));
		return str_slice(&verifier->buffer);
	}
	return text;
}

/* What the column must hold; the slice lives until the next call. new_row: the id of a row column.
 */
static struct slice expected_value(
	struct verifier *verifier, const struct catalogue_column *column, struct slice new_row)
{
	struct slice text = verifier->fields[column->field - 1];
	const struct catalogue_use *use =
		catalogue_use_of(column, verifier->fields, ARRAY_LEN(verifier->fields));
	const struct catalogue_use *followed;
	const struct mapped *mapped;
	switch (use ? use->role : ROLE_PLAIN) {
	case ROLE_ROW:
		return text.at ? new_row : SLICE_NULL;
	case ROLE_ENTITY:
		if (!text.at)
			return SLICE_NULL;
		mapped = find_mapping(verifier, use, text);
		if (mapped && mapped->mapped &&
			!(column->without == WITHOUT_KEEP && slice_is_empty(mapped->destination)))
			return canonical(verifier, column->type, mapped->destination);
		return column->without == WITHOUT_KEEP ? text : SLICE_NULL;
	case ROLE_ISSUE_KEY:
		followed = catalogue_use_of(
			use->follows, verifier->fields, ARRAY_LEN(verifier->fields));
		mapped = followed && followed->role == ROLE_ENTITY
				 ? find_mapping(verifier, followed,
					   verifier->fields[use->follows->field - 1])
				 : NULL;
		return mapped && mapped->issue_key.at ? mapped->issue_key : text;
	case ROLE_JSON_LINKS:
		str_clear(&verifier->buffer);
		if (!text.at || verifier->keep_audit_trail ||
			!json_links_rewrite(text, space_of, verifier, &verifier->buffer).valid)
			return text;
		return str_slice(&verifier->buffer);
	default:
		return canonical(verifier, column->type, text);
	}
}

/* --- comparing --- */

static void add_difference(struct verifier *verifier, const struct catalogue_table *table,
	const char *column, const char *kind, struct slice old_id, struct slice new_id,
	struct slice expected, struct slice found)
{
	struct verify_result *out = verifier->out;
	out->ok = false;
	if (out->difference_total++ >= DIFFERENCES_SHOWN)
		return;
	struct arena *arena = verifier->arena;
	out->differences[out->difference_count++] =
		(struct difference){.table = slice_of(table->name),
			.column = slice_of(column),
			.kind = kind,
			.old_id = arena_copy(arena, old_id),
			.new_id = arena_copy(arena, new_id),
			.expected = arena_copy(arena, expected),
			.found = arena_copy(arena, found)};
}

static bool is_identity(const struct catalogue_table *table, const struct catalogue_column *column)
{
	for (size_t k = 0; k < table->identity_count; k++)
		if (table->identity[k] == column)
			return true;
	return false;
}

static bool same_value(const struct verifier *verifier, const struct catalogue_column *column,
	struct slice expected, struct slice found)
{
	if (slice_is_empty(expected) && slice_is_empty(found))
		return true;
	if (column->uses[0].role == ROLE_UPPER) {
		struct slice text = verifier->fields[column->uses[0].follows->field - 1];
		/* a copy that is missing or wrong in the file was made anew */
		if (slice_is_empty(expected) || !upper_matches(expected, text))
			return upper_matches(found, text);
	}
	return slice_equal(expected, found);
}

/*
 * SELECT: old id, new id, merged, the live id, 1 for a problem, the staged fields, for each column
 * the new id of the row it refers to, and the live value as text.
 */
static void select_rows(
	struct verifier *verifier, const struct catalogue_table *table, struct str *sql)
{
	const struct ry *ry = &verifier->instance->ry;
	str_addf(sql, "SELECT i.oldid, i.newid, CASE WHEN u.rowid_ IS NULL%s THEN 1 ELSE 0 END, ",
		table->merge ? " OR w.first < i.id" : "");
	ry_id(ry, "t", sql);
	str_add_text(sql, ", CASE WHEN i.problem IS NULL THEN 0 ELSE 1 END, ");
	stage_field_list(sql, "i", CATALOGUE_FIRST_FIELD, CATALOGUE_LAST_FIELD);
	for (size_t c = 0; c < table->column_count; c++) {
		const struct catalogue_column *column = &table->columns[c];
		if (column->uses[0].role == ROLE_ROW) {
			str_addf(sql,
				", (SELECT min(r.newid) FROM reqferry_item r WHERE r.backupkey = "
				"i.backupkey AND "
				"r.oldid = i.f%u AND r.tablename = ",
				column->field);
			db_literal(sql, slice_of(column->uses[0].table->name));
			str_add_text(sql, "), ");
		} else {
			str_add_text(sql, ", NULL, ");
		}
		ry_text_of(ry, column, sql);
	}
	str_add_text(sql, " FROM reqferry_item i LEFT JOIN ");
	ry_from(ry, table, "t", sql);
	str_add_text(sql, " ON ");
	ry_id(ry, "t", sql);
	str_add_text(sql, " = i.newid LEFT JOIN reqferry_undo_row u ON u.undokey = $2 AND u.kind = "
			  "'inserted' AND u.rowid_ = i.newid AND u.tablename = ");
	db_literal(sql, slice_of(table->full_name));
	/* several items that became one row: all but the first were merged into it */
	if (table->merge) {
		str_add_text(sql, " LEFT JOIN (SELECT newid, min(id) AS first FROM reqferry_item "
				  "WHERE backupkey = $1 AND newid IS NOT NULL AND tablename = ");
		db_literal(sql, slice_of(table->name));
		str_add_text(sql, " GROUP BY newid HAVING count(*) > 1) w ON w.newid = i.newid");
	}
	str_add_text(sql, " WHERE i.backupkey = $1 AND i.tablename = ");
	db_literal(sql, slice_of(table->name));
}

/* The row had to be left out: an entity of it is excluded, or a row that it refers to was left out.
 */
static bool is_dropped(const struct verifier *verifier, const struct catalogue_table *table)
{
	for (size_t c = 0; c < table->column_count; c++) {
		const struct catalogue_column *column = &table->columns[c];
		struct slice text = verifier->fields[column->field - 1];
		const struct catalogue_use *use =
			catalogue_use_of(column, verifier->fields, ARRAY_LEN(verifier->fields));
		if (!use || !text.at)
			continue;
		if (use->role == ROLE_ENTITY && column->without == WITHOUT_DROP) {
			const struct mapped *mapped = find_mapping(verifier, use, text);
			if (mapped && mapped->excluded)
				return true;
		} else if (use->role == ROLE_ROW) {
			struct str name CLEANUP(str_release) = STR_INIT;
			index_key(&name, slice_of(use->table->name), text);
			if (dict_find(&verifier->dropped, str_slice(&name)))
				return true;
		}
	}
	return false;
}

static void remember_dropped(
	struct verifier *verifier, const struct catalogue_table *table, struct slice old_id)
{
	struct str name CLEANUP(str_release) = STR_INIT;
	index_key(&name, slice_of(table->name), old_id);
	dict_put(&verifier->dropped, str_slice(&name), 1, NULL);
}

static void compare_row(struct verifier *verifier, const struct catalogue_table *table,
	struct db_rows *rows, struct verify_count *count)
{
	struct slice old_id = db_rows_text(rows, 0), new_id = db_rows_text(rows, 1);
	/* only tables that merge have rows that the import did not insert */
	bool merged = table->merge && db_rows_int(rows, 2) != 0, different = false;
	bool rejected = !new_id.at && db_rows_int(rows, 4) != 0;
	for (size_t f = 0; f < FIELDS; f++)
		verifier->fields[3 + f] = db_rows_text(rows, 5 + f);
	if (rejected || is_dropped(verifier, table)) {
		remember_dropped(verifier, table, old_id);
		if (new_id.at)
			add_difference(verifier, table, NULL, "surplus", old_id, new_id, SLICE_NULL,
				SLICE_NULL);
		return;
	}
	if (!new_id.at && verifier->at_home &&
		verify_origin_cites(table, verifier->fields, ARRAY_LEN(verifier->fields))) {
		verify_origin_add(&verifier->origin, old_id, verifier->fields);
		return;
	}
	count->expected++;
	if (!db_rows_text(rows, 3).at) {
		add_difference(
			verifier, table, NULL, "missing", old_id, new_id, SLICE_NULL, SLICE_NULL);
		return;
	}
	count->found++;
	verifier->issue = table->scope == SCOPE_ISSUE
				  ? verifier->fields[table->scope_columns[0]->field - 1]
				  : SLICE_NULL;
	for (size_t c = 0; c < table->column_count; c++) {
		const struct catalogue_column *column = &table->columns[c];
		if (merged && !is_identity(table, column))
			continue;
		struct slice expected =
			expected_value(verifier, column, db_rows_text(rows, 5 + FIELDS + 2 * c));
		struct slice found = db_rows_text(rows, 5 + FIELDS + 2 * c + 1);
		if (same_value(verifier, column, expected, found))
			continue;
		different = true;
		add_difference(verifier, table, column->name, "different", old_id, new_id, expected,
			found);
	}
	count->different += different;
}

/* Citations that were left out: where they do not stay with the origin, they are missing. */
static bool compare_staying(struct verifier *verifier, const struct catalogue_table *table,
	struct slice undo_key, struct verify_count *count, struct error *err)
{
	struct verify_origin *origin = &verifier->origin;
	if (!verify_origin_look(origin, undo_key, err))
		return false;
	for (const struct staying *staying = origin->first; staying; staying = staying->next) {
		if (verify_origin_stands(origin, staying))
			continue;
		count->expected++;
		add_difference(verifier, table, NULL, "missing", staying->old_id, SLICE_NULL,
			SLICE("kept at the origin, which no longer has it"), SLICE_NULL);
	}
	return true;
}

static bool compare_rows(struct verifier *verifier, const struct catalogue_table *table,
	struct slice undo_key, struct verify_count *count, struct error *err)
{
	struct str sql CLEANUP(str_release) = STR_INIT;
	struct db_rows *rows CLEANUP(db_rows_end) = NULL;
	const struct db_value values[] = {db_slice(verifier->backup->key), db_slice(undo_key)};
	count->table = slice_of(table->name);
	select_rows(verifier, table, &sql);
	if (!db_query(verifier->instance->db, sql.at, values, 2, &rows, err))
		return false;
	for (bool row;;) {
		if (!db_rows_next(rows, &row, err))
			return false;
		if (!row)
			return true;
		compare_row(verifier, table, rows, count);
	}
}

static bool verify_table(struct verifier *verifier, const struct catalogue_table *table,
	struct slice undo_key, struct verify_count *count, struct error *err)
{
	verify_origin_begin(&verifier->origin, verifier->instance, verifier->backup, table);
	bool ok = compare_rows(verifier, table, undo_key, count, err) &&
		  compare_staying(verifier, table, undo_key, count, err);
	verify_origin_release(&verifier->origin);
	return ok;
}

/* Rows of the scope that the import did not bring: added since, or left by somebody. */
static bool find_surplus(struct verifier *verifier, const struct catalogue_table *table,
	struct slice undo_key, struct error *err)
{
	const struct ry *ry = &verifier->instance->ry;
	struct str sql CLEANUP(str_release) = STR_INIT;
	struct db_rows *rows CLEANUP(db_rows_end) = NULL;
	const struct db_value value = db_slice(undo_key);
	if (!verifier->surplus_known || table->scope == SCOPE_NONE ||
		table->scope == SCOPE_REFERENCED_BY)
		return true;
	str_add_text(&sql, "SELECT ");
	ry_id_text(ry, &sql);
	str_add_text(&sql, " FROM ");
	ry_from(ry, table, "t", &sql);
	str_add_text(&sql, " WHERE ");
	ry_in_scope(ry, table, "t", "SELECT scopekey FROM reqferry_undo_scope WHERE undokey = $1",
		RY_INSIDE, &sql);
	str_add_text(&sql,
		" AND NOT EXISTS (SELECT 1 FROM reqferry_undo_row u WHERE u.undokey = $1 "
		"AND u.kind = 'inserted' AND u.rowid_ = ");
	ry_id(ry, "t", &sql);
	str_add_text(&sql, " AND u.tablename = ");
	db_literal(&sql, slice_of(table->full_name));
	str_add_char(&sql, ')');
	if (!db_query(verifier->instance->db, sql.at, &value, 1, &rows, err))
		return false;
	for (bool row;;) {
		if (!db_rows_next(rows, &row, err))
			return false;
		if (!row)
			return true;
		add_difference(verifier, table, NULL, "surplus", SLICE_NULL, db_rows_text(rows, 0),
			SLICE_NULL, SLICE_NULL);
	}
}

/* The safety copy of the backup's last import, which says what that import inserted and how. */
static bool last_import(struct verifier *verifier, struct slice *undo_key, struct error *err)
{
	const struct db_value key = db_slice(verifier->backup->key);
	struct db_rows *rows CLEANUP(db_rows_end) = NULL;
	bool row;
	if (!db_query(verifier->instance->db,
		    "SELECT undokey, audittrail, undone, CASE WHEN deleted IS NULL AND erase <> "
		    "'nothing' THEN 1 ELSE 0 END FROM reqferry_undo WHERE backupkey = $1 ORDER BY "
		    "number DESC",
		    &key, 1, &rows, err) ||
		!db_rows_next(rows, &row, err))
		return false;
	if (row && db_rows_text(rows, 2).at)
		return FAIL_HINT(err, REFUSED, "Import it again with \"reqferry import\".",
			"the backup \"%.*s\" is not imported: its last import was undone",
			SLICE_PRINT(verifier->backup->key));
	if (row) {
		*undo_key = arena_copy(verifier->arena, db_rows_text(rows, 0));
		verifier->keep_audit_trail = slice_is(db_rows_text(rows, 1), "keep");
		verifier->surplus_known = db_rows_int(rows, 3) != 0;
		return true;
	}
	return FAIL_HINT(err, REFUSED, "Import it first with \"reqferry import\".",
		"the backup \"%.*s\" was never imported on this instance",
		SLICE_PRINT(verifier->backup->key));
}

bool verify_tables(struct instance *instance, const struct stage_backup *backup, struct task *task,
	struct arena *arena, struct verify_result *out, struct error *err)
{
	const struct catalogue *catalogue = instance->catalogue;
	struct verify_result result = {.ok = true,
		.tables = arena_zalloc(arena, catalogue->table_count * sizeof(*result.tables)),
		.table_count = catalogue->table_count,
		.differences =
			arena_zalloc(arena, DIFFERENCES_SHOWN * sizeof(*result.differences))};
	struct verifier verifier = {.instance = instance,
		.backup = backup,
		.arena = arena,
		.mappings = ARENA_INIT,
		.index = DICT_INIT,
		.dropped = DICT_INIT,
		.link_spaces = DICT_INIT,
		.out = &result,
		.buffer = STR_INIT};
	struct slice undo_key;
	task_step(task, "verify", "tables", catalogue->table_count);
	bool ok = last_import(&verifier, &undo_key, err) &&
		  outside_same_instance(instance, backup, &verifier.at_home, err) &&
		  load_mappings(&verifier, err) && load_link_spaces(&verifier, err);
	verifier.at_home = verifier.at_home && backup->scope.at;
	for (size_t t = 0; ok && t < catalogue->table_count; t++) {
		ok = verify_table(
			     &verifier, &catalogue->tables[t], undo_key, &result.tables[t], err) &&
		     find_surplus(&verifier, &catalogue->tables[t], undo_key, err);
		task_advance(task, 1);
	}
	arena_release(&verifier.mappings);
	dict_release(&verifier.index);
	dict_release(&verifier.dropped);
	dict_release(&verifier.link_spaces);
	str_release(&verifier.buffer);
	if (ok)
		*out = result;
	return ok;
}

bool verify_run(struct instance *instance, struct slice key, struct task *task, struct arena *arena,
	struct verify_result *out, struct error *err)
{
	struct stage_backup backup;
	if (!stage_backup_get(instance->db, key, arena, &backup, err) ||
		!db_begin(instance->db, DB_WORK, err))
		return false;
	bool ok = verify_tables(instance, &backup, task, arena, out, err);
	db_rollback(instance->db);
	return ok;
}
