/*
 * Rows are read one table after the other, as texts, and followed here, in C: the cited items and
 * their identities at the origin, the live rows of those identities, what cites these. Memory: one
 * entry for each citation that was left out.
 */
#include "ops/verify_origin.h"

enum { FIELDS = CATALOGUE_LAST_FIELD - CATALOGUE_FIRST_FIELD + 1 };

static const struct catalogue_table *cited_table(const struct catalogue_table *table)
{
	return table->scope_columns[0]->uses[0].table;
}

bool verify_origin_cites(
	const struct catalogue_table *table, const struct slice *fields, size_t count)
{
	const struct catalogue_citation *citation = table->citation;
	return citation && table->scope == SCOPE_ROW && cited_table(table)->identity_count > 0 &&
	       slice_is(fields[citation->column->field - 1], citation->is ? "true" : "false") &&
	       catalogue_use_of(citation->page, fields, count) == citation->use;
}

void verify_origin_begin(struct verify_origin *origin, struct instance *instance,
	const struct stage_backup *backup, const struct catalogue_table *table)
{
	*origin = (struct verify_origin){.instance = instance,
		.backup = backup,
		.table = table,
		.arena = ARENA_INIT,
		.owners = DICT_INIT,
		.identities = DICT_INIT,
		.ties = DICT_INIT,
		.pages = DICT_INIT};
	origin->end = &origin->first;
}

void verify_origin_release(struct verify_origin *origin)
{
	arena_release(&origin->arena);
	dict_release(&origin->owners);
	dict_release(&origin->identities);
	dict_release(&origin->ties);
	dict_release(&origin->pages);
}

static void add_part(struct str *text, struct slice part)
{
	str_add(text, part);
	str_add_char(text, '\0');
}

/* The columns that tell two citations of one row by one page apart. */
static void add_rest(
	const struct catalogue_table *table, const struct slice *fields, struct str *text)
{
	const struct catalogue_citation *citation = table->citation;
	for (size_t i = 0; i < citation->same_count; i++)
		add_part(text, fields[citation->same[i]->field - 1]);
}

void verify_origin_add(
	struct verify_origin *origin, struct slice old_id, const struct slice *fields)
{
	const struct catalogue_table *table = origin->table;
	struct str rest CLEANUP(str_release) = STR_INIT;
	struct staying *staying = arena_zalloc(&origin->arena, sizeof(*staying));
	add_rest(table, fields, &rest);
	staying->old_id = arena_copy(&origin->arena, old_id);
	staying->owner = arena_copy(&origin->arena, fields[table->scope_columns[0]->field - 1]);
	staying->page = arena_copy(&origin->arena, fields[table->citation->page->field - 1]);
	staying->rest = arena_copy(&origin->arena, str_slice(&rest));
	dict_put(&origin->owners, staying->owner, 0, NULL);
	*origin->end = staying;
	origin->end = &staying->next;
}

static void identity_of(
	const struct catalogue_table *table, const struct slice *fields, struct str *text)
{
	for (size_t k = 0; k < table->identity_count; k++)
		add_part(text, fields[table->identity[k]->field - 1]);
}

/* --- reading --- */

/* One row: its id, and its fields as in the file. */
typedef void (*row_fn)(struct verify_origin *origin, struct slice id, const struct slice *fields);

static bool each_item(struct verify_origin *origin, const struct catalogue_table *table, row_fn fn,
	struct error *err)
{
	struct slice fields[3 + FIELDS] = {SLICE_NULL};
	struct str sql CLEANUP(str_release) = STR_INIT;
	struct db_rows *rows CLEANUP(db_rows_end) = NULL;
	const struct db_value key = db_slice(origin->backup->key);
	str_add_text(&sql, "SELECT i.oldid, ");
	stage_field_list(&sql, "i", CATALOGUE_FIRST_FIELD, CATALOGUE_LAST_FIELD);
	str_add_text(&sql, " FROM reqferry_item i WHERE i.backupkey = $1 AND i.tablename = ");
	db_literal(&sql, slice_of(table->name));
	if (!db_query(origin->instance->db, sql.at, &key, 1, &rows, err))
		return false;
	for (bool row;;) {
		if (!db_rows_next(rows, &row, err))
			return false;
		if (!row)
			return true;
		for (size_t f = 0; f < FIELDS; f++)
			fields[3 + f] = db_rows_text(rows, 1 + f);
		fn(origin, db_rows_text(rows, 0), fields);
	}
}

/* Live rows that the import of undo_key did not insert. */
static bool each_live(struct verify_origin *origin, const struct catalogue_table *table,
	struct slice undo_key, row_fn fn, struct error *err)
{
	const struct ry *ry = &origin->instance->ry;
	struct slice fields[3 + FIELDS] = {SLICE_NULL};
	struct str sql CLEANUP(str_release) = STR_INIT;
	struct db_rows *rows CLEANUP(db_rows_end) = NULL;
	const struct db_value key = db_slice(undo_key);
	str_add_text(&sql, "SELECT ");
	ry_id_text(ry, &sql);
	for (size_t c = 0; c < table->column_count; c++) {
		str_add_text(&sql, ", ");
		ry_text_of(ry, &table->columns[c], &sql);
	}
	str_add_text(&sql, " FROM ");
	ry_from(ry, table, "t", &sql);
	str_add_text(&sql, " WHERE NOT EXISTS (SELECT 1 FROM reqferry_undo_row u WHERE u.undokey = "
			   "$1 AND u.kind = 'inserted' AND u.rowid_ = ");
	ry_id(ry, "t", &sql);
	str_add_text(&sql, " AND u.tablename = ");
	db_literal(&sql, slice_of(table->full_name));
	str_add_char(&sql, ')');
	if (!db_query(origin->instance->db, sql.at, &key, 1, &rows, err))
		return false;
	for (bool row;;) {
		if (!db_rows_next(rows, &row, err))
			return false;
		if (!row)
			return true;
		for (size_t c = 0; c < table->column_count; c++)
			fields[table->columns[c].field - 1] = db_rows_text(rows, 1 + c);
		fn(origin, db_rows_text(rows, 0), fields);
	}
}

