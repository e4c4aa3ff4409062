/*
 * The plan's hash: SHA-256 over everything that decides what an import does, so that two plans with
 * the same hash do the same. It is made of parts, each a digest of its own:
 *
 *     catalogue          the catalogue's hash, the one in whose order the backup stands, its scope
 *     options            those that change what an import does
 *     backup, by table   table, old id, width, problem, every field of each row
 *     mapping, by type   type, key, dependencies, status, destination
 *     issues             the issue keys of mapped issues here
 *     outside            what becomes of references that leave the scope, and those of the manifest
 *     erase, by table    table, id and every column of each live row that is erased
 *     merge, by table    the same of each live row that an item is merged into
 *
 * Not in it: new ids, certainty, dates, names. Each row is hashed alone and the digests are added
 * up, so the order in which the database gives the rows does not matter. The whole is the SHA-256
 * of the parts in a fixed order, so that parts that were kept can be checked against their hash.
 */
#include "base/digest.h"
#include "ops/outside.h"

#define HASH_VERSION "2" /* of the way in which the hash is made */

struct hasher {
	struct instance *instance;
	const struct stage_backup *backup;
	struct task *task;
	struct arena *arena;
	struct plan *plan;
	size_t room;
	struct digest *row;
	uint64_t rows_done;
};

/* --- parts --- */

/* A new part; no pointer to an earlier one holds any longer. */
static struct plan_part *new_part(struct hasher *hasher, const char *kind, struct slice name)
{
	struct plan *plan = hasher->plan;
	if (plan->part_count == hasher->room) {
		hasher->room = hasher->room ? 2 * hasher->room : 64;
		struct plan_part *parts = arena_alloc(hasher->arena, hasher->room * sizeof(*parts));
		if (plan->part_count > 0)
			memcpy(parts, plan->parts, plan->part_count * sizeof(*parts));
		plan->parts = parts;
	}
	struct plan_part *part = &plan->parts[plan->part_count++];
	*part = (struct plan_part){.kind = slice_of(kind), .name = name};
	return part;
}

/* A part of texts alone. */
static void digest_texts(const struct slice *texts, size_t count, struct plan_part *out)
{
	struct digest *all CLEANUP(digest_free) = digest_new();
	uint8_t digest[DIGEST_SIZE];
	for (size_t i = 0; i < count; i++)
		digest_add_field(all, texts[i]);
	digest_end(all, digest);
	digest_hex(digest, out->digest);
}

void plan_options_part(struct slice words, struct plan_part *out)
{
	*out = (struct plan_part){.kind = SLICE("options")};
	digest_texts(&words, 1, out);
}

/* A part that grows row by row. */
struct growing {
	struct digest_sum sum;
	int64_t rows, bytes;
};

static void grow(struct hasher *hasher, struct growing *growing, struct db_rows *rows,
	size_t columns, uint8_t digest[DIGEST_SIZE])
{
	for (size_t c = 0; c < columns; c++) {
		struct slice text = db_rows_text(rows, c);
		growing->bytes += (int64_t)text.len;
		digest_add_field(hasher->row, text);
	}
	digest_end(hasher->row, digest);
	digest_sum_add(&growing->sum, digest);
	growing->rows++;
	if ((++hasher->rows_done & 0x3fff) == 0)
		task_advance(hasher->task, 0x4000);
}

static void end_part(
	struct hasher *hasher, const char *kind, struct slice name, const struct growing *growing)
{
	uint8_t digest[DIGEST_SIZE];
	struct plan_part *part = new_part(hasher, kind, name);
	part->rows = growing->rows;
	part->bytes = growing->bytes;
	digest_sum_bytes(&growing->sum, digest);
	digest_hex(digest, part->digest);
}

/* The rows of a query, into a part. */
static bool grow_by_query(
	struct hasher *hasher, struct growing *growing, const char *sql, struct error *err)
{
	const struct db_value key = db_slice(hasher->backup->key);
	uint8_t digest[DIGEST_SIZE];
	struct db_rows *rows CLEANUP(db_rows_end) = NULL;
	if (!db_query(hasher->instance->db, sql, &key, strstr(sql, "$1") ? 1 : 0, &rows, err))
		return false;
	size_t columns = db_rows_columns(rows);
	for (bool row;;) {
		if (!db_rows_next(rows, &row, err))
			return false;
		if (!row)
			return true;
		grow(hasher, growing, rows, columns, digest);
	}
}

/* --- what they are made of --- */

/* Columns in front of the fields of an item. */
#define ITEM_COLUMNS 4

