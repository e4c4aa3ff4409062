/*
 * Automatic mapping.
 *
 * All is worked out in temporary tables, in one transaction; only mappings that come out otherwise
 * than they are get written, so a second run on the same data writes nothing. For each type, in
 * order: load the facts, run its rules one after another, settle what is left.
 *
 *     rule       its answers go into reqferry_m_answer, never more certain than the parent
 *     decide     a mapping with one answer, if earlier rules have left no candidates or it is one
 *                of them
 *     keep       the answers of the others become candidates (reqferry_m_option)
 *     settle     ambiguous with candidates; else gone, failed or not-found
 *
 * A mapping whose parent is excluded is not looked for.
 */
#include "mapping/internal.h"

/* Scores of candidates by the certainty of their rule. */
static const int scores[] = {[CERTAIN] = 900, [LIKELY] = 600, [POSSIBLE] = 300};

/* --- one rule --------------------------------------------------------------------------------- */

static bool ask(struct mapping_run *run, const struct mapping_rule *rule, struct error *err)
{
	CLEANUP(str_release) struct str sql = STR_INIT;

	str_addf(&sql,
		"INSERT INTO reqferry_m_answer (mapping, destination, title, certainty) "
		"SELECT m.id, %s, MIN(%s), MIN(CASE WHEN m.pcertainty > %d THEN m.pcertainty "
		"ELSE %d END) FROM reqferry_m_open m%s%s%s GROUP BY m.id, %s",
		rule->destination, rule->title, rule->certainty, rule->certainty, rule->joins,
		rule->where ? " WHERE " : "", rule->where ? rule->where : "", rule->destination);
	return db_exec(run->db, "DELETE FROM reqferry_m_answer", NULL, 0, NULL, err) &&
	       sql_run(run->db, &run->words, sql.at, NULL, 0, NULL, err);
}

static bool decide(struct mapping_run *run, const struct mapping_rule *rule, int64_t *decided,
	struct error *err)
{
	static const char update[] =
		"UPDATE reqferry_m_work SET open = 0, status = 'MAPPED_AUTO', rule = $1, outcome "
		"= 'found', target = a.destination, certainty = a.certainty FROM (SELECT "
		"mapping, MIN(destination) AS destination, MIN(certainty) AS certainty FROM "
		"reqferry_m_answer GROUP BY mapping HAVING COUNT(*) = 1) a WHERE "
		"reqferry_m_work.id = a.mapping AND (NOT EXISTS (SELECT 1 FROM reqferry_m_option "
		"o WHERE o.mapping = a.mapping) OR EXISTS (SELECT 1 FROM reqferry_m_option o "
		"WHERE o.mapping = a.mapping AND o.destination = a.destination))";
	static const char forget[] =
		"DELETE FROM reqferry_m_open WHERE EXISTS (SELECT 1 FROM reqferry_m_work w "
		"WHERE w.id = reqferry_m_open.id AND w.open = 0)";
	const struct db_value value = db_text(rule->name);

	return db_exec(run->db, update, &value, 1, decided, err) &&
	       (*decided == 0 || db_exec(run->db, forget, NULL, 0, NULL, err));
}

static bool keep(struct mapping_run *run, const struct mapping_rule *rule, struct error *err)
{
	const struct db_value value = db_text(rule->name);
	CLEANUP(str_release) struct str sql = STR_INIT;

	str_addf(&sql,
		"INSERT INTO reqferry_m_option (mapping, destination, rule, score, title) "
		"SELECT a.mapping, a.destination, $1, %d, a.title FROM reqferry_m_answer a "
		"JOIN reqferry_m_open m ON m.id = a.mapping WHERE NOT EXISTS "
		"(SELECT 1 FROM reqferry_m_option o WHERE o.mapping = a.mapping "
		"AND o.destination = a.destination)",
		scores[rule->certainty]);
	return db_exec(run->db, sql.at, &value, 1, NULL, err);
}

static bool run_rules(
	struct mapping_run *run, enum entity entity, int64_t open, bool *looked, struct error *err)
{
	const struct mapping_type *type = mapping_type(entity);

	*looked = false;
	for (size_t i = 0; i < type->rule_count; i++) {
		const struct mapping_rule *rule = &type->rules[i];
		int64_t decided;

		if (!mapping_rule_applies(rule, run))
			continue;
		*looked = true;
		if (open == 0)
			break;
		if (!ask(run, rule, err) || !decide(run, rule, &decided, err) ||
			!keep(run, rule, err))
			return false;
		open -= decided;
		task_advance(run->task, (uint64_t)decided);
	}
	return true;
}