/* --- looking --- */

/* A cited item: its identity at the origin. */
static void on_owner(struct verify_origin *origin, struct slice old_id, const struct slice *fields)
{
	struct dict_entry *owner = dict_find(&origin->owners, old_id);
	struct str identity CLEANUP(str_release) = STR_INIT;
	if (!owner)
		return;
	identity_of(cited_table(origin->table), fields, &identity);
	owner->value = dict_put(&origin->identities, str_slice(&identity),
		(int64_t)origin->identities.count + 1, NULL)
			       ->value;
}

/* "identity's number, page, rest" */
static void tie_of(int64_t identity, struct slice page, struct slice rest, struct str *tie)
{
	str_addf(tie, "%lld ", (long long)identity);
	add_part(tie, page);
	str_add(tie, rest);
}

static void make_ties(struct verify_origin *origin)
{
	for (struct staying *staying = origin->first; staying; staying = staying->next) {
		struct str tie CLEANUP(str_release) = STR_INIT;
		tie_of(dict_find(&origin->owners, staying->owner)->value, staying->page,
			staying->rest, &tie);
		staying->tie = arena_copy(&origin->arena, str_slice(&tie));
		dict_put(&origin->ties, staying->tie, 0, NULL);
	}
	/* from here on the ids of live rows stand in it */
	dict_release(&origin->owners);
	origin->owners = DICT_INIT;
}

/* A live row of one of those identities. */
static void on_live(struct verify_origin *origin, struct slice id, const struct slice *fields)
{
	struct str text CLEANUP(str_release) = STR_INIT;
	identity_of(cited_table(origin->table), fields, &text);
	const struct dict_entry *identity = dict_find(&origin->identities, str_slice(&text));
	if (identity)
		dict_put(&origin->owners, id, identity->value, NULL);
}

/* A live citation of one of those rows. */
static void on_citation(
	struct verify_origin *origin, struct slice id UNUSED, const struct slice *fields)
{
	const struct catalogue_table *table = origin->table;
	struct str rest CLEANUP(str_release) = STR_INIT, tie CLEANUP(str_release) = STR_INIT;
	if (!verify_origin_cites(table, fields, 3 + FIELDS))
		return;
	const struct dict_entry *owner =
		dict_find(&origin->owners, fields[table->scope_columns[0]->field - 1]);
	if (!owner)
		return;
	add_rest(table, fields, &rest);
	tie_of(owner->value, fields[table->citation->page->field - 1], str_slice(&rest), &tie);
	struct dict_entry *known = dict_find(&origin->ties, str_slice(&tie));
	if (known)
		known->value = 1;
}

/* The pages that are mapped to themselves and lie in another space than the backup's. */
static bool load_pages(struct verify_origin *origin, struct error *err)
{
	const struct instance *instance = origin->instance;
	struct str sql CLEANUP(str_release) = STR_INIT;
	struct db_rows *rows CLEANUP(db_rows_end) = NULL;
	const struct db_value values[] = {db_slice(origin->backup->key),
		db_text(entity_name(ENTITY_PAGE)), db_slice(origin->backup->scope)};
	str_add_text(&sql, "SELECT m.key FROM reqferry_mapping m JOIN ");
	str_addf(&sql, "%s p ON p.id = ", host_relation(&instance->host, HOST_CONTENT_STATES));
	dialect_apply(&sql, db_dialect(instance->db)->key_to_integer_f, "m.destinationvalue");
	str_add_text(&sql, " WHERE m.backupkey = $1 AND m.type = $2 AND m.destinationvalue = m.key "
			   "AND m.status IN ('MAPPED_AUTO', 'MAPPED_MANUAL') AND p.spacekey <> $3");
	if (!db_query(instance->db, sql.at, values, ARRAY_LEN(values), &rows, err))
		return false;
	for (bool row;;) {
		if (!db_rows_next(rows, &row, err))
			return false;
		if (!row)
			return true;
		dict_put(&origin->pages, db_rows_text(rows, 0), 1, NULL);
	}
}

bool verify_origin_look(struct verify_origin *origin, struct slice undo_key, struct error *err)
{
	if (!origin->first)
		return true;
	if (!each_item(origin, cited_table(origin->table), on_owner, err))
		return false;
	make_ties(origin);
	return each_live(origin, cited_table(origin->table), undo_key, on_live, err) &&
	       each_live(origin, origin->table, undo_key, on_citation, err) &&
	       load_pages(origin, err);
}

bool verify_origin_stands(const struct verify_origin *origin, const struct staying *staying)
{
	const struct dict_entry *tie = dict_find(&origin->ties, staying->tie);
	return tie && tie->value == 1 && dict_find(&origin->pages, staying->page);
}
