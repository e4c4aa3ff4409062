/*
 * Mappings for people to look at. Two queries run side by side, both by mapping: the rows, and the
 * candidates of those that are ambiguous, which the reason names; the second begins with the first
 * row that needs it.
 */
#include "mapping/internal.h"

#define CANDIDATES_NAMED 3 /* in a reason */

/* Columns of the row query. */
enum {
	ID,
	REV,
	DERIVED_FROM,
	TYPE,
	KEY,
	DEPENDENCIES,
	STATUS,
	DESTINATION,
	CERTAINTY_,
	RULE,
	OUTCOME,
	CHANGED_BY,
	PARENT_TYPE,
	PARENT_KEY,
	PARENT_STATUS,
	PARENT_DESTINATION,
	FIELDS
};

struct lister {
	struct db *db;
	struct slice backup_key;
	struct db_rows *rows, *candidates;
	bool candidate;                /* `candidates` stands on a row */
	struct str reason, list, rule; /* of the current row */
};

/* --- candidates ------------------------------------------------------------------------------- */

static bool next_candidate(struct lister *lister, struct error *err)
{
	return db_rows_next(lister->candidates, &lister->candidate, err);
}

static bool open_candidates(struct lister *lister, int64_t from, struct error *err)
{
	const struct db_value values[] = {db_slice(lister->backup_key), db_int(from)};
	CLEANUP(str_release) struct str sql = STR_INIT;

	str_addf(&sql,
		"SELECT mapping, destinationvalue, rule FROM reqferry_candidate WHERE backupkey "
		"= $1 AND mapping >= $2 ORDER BY mapping, score DESC, length(destinationvalue), "
		"destinationvalue%s",
		db_dialect(lister->db)->binary_collation);
	return db_query(lister->db, sql.at, values, ARRAY_LEN(values), &lister->candidates, err) &&
	       next_candidate(lister, err);
}

/* Those of one mapping: how many, the rule of the best, the first few. */
static bool read_candidates(
	struct lister *lister, int64_t id, struct reason_facts *facts, struct error *err)
{
	if (!lister->candidates && !open_candidates(lister, id, err))
		return false;
	while (lister->candidate && db_rows_int(lister->candidates, 0) < id)
		if (!next_candidate(lister, err))
			return false;
	str_clear(&lister->list);
	str_clear(&lister->rule);
	while (lister->candidate && db_rows_int(lister->candidates, 0) == id) {
		if (facts->candidates == 0)
			str_add(&lister->rule, db_rows_text(lister->candidates, 2));
		if (facts->candidates < CANDIDATES_NAMED) {
			str_add_text(&lister->list, facts->candidates ? ", " : "");
			str_add(&lister->list, db_rows_text(lister->candidates, 1));
		}
		facts->candidates++;
		if (!next_candidate(lister, err))
			return false;
	}
	if (facts->candidates > CANDIDATES_NAMED)
		str_add_text(&lister->list, ", ...");
	facts->candidate_rule = str_slice(&lister->rule);
	facts->candidate_list = str_slice(&lister->list);
	return true;
}

/* --- rows ------------------------------------------------------------------------------------- */

static bool open_rows(struct lister *lister, const struct mapping_filter *filter, struct error *err)
{
	CLEANUP(filter_release) struct filter_sql where;
	CLEANUP(str_release) struct str sql = STR_INIT;

	filter_make(lister->backup_key, filter, &where);
	str_add_text(&sql,
		"SELECT m.id, m.rev, m.derivedfrom, m.type, m.key, m.dependencies, m.status, "
		"m.destinationvalue, m.certainty, m.rule, m.outcome, m.changedby, p.type, p.key, "
		"p.status, p.destinationvalue");
	for (int f = 0; f < FIELD_COUNT; f++)
		str_addf(&sql, ", m.%s", mapping_field_column((enum mapping_field)f));
	str_addf(&sql,
		" FROM reqferry_mapping m LEFT JOIN reqferry_mapping p ON p.backupkey = $1 "
		"AND p.id = m.derivedfrom WHERE %s",
		where.where.at);
	if (filter->after > 0)
		str_addf(&sql, " AND m.id > %lld", (long long)filter->after);
	str_add_text(&sql, " ORDER BY m.id");
	/* with dependencies to compare, the end is not known to SQL */
	if (filter->limit > 0 && !filter->dependencies)
		str_addf(&sql, " LIMIT %lld", (long long)filter->limit);
	return db_query(lister->db, sql.at, where.values, where.count, &lister->rows, err);
}

static bool read_row(struct lister *lister, struct mapping_row *row, struct error *err)
{
	struct db_rows *rows = lister->rows;
	struct reason_facts facts = {.changed_by = db_rows_text(rows, CHANGED_BY),
		.parent_type = db_rows_text(rows, PARENT_TYPE),
		.parent_key = db_rows_text(rows, PARENT_KEY),
		.parent_status = db_rows_text(rows, PARENT_STATUS),
		.parent_destination = db_rows_text(rows, PARENT_DESTINATION)};

	*row = (struct mapping_row){.id = db_rows_int(rows, ID),
		.rev = db_rows_int(rows, REV),
		.derived_from = db_rows_int(rows, DERIVED_FROM),
		.type = db_rows_text(rows, TYPE),
		.key = db_rows_text(rows, KEY),
		.dependencies = db_rows_text(rows, DEPENDENCIES),
		.status = db_rows_text(rows, STATUS),
		.destination = db_rows_text(rows, DESTINATION),
		.certainty = db_rows_text(rows, CERTAINTY_),
		.rule = db_rows_text(rows, RULE),
		.outcome = db_rows_text(rows, OUTCOME)};
	for (size_t f = 0; f < FIELD_COUNT; f++)
		row->fields[f] = db_rows_text(rows, FIELDS + f);
	if (slice_is(row->outcome, "ambiguous") && !read_candidates(lister, row->id, &facts, err))
		return false;
	str_clear(&lister->reason);
	reason_make(row, &facts, &lister->reason);
	row->reason = str_slice(&lister->reason);
	return true;
}

static bool call_back(struct lister *lister, const struct mapping_filter *filter, mapping_row_fn fn,
	void *context, struct error *err)
{
	int64_t shown = 0;

	for (bool more;;) {
		struct mapping_row row;

		if (!db_rows_next(lister->rows, &more, err))
			return false;
		if (!more || (filter->limit > 0 && shown == filter->limit))
			return true;
		if (!filter_dependencies(filter, db_rows_text(lister->rows, DEPENDENCIES)))
			continue;
		if (!read_row(lister, &row, err) || !fn(context, &row, err))
			return false;
		shown++;
	}
}

bool mapping_list(struct db *db, struct slice backup_key, const struct mapping_filter *filter,
	mapping_row_fn fn, void *context, struct error *err)
{
	struct lister lister = {.db = db,
		.backup_key = backup_key,
		.reason = STR_INIT,
		.list = STR_INIT,
		.rule = STR_INIT};
	bool ok = mapping_filter_check(filter, err) && open_rows(&lister, filter, err) &&
		  call_back(&lister, filter, fn, context, err);

	db_rows_end(&lister.rows);
	db_rows_end(&lister.candidates);
	str_release(&lister.reason);
	str_release(&lister.list);
	str_release(&lister.rule);
	return ok;
}
