/*
 * References that leave a scope: which are kept, which are lost, which stay with the origin.
 *
 * First come the erased rows, then those of the manifest; each is a row of reqferry_reference, and
 * each end that must be looked up a row of reqferry_needed with the identity that it will have. All
 * statements are set-based, and none runs where nothing leaves the scope.
 */
#include "ops/outside.h"

struct outside {
	struct instance *instance;
	const struct stage_backup *backup;
	const struct import_options *options;
	bool same_instance; /* the backup was exported here */
	int64_t erased, manifest;
};

static bool run(struct outside *outside, const char *sql, struct error *err)
{
	const struct db_value key = db_slice(outside->backup->key);
	return db_exec(outside->instance->db, sql, &key, strstr(sql, "$1") ? 1 : 0, NULL, err);
}

/* --- the working tables --- */

static const char *const working_tables[] = {"reqferry_reference", "reqferry_needed",
	"reqferry_target", "reqferry_was", "reqferry_brought"};

bool outside_end(struct instance *instance, struct error *err)
{
	for (size_t i = 0; i < ARRAY_LEN(working_tables); i++) {
		struct str sql CLEANUP(str_release) = STR_INIT;
		str_addf(&sql, "DROP TABLE IF EXISTS %s", working_tables[i]);
		if (!db_exec(instance->db, sql.at, NULL, 0, NULL, err))
			return false;
	}
	for (size_t t = 0; t < instance->catalogue->table_count; t++) {
		struct outside_kind kind;
		struct str sql CLEANUP(str_release) = STR_INIT;
		if (!outside_kind_of(&instance->catalogue->tables[t], &kind))
			continue;
		str_add_text(&sql, "DROP TABLE IF EXISTS ");
		outside_back(kind.table, &sql);
		if (!db_exec(instance->db, sql.at, NULL, 0, NULL, err))
			return false;
	}
	return outside_drop_stay(instance, err);
}

/* {n}, {k}: words of the database; {o}, {i}: eight columns of keys. */
static void spell(const struct dialect *dialect, const char *definition, struct str *sql)
{
	for (const char *at = definition; *at; at++) {
		if (at[0] != '{') {
			str_add_char(sql, *at);
			continue;
		}
		if (at[1] == 'n')
			str_add_text(sql, dialect->type_int64);
		else if (at[1] == 'k')
			str_add_text(sql, dialect->type_key);
		else
			for (int k = 0; k < OUTSIDE_COLUMNS; k++)
				str_addf(sql, "%s%c%d %s", k ? ", " : "", at[1] == 'o' ? 'o' : 'k',
					k, dialect->type_key);
		at += 2;
	}
}

static bool make_tables(struct outside *outside, struct error *err)
{
	static const char *const definitions[] = {
		"CREATE TEMPORARY TABLE reqferry_reference (id {n} PRIMARY KEY, source {k}, "
		"tablename {k}, origin_row {n}, a {n}, b {n}, {o}, outcome {k}, why {k}, awords "
		"{k}, bwords {k}, newid {n})",
		"CREATE INDEX reqferry_reference_ends ON reqferry_reference (tablename, a, "
		"o0, o1)",
		"CREATE TEMPORARY TABLE reqferry_needed (reference {n}, which {n}, tablename {k}, "
		"place {n}, own {n}, {i}, found {n})",
		"CREATE INDEX reqferry_needed_end ON reqferry_needed (reference, which)",
		"CREATE TEMPORARY TABLE reqferry_target (tablename {k}, ref {n}, place {n}, total "
		"{n}, {i})",
		"CREATE INDEX reqferry_target_key ON reqferry_target (tablename, k0, k1, k2)",
		"CREATE INDEX reqferry_target_ref ON reqferry_target (tablename, ref)",
		"CREATE TEMPORARY TABLE reqferry_was (tablename {k}, id {n}, place {n}, {i}, "
		"PRIMARY KEY (tablename, id))",
		"CREATE TEMPORARY TABLE reqferry_brought (tablename {k}, a {n}, b {n}, {o})",
		"CREATE INDEX reqferry_brought_ends ON reqferry_brought (tablename, a, o0, "
		"o1)",
	};
	for (size_t i = 0; i < ARRAY_LEN(definitions); i++) {
		struct str sql CLEANUP(str_release) = STR_INIT;
		spell(db_dialect(outside->instance->db), definitions[i], &sql);
		if (!run(outside, sql.at, err))
			return false;
	}
	return true;
}

/* --- the manifest's --- */