/* Tables that the catalogue does not know stand behind its own. */
static bool add_items(struct hasher *hasher, struct plan_texts *texts, struct error *err)
{
	const struct catalogue *catalogue = hasher->instance->catalogue;
	struct growing *all =
		arena_zalloc(hasher->arena, (catalogue->table_count + 1) * sizeof(*all));
	const struct db_value key = db_slice(hasher->backup->key);
	uint8_t digest[DIGEST_SIZE];
	struct str sql CLEANUP(str_release) = STR_INIT;
	struct db_rows *rows CLEANUP(db_rows_end) = NULL;
	str_add_text(&sql, "SELECT i.tablename, i.oldid, i.width, i.problem, ");
	stage_field_list(&sql, "i", CATALOGUE_FIRST_FIELD, CATALOGUE_LAST_FIELD);
	str_add_text(&sql, ", i.more, x.fate FROM reqferry_item i LEFT JOIN reqferry_fate x ON "
			   "x.item = i.id WHERE i.backupkey = $1");
	if (!db_query(hasher->instance->db, sql.at, &key, 1, &rows, err))
		return false;
	size_t fate = db_rows_columns(rows) - 1; /* follows from the other parts */
	for (bool row;;) {
		if (!db_rows_next(rows, &row, err))
			return false;
		if (!row)
			break;
		const struct catalogue_table *table =
			catalogue_table(catalogue, db_rows_text(rows, 0));
		grow(hasher, &all[table ? table->index : catalogue->table_count], rows, fate,
			digest);
		if (table && !db_rows_text(rows, fate).at)
			plan_texts_row(texts, table, rows, ITEM_COLUMNS);
	}
	for (size_t t = 0; t < catalogue->table_count; t++)
		end_part(hasher, "backup", slice_of(catalogue->tables[t].name), &all[t]);
	end_part(hasher, "backup", SLICE_NULL, &all[catalogue->table_count]);
	return true;
}

/* Parts by type, and a few digits of each mapping's digest in the order of the ids. */
static bool add_mappings(struct hasher *hasher, struct error *err)
{
	struct growing all[ENTITY_COUNT + 1] = {{.rows = 0}};
	struct str marks CLEANUP(str_release) = STR_INIT;
	struct db_rows *rows CLEANUP(db_rows_end) = NULL;
	int64_t count = 0;
	if (!db_query(hasher->instance->db,
		    "SELECT type, key, dependencies, status, destination FROM reqferry_resolved "
		    "ORDER BY id",
		    NULL, 0, &rows, err))
		return false;
	for (bool row;;) {
		uint8_t digest[DIGEST_SIZE];
		char digits[DIGEST_HEX];
		if (!db_rows_next(rows, &row, err))
			return false;
		if (!row)
			break;
		grow(hasher, &all[entity_by_name(db_rows_text(rows, 0))], rows,
			db_rows_columns(rows), digest);
		digest_hex(digest, digits);
		if (count++ < PLAN_MARKS_LIMIT)
			str_add(&marks, (struct slice){digits, PLAN_MARK_DIGITS});
	}
	for (size_t e = 0; e <= ENTITY_COUNT; e++)
		end_part(hasher, "mapping",
			e < ENTITY_COUNT ? slice_of(entity_name((enum entity)e)) : SLICE_NULL,
			&all[e]);
	if (count <= PLAN_MARKS_LIMIT)
		hasher->plan->marks = arena_copy(hasher->arena, str_slice(&marks));
	return true;
}

static bool add_issues(struct hasher *hasher, struct error *err)
{
	struct growing growing = {.rows = 0};
	if (!grow_by_query(hasher, &growing,
		    "SELECT destination, issuekey FROM reqferry_resolved WHERE issuekey IS NOT "
		    "NULL",
		    err))
		return false;
	end_part(hasher, "issues", SLICE_NULL, &growing);
	return true;
}

static bool add_outside(struct hasher *hasher, struct error *err)
{
	struct growing growing = {.rows = 0};
	for (size_t i = 0;; i++) {
		struct str sql CLEANUP(str_release) = STR_INIT;
		if (!outside_hash_query(i, &sql))
			break;
		if (!grow_by_query(hasher, &growing, sql.at, err))
			return false;
	}
	end_part(hasher, "outside", SLICE_NULL, &growing);
	return true;
}

/*
 * The live rows of each table that `which` selects by their id: a query that ends where the table's
 * name belongs.
 */
