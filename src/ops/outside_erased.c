/*
 * References that leave a scope, of the rows that an import erases: found and kept as they are,
 * every column, before they are gone.
 */
#include "ops/outside.h"

static bool run(struct instance *instance, const char *sql, struct error *err)
{
	return db_exec(instance->db, sql, NULL, 0, NULL, err);
}

/* Joins e0, e1: whether the rows at the ends of `t` are erased. */
static void join_ends(const struct outside_kind *kind, struct str *sql)
{
	for (size_t e = 0; e < kind->end_count; e++) {
		str_addf(sql, " LEFT JOIN reqferry_erase e%zu ON e%zu.tablename = ", e, e);
		db_literal(sql, slice_of(kind->ends[e]->uses[0].table->full_name));
		str_addf(sql, " AND e%zu.id = t.", e);
		db_identifier(sql, kind->ends[e]->name);
	}
}

void outside_cites(
	struct instance *instance, const struct catalogue_citation *citation, struct str *sql)
{
	const struct dialect *dialect = db_dialect(instance->db);
	struct str column CLEANUP(str_release) = STR_INIT;
	str_add_text(&column, "t.");
	db_identifier(&column, citation->column->name);
	dialect_apply(sql, citation->is ? dialect->boolean_is_true_f : dialect->boolean_is_false_f,
		column.at);
	/* the first use that applies counts */
	for (const struct catalogue_use *use = citation->page->uses; use <= citation->use; use++) {
		if (!use->when)
			continue;
		str_add_text(sql, " AND t.");
		db_identifier(sql, use->when->name);
		str_add_text(sql, use == citation->use ? " = " : " IS DISTINCT FROM ");
		db_literal(sql, slice_of(use->equals));
	}
}

/*
 * " JOIN <pages> p ON p.id = <the page of t>". In whatever state: an archived page still cites, and
 * one in the trash can come back.
 */
static void join_page(struct instance *instance, const struct outside_kind *kind, struct str *sql)
{
	const struct catalogue_column *page = kind->table->citation->page;
	struct str column CLEANUP(str_release) = STR_INIT;
	str_add_text(&column, "t.");
	db_identifier(&column, page->name);
	str_addf(sql, " JOIN %s p ON p.id = ", host_relation(&instance->host, HOST_CONTENT_STATES));
	if (page->type == COLUMN_INTEGER)
		str_add(sql, str_slice(&column));
	else
		dialect_apply(sql, db_dialect(instance->db)->key_to_integer_f, column.at);
}

/* Keeps the rows as they are, every column: they will be gone when they are to be put back. */
static bool keep_erased(struct instance *instance, const struct outside_kind *kind, int64_t *rows,
	struct error *err)
{
	const struct ry *ry = &instance->ry;
	const struct ry_live *live = &ry->live[kind->table->index];
	struct str sql CLEANUP(str_release) = STR_INIT, name CLEANUP(str_release) = STR_INIT;
	outside_back(kind->table, &name);
	str_addf(&sql, "CREATE TEMPORARY TABLE %s AS SELECT ", name.at);
	for (size_t c = 0; c < live->all_count; c++) {
		str_add_text(&sql, c ? ", t." : "t.");
		db_identifier(&sql, live->all[c].name);
	}
	str_add_text(&sql, " FROM ");
	ry_from(ry, kind->table, "t", &sql);
	str_add_text(&sql, " JOIN reqferry_erase e ON e.tablename = ");
	db_literal(&sql, slice_of(kind->table->full_name));
	str_add_text(&sql, " AND e.id = ");
	ry_id(ry, "t", &sql);
	if (kind->table->citation) {
		join_page(instance, kind, &sql);
		str_add_text(&sql, " WHERE p.spacekey NOT IN (SELECT scopekey FROM reqferry_scope) "
				   "AND ");
		outside_cites(instance, kind->table->citation, &sql);
	} else {
		join_ends(kind, &sql);
		str_add_text(&sql, " WHERE (e0.id IS NULL OR e1.id IS NULL) AND COALESCE(t.");
		db_identifier(&sql, kind->ends[0]->name);
		str_add_text(&sql, ", t.");
		db_identifier(&sql, kind->ends[1]->name);
		/* what refers to nothing is no reference: the backup replaces it */
		str_add_text(&sql, ") IS NOT NULL");
	}
	if (!run(instance, sql.at, err))
		return false;
	str_clear(&sql);
	str_addf(&sql, "CREATE INDEX %s_id ON %s (", name.at, name.at);
	db_identifier(&sql, instance->catalogue->id_column);
	str_add_char(&sql, ')');
	if (!run(instance, sql.at, err))
		return false;
	str_clear(&sql);
	str_addf(&sql, "SELECT count(*) FROM %s", name.at);
	return db_query_int(instance->db, sql.at, NULL, 0, 0, rows, err);
}

/* The words of the end `e` of the erased row `t`: joined as w<e>. */
static void join_words(
	struct instance *instance, const struct outside_kind *kind, size_t e, struct str *sql)
{
	const struct ry *ry = &instance->ry;
	const struct catalogue_table *target = kind->ends[e]->uses[0].table;
	str_add_text(sql, " LEFT JOIN (SELECT ");
	ry_id(ry, "t", sql);
	str_add_text(sql, " AS id");
	outside_texts(ry, target->identity,
		outside_has_identity(target) ? target->identity_count : 0, 'k', sql);
	str_add_text(sql, " FROM ");
	ry_from(ry, target, "t", sql);
	str_addf(sql, ") w%zu ON w%zu.id = t.", e, e);
	db_identifier(sql, kind->ends[e]->name);
}