/*
 * The staged references of a kind. One with both ends in the scope, or none, is no reference that
 * leaves it, whatever the manifest says: the rows of the file are all that an import brings inside,
 * and of what lies outside it changes nothing.
 */
static void from_staged(const struct outside_kind *kind, const char *joins, struct str *sql)
{
	str_addf(sql,
		" FROM reqferry_outside i JOIN reqferry_backup b ON b.backupkey = i.backupkey%s "
		"WHERE i.backupkey = $1 AND i.tablename = ",
		joins);
	db_literal(sql, slice_of(kind->table->name));
	str_add_text(sql, " AND ");
	outside_leaves(kind, sql);
}

static bool refer_manifest(
	struct outside *outside, const struct outside_kind *kind, struct error *err)
{
	const struct ry *ry = &outside->instance->ry;
	struct str sql CLEANUP(str_release) = STR_INIT, joins CLEANUP(str_release) = STR_INIT;
	str_add_text(&sql, "INSERT INTO reqferry_reference (id, source, tablename, origin_row, "
			   "awords, bwords");
	outside_columns("", 'o', &sql);
	str_addf(&sql, ") SELECT %lld + t.id, 'manifest', ", (long long)outside->erased);
	db_literal(&sql, slice_of(kind->table->full_name));
	str_add_text(&sql, ", t.id, t.awords, t.bwords");
	outside_texts(ry, kind->others, kind->other_count, 'o', &sql);
	str_add_text(&sql, " FROM (SELECT i.id AS id, ");
	outside_words("i.", 'a', &sql);
	str_add_text(&sql, " AS awords, ");
	outside_words("i.", 'b', &sql);
	str_add_text(&sql, " AS bwords");
	outside_values(ry, kind->others, kind->other_count, &sql);
	outside_joins(kind->others, kind->other_count, &joins);
	from_staged(kind, joins.at, &sql);
	str_add_text(&sql, ") t");
	return run(outside, sql.at, err);
}

/*
 * The identity that an end has here: entities by their mapping; on the instance where they come
 * from, one without a mapping row is itself. NULL where it is not mapped, which is never found.
 */
static void mapped_end(struct outside *outside, const struct catalogue_table *target, char letter,
	struct str *columns, struct str *joins)
{
	for (size_t k = 0; k < OUTSIDE_COLUMNS; k++) {
		const struct catalogue_column *column =
			k < target->identity_count ? target->identity[k] : NULL;
		if (!column || column->uses[0].role != ROLE_ENTITY) {
			str_addf(columns, ", COALESCE(i.%c%zu, '')", letter, k);
			continue;
		}
		str_addf(columns, ", CASE WHEN i.%c%zu IS NULL THEN '' WHEN m%zu.id IS NULL THEN ",
			letter, k, k);
		if (outside->same_instance)
			str_addf(columns, "i.%c%zu", letter, k);
		else
			str_add_text(columns, "NULL");
		if (!outside->options->accept_possible)
			str_addf(columns,
				" WHEN m%zu.status = 'MAPPED_AUTO' AND m%zu.certainty = 'possible' "
				"THEN NULL",
				k, k);
		str_addf(columns, " ELSE m%zu.destination END", k);
		str_addf(joins,
			" LEFT JOIN reqferry_resolved m%zu ON m%zu.alone = 1 AND m%zu.key = "
			"i.%c%zu AND m%zu.type = ",
			k, k, k, letter, k, k);
		db_literal(joins, slice_of(entity_name(column->uses[0].entity)));
	}
}

static bool need_manifest(
	struct outside *outside, const struct outside_kind *kind, size_t e, struct error *err)
{
	const struct catalogue_table *target = kind->ends[e]->uses[0].table;
	struct str sql CLEANUP(str_release) = STR_INIT, joins CLEANUP(str_release) = STR_INIT,
		       inside CLEANUP(str_release) = STR_INIT;
	str_add_text(&sql, "INSERT INTO reqferry_needed (reference, which, tablename, place, own");
	outside_columns("", 'k', &sql);
	str_addf(&sql, ") SELECT %lld + i.id, %zu, ", (long long)outside->erased, e);
	db_literal(&sql, slice_of(target->full_name));
	str_addf(&sql, ", COALESCE(i.%cplace, 1), ", e ? 'b' : 'a');
	if (outside_is_inside(target, e ? 'b' : 'a', &inside))
		str_addf(&sql, "CASE WHEN %s THEN 1 ELSE 0 END", inside.at);
	else
		str_add_text(&sql, "0");
	mapped_end(outside, target, e ? 'b' : 'a', &sql, &joins);
	from_staged(kind, joins.at, &sql);
	return run(outside, sql.at, err);
}