/* --- one type --------------------------------------------------------------------------------- */

/* The id is here, but in the trash, archived or a draft. Of another instance, the title must agree.
 */
static bool find_gone(struct mapping_run *run, struct error *err)
{
	static const char template[] =
		"UPDATE reqferry_m_work SET outcome = 'gone' FROM (SELECT m.id FROM "
		"reqferry_m_open m JOIN {states} s ON s.id = m.number WHERE s.state IN "
		"('deleted', 'archived', 'draft') AND ({here} OR s.title = m.title)) g "
		"WHERE reqferry_m_work.id = g.id";

	return sql_run(run->db, &run->words, template, NULL, 0, NULL, err);
}

static bool settle(
	struct mapping_run *run, const struct mapping_type *type, bool looked, struct error *err)
{
	CLEANUP(str_release) struct str sql = STR_INIT;

	str_addf(&sql,
		"UPDATE reqferry_m_work SET open = 0, status = 'UNMAPPED', outcome = CASE "
		"WHEN EXISTS (SELECT 1 FROM reqferry_m_option o WHERE o.mapping = m.id) THEN "
		"'ambiguous' WHEN reqferry_m_work.outcome IS NOT NULL THEN reqferry_m_work.outcome "
		"WHEN %s THEN 'not-found' ELSE 'failed' END FROM reqferry_m_open m "
		"WHERE m.id = reqferry_m_work.id",
		!looked       ? "1 = 0"
		: type->known ? type->known
			      : "1 = 1");
	return sql_run(run->db, &run->words, sql.at, NULL, 0, NULL, err);
}

static bool prepare(struct mapping_run *run, const struct mapping_type *type, struct error *err)
{
	for (size_t i = 0; type->prepare && type->prepare[i]; i++)
		if (!sql_run(run->db, &run->words, type->prepare[i], NULL, 0, NULL, err))
			return false;
	return true;
}

static bool map_type(struct mapping_run *run, enum entity entity, struct error *err)
{
	const struct mapping_type *type = mapping_type(entity);
	int64_t open;
	bool looked;

	if (!work_open(run, entity, &open, err))
		return false;
	if (open == 0)
		return true;
	task_step(run->task, type->step, "mappings", (uint64_t)open);
	return task_check(run->task, err) && facts_load(run, entity, err) &&
	       prepare(run, type, err) && run_rules(run, entity, open, &looked, err) &&
	       (!type->may_be_gone || find_gone(run, err)) && settle(run, type, looked, err);
}

/* --- the result ------------------------------------------------------------------------------- */

/* The mappings whose candidates come out otherwise than they are. */
static bool find_shifts(struct mapping_run *run, struct error *err)
{
	static const char gone[] =
		"INSERT INTO reqferry_m_shift (mapping) SELECT DISTINCT c.mapping FROM "
		"reqferry_candidate c WHERE c.backupkey = $1 AND c.mapping IN (SELECT w.id FROM "
		"reqferry_m_work w WHERE w.mine = 1) AND NOT EXISTS (SELECT 1 FROM "
		"reqferry_m_option o WHERE o.mapping = c.mapping AND o.destination = "
		"c.destinationvalue AND o.rule = c.rule AND o.score = c.score AND o.title IS NOT "
		"DISTINCT FROM c.title)";
	static const char fresh[] =
		"INSERT INTO reqferry_m_shift (mapping) SELECT DISTINCT o.mapping FROM "
		"reqferry_m_option o WHERE NOT EXISTS (SELECT 1 FROM reqferry_candidate c WHERE "
		"c.backupkey = $1 AND c.mapping = o.mapping AND c.destinationvalue = "
		"o.destination) AND NOT EXISTS (SELECT 1 FROM reqferry_m_shift s WHERE s.mapping "
		"= o.mapping)";
	const struct db_value key = db_slice(run->backup_key);

	return sql_make_table(run->db, &run->words, "reqferry_m_shift",
		       "mapping {int64} NOT NULL PRIMARY KEY", NULL, err) &&
	       db_exec(run->db, gone, &key, 1, NULL, err) &&
	       db_exec(run->db, fresh, &key, 1, NULL, err);
}