static bool refer_erased(
	struct instance *instance, const struct outside_kind *kind, int64_t base, struct error *err)
{
	const struct ry *ry = &instance->ry;
	bool cites = kind->table->citation != NULL;
	struct str sql CLEANUP(str_release) = STR_INIT;
	str_add_text(&sql, "INSERT INTO reqferry_reference (id, source, tablename, origin_row, a, "
			   "b, awords, bwords");
	outside_columns("", 'o', &sql);
	str_addf(&sql, ") SELECT %lld + ROW_NUMBER() OVER (ORDER BY ", (long long)base);
	ry_id(ry, "t", &sql);
	str_add_text(&sql, "), 'erased', ");
	db_literal(&sql, slice_of(kind->table->full_name));
	str_add_text(&sql, ", ");
	ry_id(ry, "t", &sql);
	for (size_t e = 0; e < kind->end_count; e++) {
		str_addf(&sql, ", CASE WHEN e%zu.id IS NULL THEN t.", e);
		db_identifier(&sql, kind->ends[e]->name);
		str_add_text(&sql, " END");
	}
	str_add_text(&sql, cites ? ", NULL, " : ", ");
	outside_words("w0.", 'k', &sql);
	str_add_text(&sql, ", ");
	if (cites)
		str_add_text(&sql, "p.spacekey || ', page ' || p.title");
	else
		outside_words("w1.", 'k', &sql);
	struct str texts CLEANUP(str_release) = STR_INIT;
	outside_texts(ry, kind->others, kind->other_count, 'o', &texts);
	str_add(&sql, str_slice(&texts));
	str_add_text(&sql, " FROM ");
	outside_back(kind->table, &sql);
	str_add_text(&sql, " t");
	join_ends(kind, &sql);
	for (size_t e = 0; e < kind->end_count; e++)
		join_words(instance, kind, e, &sql);
	if (cites)
		join_page(instance, kind, &sql);
	return run(instance, sql.at, err);
}

/* What each erased end was, to be looked for among what will be there. */
static bool need_erased(
	struct instance *instance, const struct outside_kind *kind, struct error *err)
{
	for (size_t e = 0; e < kind->end_count; e++) {
		struct str sql CLEANUP(str_release) = STR_INIT;
		const char *target = kind->ends[e]->uses[0].table->full_name;
		str_add_text(
			&sql, "INSERT INTO reqferry_needed (reference, which, tablename, place");
		outside_columns("", 'k', &sql);
		str_addf(&sql, ") SELECT r.id, %zu, ", e);
		db_literal(&sql, slice_of(target));
		str_add_text(&sql, ", o.place");
		outside_columns("o.", 'k', &sql);
		str_add_text(&sql, " FROM reqferry_reference r JOIN ");
		outside_back(kind->table, &sql);
		str_add_text(&sql, " t ON ");
		ry_id(&instance->ry, "t", &sql);
		str_add_text(&sql, " = r.origin_row JOIN reqferry_erase e ON e.tablename = ");
		db_literal(&sql, slice_of(target));
		str_add_text(&sql, " AND e.id = t.");
		db_identifier(&sql, kind->ends[e]->name);
		/* without an identity it is needed all the same, and never found */
		str_add_text(&sql,
			" LEFT JOIN reqferry_was o ON o.tablename = e.tablename AND o.id "
			"= e.id WHERE r.source = 'erased' AND r.tablename = ");
		db_literal(&sql, slice_of(kind->table->full_name));
		if (!run(instance, sql.at, err))
			return false;
	}
	return true;
}

static bool add_erased(struct instance *instance, const struct catalogue_table *target,
	const void *context UNUSED, struct error *err)
{
	const struct ry *ry = &instance->ry;
	struct str sql CLEANUP(str_release) = STR_INIT;
	str_add_text(&sql, "INSERT INTO reqferry_was (tablename, id, place");
	outside_columns("", 'k', &sql);
	str_add_text(&sql, ") SELECT ");
	db_literal(&sql, slice_of(target->full_name));
	str_add_text(&sql, ", u.id");
	outside_partition("ROW_NUMBER()", "u.id", &sql);
	outside_columns("u.", 'k', &sql);
	str_add_text(&sql, " FROM (SELECT ");
	ry_id(ry, "t", &sql);
	str_add_text(&sql, " AS id");
	outside_texts(ry, target->identity, target->identity_count, 'k', &sql);
	str_add_text(&sql, " FROM ");
	ry_from(ry, target, "t", &sql);
	outside_join_erase(ry, target, "JOIN", &sql);
	str_add_text(&sql, ") u");
	return db_exec(instance->db, sql.at, NULL, 0, NULL, err);
}

bool outside_find_erased(struct instance *instance, int64_t *erased, struct error *err)
{
	const struct catalogue *catalogue = instance->catalogue;
	*erased = 0;
	for (size_t t = 0; t < catalogue->table_count; t++) {
		struct outside_kind kind;
		int64_t rows;
		if (!outside_kind_of(&catalogue->tables[t], &kind))
			continue;
		if (!keep_erased(instance, &kind, &rows, err) ||
			(rows > 0 && !refer_erased(instance, &kind, *erased, err)))
			return false;
		*erased += rows;
	}
	if (*erased == 0)
		return true;
	if (!outside_for_targets(instance, add_erased, NULL, err))
		return false;
	for (size_t t = 0; t < catalogue->table_count; t++) {
		struct outside_kind kind;
		if (outside_kind_of(&catalogue->tables[t], &kind) &&
			!need_erased(instance, &kind, err))
			return false;
	}
	return true;
}