static bool find_manifest(struct outside *outside, struct error *err)
{
	const struct catalogue *catalogue = outside->instance->catalogue;
	const struct db_value key = db_slice(outside->backup->key);
	if (!db_query_int(outside->instance->db,
		    "SELECT count(*) FROM reqferry_outside WHERE backupkey = $1", &key, 1, 0,
		    &outside->manifest, err))
		return false;
	for (size_t t = 0; outside->manifest > 0 && t < catalogue->table_count; t++) {
		struct outside_kind kind;
		if (!outside_kind_of(&catalogue->tables[t], &kind) || kind.end_count != 2)
			continue;
		if (!refer_manifest(outside, &kind, err) ||
			!need_manifest(outside, &kind, 0, err) ||
			!need_manifest(outside, &kind, 1, err))
			return false;
	}
	return true;
}

/* --- what becomes of them --- */

/* Looks the ends up. */
static bool find_ends(struct outside *outside, struct error *err)
{
	struct str sql CLEANUP(str_release) = STR_INIT;
	str_add_text(&sql, "UPDATE reqferry_needed SET found = (SELECT h.ref FROM reqferry_target "
			   "h WHERE h.tablename = reqferry_needed.tablename AND ");
	outside_same("h.", 'k', "reqferry_needed.", 'k', &sql);
	str_add_text(&sql, " AND h.place = CASE WHEN reqferry_needed.place < h.total THEN "
			   "reqferry_needed.place ELSE h.total END)");
	if (!run(outside, sql.at, err))
		return false;
	for (int e = 0; e < 2; e++) {
		str_clear(&sql);
		str_addf(&sql,
			"UPDATE reqferry_reference SET %c = (SELECT n.found FROM reqferry_needed n "
			"WHERE n.reference = reqferry_reference.id AND n.which = %d) WHERE EXISTS "
			"(SELECT 1 FROM reqferry_needed n WHERE n.reference = "
			"reqferry_reference.id AND n.which = %d)",
			e ? 'b' : 'a', e, e);
		if (!run(outside, sql.at, err))
			return false;
	}
	return true;
}

/*
 * Joins h<e>: the live rows that stay under the identity that the end has at the origin. The index
 * of the identity is the one to use: the condition on ref is written so that it invites to no
 * other.
 */
static void join_origin(const struct outside_kind *kind, size_t e, struct str *sql)
{
	str_addf(sql, " JOIN reqferry_target h%zu ON -h%zu.ref < 0 AND h%zu.tablename = ", e, e, e);
	db_literal(sql, slice_of(kind->ends[e]->uses[0].table->full_name));
	for (int k = 0; k < OUTSIDE_COLUMNS; k++)
		str_addf(sql, " AND h%zu.k%d = COALESCE(i.%c%d, '')", e, k, e ? 'b' : 'a', k);
}

/*
 * Adds to reqferry_brought the live rows of a kind that stay and could be the same as a reference
 * of the manifest, under its identity here or that of its origin.
 */
static bool find_staying(
	struct outside *outside, const struct outside_kind *kind, struct error *err)
{
	const struct ry *ry = &outside->instance->ry;
	struct str sql CLEANUP(str_release) = STR_INIT;
	str_add_text(&sql, "INSERT INTO reqferry_brought (tablename, a, b");
	outside_columns("", 'o', &sql);
	str_add_text(&sql, ") SELECT ");
	db_literal(&sql, slice_of(kind->table->full_name));
	for (size_t e = 0; e < 2; e++) {
		str_add_text(&sql, ", t.");
		db_identifier(&sql, kind->ends[e]->name);
	}
	outside_texts(ry, kind->others, kind->other_count, 'o', &sql);
	str_add_text(&sql, " FROM ");
	ry_from(ry, kind->table, "t", &sql);
	outside_join_erase(ry, kind->table, "LEFT JOIN", &sql);
	str_add_text(&sql, " WHERE e.id IS NULL AND t.");
	db_identifier(&sql, kind->ends[0]->name);
	str_add_text(&sql, " IN (SELECT r.a FROM reqferry_reference r WHERE r.source = 'manifest' "
			   "AND r.a IS NOT NULL");
	if (outside->same_instance) {
		str_add_text(&sql, " UNION SELECT h0.ref FROM reqferry_outside i");
		join_origin(kind, 0, &sql);
		str_add_text(&sql, " WHERE i.backupkey = $1");
	}
	str_add_char(&sql, ')');
	return run(outside, sql.at, err);
}