static bool add_live(struct hasher *hasher, const char *kind, const char *which, bool full_name,
	struct error *err)
{
	const struct ry *ry = &hasher->instance->ry;
	for (size_t t = 0; t < hasher->instance->catalogue->table_count; t++) {
		const struct catalogue_table *table = &hasher->instance->catalogue->tables[t];
		struct growing growing = {.rows = 0};
		struct str sql CLEANUP(str_release) = STR_INIT;
		str_add_text(&sql, "SELECT ");
		db_literal(&sql, slice_of(table->full_name));
		str_add_text(&sql, ", ");
		ry_row_json(ry, table, &sql);
		str_add_text(&sql, " FROM ");
		ry_from(ry, table, "t", &sql);
		str_add_text(&sql, " WHERE ");
		ry_id(ry, "t", &sql);
		str_addf(&sql, " IN (%s", which);
		db_literal(&sql, slice_of(full_name ? table->full_name : table->name));
		str_add_char(&sql, ')');
		if (!grow_by_query(hasher, &growing, sql.at, err))
			return false;
		end_part(hasher, kind, slice_of(table->name), &growing);
	}
	return true;
}

void plan_options_words(const struct import_options *options, struct str *out)
{
	static const char *const erase[] = {[ERASE_BROUGHT] = "brought",
		[ERASE_EVERYTHING] = "everything",
		[ERASE_NOTHING] = "nothing"};
	const struct {
		bool accepted;
		const char *word;
	} words[] = {{options->accept_possible, "possible"}, {options->accept_missing, "missing"},
		{options->accept_assumed, "assumed"},
		{options->accept_lost_columns, "lost-columns"}};
	bool first = true;
	str_addf(out, "--erase %s", erase[options->erase]);
	for (size_t i = 0; i < ARRAY_LEN(words); i++) {
		if (!words[i].accepted)
			continue;
		str_addf(out, "%s%s", first ? " --accept " : ",", words[i].word);
		first = false;
	}
	if (options->reject)
		str_add_text(out, " --reject");
	str_addf(out, " --outside %s --audit-trail %s", options->outside_copy ? "copy" : "keep",
		options->keep_audit_trail ? "keep" : "rewrite");
}

void plan_parts_hash(const struct plan_part *parts, size_t count, char out[65])
{
	struct digest *total CLEANUP(digest_free) = digest_new();
	uint8_t digest[DIGEST_SIZE];
	digest_add_field(total, SLICE(HASH_VERSION));
	for (size_t i = 0; i < count; i++) {
		digest_add_field(total, parts[i].kind);
		digest_add_field(total, parts[i].name);
		digest_add_field(total, slice_of(parts[i].digest));
	}
	digest_end(total, digest);
	digest_hex(digest, out);
}

static bool add_all(struct hasher *hasher, const struct import_options *options,
	struct plan_texts *texts, struct error *err)
{
	const struct slice catalogue[] = {slice_of(hasher->instance->catalogue->hash),
		hasher->backup->catalogue_hash, hasher->backup->scope};
	struct str words CLEANUP(str_release) = STR_INIT;
	plan_options_words(options, &words);
	hasher->plan->options = arena_copy(hasher->arena, str_slice(&words));
	plan_options_part(hasher->plan->options, new_part(hasher, "options", SLICE_NULL));
	digest_texts(catalogue, ARRAY_LEN(catalogue), new_part(hasher, "catalogue", SLICE_NULL));
	return add_items(hasher, texts, err) && add_mappings(hasher, err) &&
	       add_issues(hasher, err) && add_outside(hasher, err) &&
	       add_live(hasher, "erase",
		       "SELECT e.id FROM reqferry_erase e WHERE e.tablename = ", true, err) &&
	       add_live(hasher, "merge",
		       "SELECT x.newid FROM reqferry_fate x WHERE x.fate = 'merged' AND x.newid "
		       "IS NOT NULL AND x.tablename = ",
		       false, err);
}

bool plan_hash(struct instance *instance, const struct stage_backup *backup,
	const struct import_options *options, struct task *task, struct arena *arena,
	struct plan *out, struct error *err)
{
	struct digest *row CLEANUP(digest_free) = digest_new();
	struct hasher hasher = {.instance = instance,
		.backup = backup,
		.task = task,
		.arena = arena,
		.plan = out,
		.row = row};
	struct planner planner = {instance, backup, options, arena, out, 0};
	struct plan_texts *texts CLEANUP(plan_texts_free) = NULL;
	task_step(task, "sum up the plan", "rows", 0);
	if (!plan_texts_new(instance, backup, &texts, err) ||
		!add_all(&hasher, options, texts, err))
		return false;
	plan_texts_tell(texts, &planner);
	plan_parts_hash(out->parts, out->part_count, out->hash);
	return true;
}