/* What came out otherwise than it is. */
static bool write_mappings(struct mapping_run *run, struct error *err)
{
	static const char sql[] =
		"INSERT INTO reqferry_m_next (id, rev, status, destination, certainty, rule, "
		"outcome, derivedfrom, level, moved, candidates) SELECT n.id, m.rev, n.status, "
		"n.destination, n.certainty, n.rule, n.outcome, n.derivedfrom, 0, 0, CASE WHEN "
		"s.mapping IS NOT NULL THEN 1 ELSE 0 END FROM (SELECT "
		"w.id, w.status, w.target AS destination, CASE w.certainty WHEN 0 THEN 'certain' "
		"WHEN 1 THEN 'likely' WHEN 2 THEN 'possible' END AS certainty, w.rule, "
		"w.outcome, w.parent AS derivedfrom FROM reqferry_m_work w WHERE w.mine = 1) n "
		"JOIN reqferry_mapping m ON m.backupkey = $1 AND m.id = n.id LEFT JOIN "
		"reqferry_m_shift s ON s.mapping = n.id WHERE s.mapping IS NOT NULL OR m.status IS "
		"DISTINCT FROM n.status OR m.destinationvalue IS DISTINCT FROM n.destination OR "
		"m.certainty IS DISTINCT FROM n.certainty OR m.rule IS DISTINCT FROM n.rule OR "
		"m.outcome IS DISTINCT FROM n.outcome OR m.derivedfrom IS DISTINCT FROM "
		"n.derivedfrom";
	const struct db_value key = db_slice(run->backup_key);
	struct change change = {.db = run->db,
		.backup_key = run->backup_key,
		.task = run->task,
		.kind = CHANGE_AUTO};

	return find_shifts(run, err) && change_make(run->db, &run->words, err) &&
	       db_exec(run->db, sql, &key, 1, NULL, err) && change_write(&change, err) &&
	       sql_drop_table(run->db, "reqferry_m_shift", err);
}

static bool write_candidates(struct mapping_run *run, struct error *err)
{
	static const char forget[] =
		"DELETE FROM reqferry_candidate WHERE backupkey = $1 AND mapping IN (SELECT w.id "
		"FROM reqferry_m_work w WHERE w.mine = 1) AND NOT EXISTS (SELECT 1 FROM "
		"reqferry_m_option o WHERE o.mapping = reqferry_candidate.mapping AND "
		"o.destination = reqferry_candidate.destinationvalue AND o.rule = "
		"reqferry_candidate.rule AND o.score = reqferry_candidate.score AND o.title IS "
		"NOT DISTINCT FROM reqferry_candidate.title)";
	static const char add[] =
		"INSERT INTO reqferry_candidate (backupkey, mapping, destinationvalue, rule, "
		"score, title) SELECT $1, o.mapping, o.destination, o.rule, o.score, o.title "
		"FROM reqferry_m_option o WHERE NOT EXISTS (SELECT 1 FROM reqferry_candidate c "
		"WHERE c.backupkey = $1 AND c.mapping = o.mapping AND c.destinationvalue = "
		"o.destination)";
	const struct db_value key = db_slice(run->backup_key);

	return db_exec(run->db, forget, &key, 1, NULL, err) &&
	       db_exec(run->db, add, &key, 1, NULL, err);
}

/* One group of rows that came out alike. */
static void add_count(struct mapping_auto_count *count, struct db_rows *rows, int64_t n)
{
	struct slice status = db_rows_text(rows, 2), outcome = db_rows_text(rows, 4);
	int64_t *const certainty[] = {&count->certain, &count->likely, &count->possible};

	count->total += n;
	if (db_rows_int(rows, 1) == 0)
		*(slice_is(status, "EXCLUDED") ? &count->excluded : &count->manual) += n;
	else if (slice_is(status, "MAPPED_AUTO"))
		*certainty[db_rows_int(rows, 3)] += n;
	else if (slice_is(outcome, "ambiguous"))
		count->ambiguous += n;
	else if (slice_is(outcome, "failed"))
		count->failed += n;
	else
		count->not_found += n;
}

static bool count_result(
	struct mapping_run *run, struct mapping_auto_result *out, struct error *err)
{
	/* a version of an excluded page goes with it: nobody need look at it */
	static const char sql[] =
		"SELECT w.type, w.mine, w.status, w.certainty, w.outcome, w.idle, COUNT(*) FROM "
		"(SELECT w.type, w.mine, w.status, w.certainty, w.outcome, CASE WHEN w.type = "
		"'VERSION' AND p.status = 'EXCLUDED' THEN 1 ELSE 0 END AS idle FROM "
		"reqferry_m_work w LEFT JOIN reqferry_m_work p ON p.id = w.parent) w GROUP BY "
		"w.type, w.mine, w.status, w.certainty, w.outcome, w.idle";
	CLEANUP(db_rows_end) struct db_rows *rows = NULL;