/*
 * The same ends stand here under the origin's identity: nothing moved away from them. Not where the
 * other end is mapped to another row that is here: that one is to be tied as the old one was.
 */
static bool stay_at_origin(
	struct outside *outside, const struct outside_kind *kind, struct error *err)
{
	struct str sql CLEANUP(str_release) = STR_INIT;
	str_add_text(&sql, "UPDATE reqferry_reference SET outcome = 'origin' WHERE source = "
			   "'manifest' AND tablename = ");
	db_literal(&sql, slice_of(kind->table->full_name));
	str_addf(&sql,
		" AND id IN (SELECT r.id FROM reqferry_outside i JOIN reqferry_reference r ON r.id "
		"= %lld + i.id",
		(long long)outside->erased);
	for (size_t e = 0; e < 2; e++)
		join_origin(kind, e, &sql);
	str_add_text(&sql, " JOIN reqferry_brought g ON g.tablename = r.tablename AND g.a = h0.ref "
			   "AND g.b = h1.ref AND ");
	outside_same("g.", 'o', "r.", 'o', &sql);
	str_add_text(&sql, " WHERE (COALESCE(r.a, h0.ref) = h0.ref OR COALESCE(r.b, h1.ref) = "
			   "h1.ref) AND i.backupkey = $1 AND i.tablename = ");
	db_literal(&sql, slice_of(kind->table->name));
	str_add_char(&sql, ')');
	return run(outside, sql.at, err);
}

static bool mark_lost(struct outside *outside, struct error *err)
{
	return run(outside,
		"UPDATE reqferry_reference SET outcome = 'lost', why = (SELECT CASE WHEN "
		"reqferry_reference.source = 'erased' THEN 'the row that it is about does not "
		"come again' WHEN max(n.own) = 1 THEN 'the row that it is about does not come in' "
		"WHEN min(COALESCE(n.k0, '')) = '' THEN 'the space at its other end "
		"is not mapped' ELSE 'the other end is not on this instance' END FROM "
		"reqferry_needed n WHERE n.reference = reqferry_reference.id AND n.found IS NULL) "
		"WHERE outcome IS NULL AND EXISTS (SELECT 1 FROM reqferry_needed n WHERE "
		"n.reference = reqferry_reference.id AND n.found IS NULL)",
		err);
}

/* Those that the backup brings, or that stand here already. */
static bool mark_there(struct outside *outside, const struct outside_kind *kind, struct error *err)
{
	struct str sql CLEANUP(str_release) = STR_INIT, same CLEANUP(str_release) = STR_INIT;
	if (!outside_find_brought(outside->instance, outside->backup, kind, err))
		return false;
	str_add_text(&same, "g.tablename = reqferry_reference.tablename AND g.a = "
			    "reqferry_reference.a AND g.b IS NOT DISTINCT FROM "
			    "reqferry_reference.b AND ");
	outside_same("g.", 'o', "reqferry_reference.", 'o', &same);
	str_add_text(&sql, "UPDATE reqferry_reference SET outcome = 'there' WHERE outcome IS NULL "
			   "AND tablename = ");
	db_literal(&sql, slice_of(kind->table->full_name));
	/* of several in the manifest that are the same the first counts; erased ones all return */
	str_addf(&sql,
		" AND (EXISTS (SELECT 1 FROM reqferry_brought g WHERE %s) OR (source = 'manifest' "
		"AND EXISTS (SELECT 1 FROM reqferry_reference g WHERE g.id < "
		"reqferry_reference.id AND g.outcome IS NULL AND %s)))",
		same.at, same.at);
	return run(outside, sql.at, err);
}

static bool decide(struct outside *outside, struct error *err)
{
	const struct catalogue *catalogue = outside->instance->catalogue;
	bool origin = outside->same_instance && !outside->options->outside_copy;
	if (!outside_find_targets(outside->instance, outside->backup, outside->manifest > 0, err) ||
		!find_ends(outside, err))
		return false;
	for (size_t t = 0; outside->manifest > 0 && t < catalogue->table_count; t++) {
		struct outside_kind kind;
		if (!outside_kind_of(&catalogue->tables[t], &kind) || kind.end_count != 2)
			continue;
		if (!find_staying(outside, &kind, err) ||
			(origin && !stay_at_origin(outside, &kind, err)))
			return false;
	}
	if (!mark_lost(outside, err))
		return false;
	for (size_t t = 0; t < catalogue->table_count; t++) {
		struct outside_kind kind;
		if (outside_kind_of(&catalogue->tables[t], &kind) &&
			!mark_there(outside, &kind, err))
			return false;
	}
	return run(outside, "UPDATE reqferry_reference SET outcome = 'kept' WHERE outcome IS NULL",
		err);
}