	*out = (struct mapping_auto_result){.open = 0};
	if (!db_query(run->db, sql, NULL, 0, &rows, err))
		return false;
	for (bool row;;) {
		enum entity entity;
		int64_t n;

		if (!db_rows_next(rows, &row, err))
			return false;
		if (!row)
			return true;
		entity = entity_by_name(db_rows_text(rows, 0));
		n = db_rows_int(rows, 6);
		out->used[entity] = true;
		add_count(&out->types[entity], rows, n);
		if (db_rows_int(rows, 1) == 1 && db_rows_int(rows, 5) == 0 &&
			(!slice_is(db_rows_text(rows, 2), "MAPPED_AUTO") ||
				db_rows_int(rows, 3) == POSSIBLE))
			out->open += n;
	}
}

/* --- a run ------------------------------------------------------------------------------------ */

/* Rows that refer to several application links may live in several places; the other side is one.
 */
static bool check_other(struct mapping_run *run, struct error *err)
{
	int64_t links;

	if (!run->other)
		return true;
	if (!db_query_int(run->db,
		    "SELECT COUNT(DISTINCT link) FROM reqferry_m_work "
		    "WHERE type IN ('SPACE', 'PROJECT', 'ISSUE')",
		    NULL, 0, 0, &links, err))
		return false;
	if (links > 1) {
		task_warn(run->task,
			"the backup refers to %lld application links, and %s given is only one of "
			"their sides: it is not looked at",
			(long long)links, product_title(run->other->product));
		run->other = NULL;
	}
	return true;
}

static bool run_all(struct mapping_run *run, struct mapping_auto_result *out, struct error *err)
{
	task_step(run->task, "read the mappings", "mappings", 0);
	if (!work_make(run, err) || !facts_make(run, err) || !check_other(run, err))
		return false;
	for (enum entity e = 0; e < ENTITY_COUNT; e++)
		if (!map_type(run, e, err))
			return false;
	task_step(run->task, "write the mappings", "mappings", 0);
	return write_mappings(run, err) && write_candidates(run, err) &&
	       count_result(run, out, err) && facts_drop(run, err) && work_drop(run, err);
}

static bool check_products(const struct host *host, const struct host *other,
	const struct stage_backup *backup, struct error *err)
{
	if (!slice_is(backup->product, product_name(host->product)))
		return FAIL(err, WRONG_PRODUCT,
			"the backup \"%.*s\" was made on another product than this %s",
			SLICE_PRINT(backup->key), product_title(host->product));
	if (other && other->product == host->product)
		return FAIL_HINT(err, WRONG_PRODUCT,
			"Give the Jira for a Confluence backup, the Confluence for a Jira backup.",
			"the other side of application links is a %s too",
			product_title(host->product));
	return true;
}

static bool find_origin(struct db *db, struct slice origin_id, enum origin *out, struct error *err)
{
	CLEANUP(arena_release) struct arena arena = ARENA_INIT;
	struct slice own;

	if (!stage_instance_id(db, &arena, &own, err))
		return false;
	*out = slice_is_empty(origin_id) || slice_is_empty(own) ? ORIGIN_UNKNOWN
	       : slice_equal(own, origin_id)                    ? ORIGIN_HERE
								: ORIGIN_ELSEWHERE;
	return true;
}

bool mapping_auto(struct host *host, const struct host *other, const struct stage_backup *backup,
	struct task *task, struct mapping_auto_result *out, struct error *err)
{
	struct mapping_run run = {.db = host->db,
		.host = host,
		.other = other,
		.backup_key = backup->key,
		.task = task,
		.words = {db_dialect(host->db), host, host->product, ORIGIN_UNKNOWN}};
	struct mapping_auto_result result;

	if (!check_products(host, other, backup, err) ||
		!find_origin(host->db, backup->origin_id, &run.words.origin, err) ||
		!stage_prepare(host->db, err) ||
		!stage_begin_locked(host->db, backup->key, "map", task->actor, err))
		return false;
	if (!run_all(&run, &result, err) || !db_commit(host->db, err)) {
		db_rollback(host->db);
		return false;
	}
	*out = result;
	return true;
}