bool outside_same_instance(
	struct instance *instance, const struct stage_backup *backup, bool *same, struct error *err)
{
	struct arena arena CLEANUP(arena_release) = ARENA_INIT;
	struct slice here;
	if (!stage_instance_id(instance->db, &arena, &here, err))
		return false;
	*same = !slice_is_empty(here) && slice_equal(here, backup->origin_id);
	return true;
}

bool outside_begin(struct instance *instance, const struct stage_backup *backup,
	const struct import_options *options, struct error *err)
{
	struct outside outside = {.instance = instance, .backup = backup, .options = options};
	if (!outside_same_instance(instance, backup, &outside.same_instance, err) ||
		!outside_end(instance, err) || !make_tables(&outside, err))
		return false;
	/* where everything is erased every place is inside */
	if ((options->erase != ERASE_EVERYTHING &&
		    !outside_find_erased(instance, &outside.erased, err)) ||
		!find_manifest(&outside, err))
		return false;
	return outside.erased + outside.manifest == 0 || decide(&outside, err);
}

/* --- plan --- */

static bool list_lost(struct planner *planner, struct error *err)
{
	struct plan *plan = planner->plan;
	size_t prefix = strlen(planner->instance->catalogue->prefix);
	struct db_rows *rows CLEANUP(db_rows_end) = NULL;
	if (!db_query(planner->instance->db,
		    "SELECT tablename, awords, bwords, NULLIF(o0, ''), why FROM reqferry_reference "
		    "WHERE "
		    "outcome = 'lost' ORDER BY id",
		    NULL, 0, &rows, err))
		return false;
	plan->outside_lost_list =
		arena_alloc(planner->arena, OUTSIDE_SHOWN * sizeof(*plan->outside_lost_list));
	while (plan->outside_lost_count < OUTSIDE_SHOWN) {
		bool row;
		if (!db_rows_next(rows, &row, err))
			return false;
		if (!row)
			break;
		struct slice columns[5];
		for (size_t c = 0; c < ARRAY_LEN(columns); c++)
			columns[c] = arena_copy(planner->arena, db_rows_text(rows, c));
		plan->outside_lost_list[plan->outside_lost_count++] = (struct outside_lost){
			.table = {columns[0].at + prefix, columns[0].len - prefix},
			.from = columns[1],
			.to = columns[2],
			.detail = columns[3],
			.reason = columns[4]};
	}
	return true;
}

bool outside_count(struct planner *planner, struct error *err)
{
	struct plan *plan = planner->plan;
	const struct {
		const char *outcome;
		int64_t *count;
	} counts[] = {{"kept", &plan->outside_kept}, {"lost", &plan->outside_lost},
		{"origin", &plan->outside_at_origin}};
	for (size_t i = 0; i < ARRAY_LEN(counts); i++) {
		const struct db_value outcome = db_text(counts[i].outcome);
		if (!db_query_int(planner->instance->db,
			    "SELECT count(*) FROM reqferry_reference WHERE outcome = $1", &outcome,
			    1, 0, counts[i].count, err))
			return false;
	}
	int64_t staying;
	if (!db_query_int(planner->instance->db,
		    "SELECT count(*) FROM reqferry_fate WHERE stays IS NOT NULL", NULL, 0, 0,
		    &staying, err))
		return false;
	plan->outside_at_origin += staying;
	return plan->outside_lost == 0 || list_lost(planner, err);
}

bool outside_hash_query(size_t i, struct str *sql)
{
	if (i > 2)
		return false;
	if (i == 2) {
		str_add_text(sql, "SELECT i.tablename, i.oldid FROM reqferry_fate x JOIN "
				  "reqferry_item i ON i.backupkey = $1 AND i.id = x.item WHERE "
				  "x.stays IS NOT NULL");
		return true;
	}
	str_add_text(sql, "SELECT ");
	if (i == 0) {
		str_add_text(sql, "source, tablename, origin_row, a, b, outcome");
		outside_columns("", 'o', sql);
		str_add_text(sql, " FROM reqferry_reference");
		return true;
	}
	str_add_text(sql, "i.tablename, i.aplace, i.bplace");
	outside_columns("i.", 'a', sql);
	outside_columns("i.", 'b', sql);
	str_add_text(sql, ", ");
	stage_field_list(sql, "i", CATALOGUE_FIRST_FIELD, CATALOGUE_LAST_FIELD);
	str_add_text(sql, " FROM reqferry_outside i WHERE i.backupkey = $1");
	return true;
}
