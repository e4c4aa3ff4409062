/*
 * The working tables of plan and import: temporary, of one connection, made anew by resolve_begin.
 *
 *     reqferry_resolved  the backup's mappings, frozen: id, type, key, dependencies (as an export
 *                        writes them), alone (1: type and key occur once), status, destination
 * (only of mapped rows), number (the destination as a number), certainty, issuekey and projectkey
 * (of a mapped ISSUE on Jira) reqferry_scope     the destination spaces or projects to erase:
 * scopekey reqferry_erase     the live rows to erase: tablename (with prefix), id reqferry_fate
 * items that are not simply inserted: item, tablename, fate (rejected, excluded, merged), mapping
 * (whose exclusion dropped it), newid (the live row merged into), into_item (the item merged into),
 * stays (excluded since it stays at the origin: the item that it cites)
 *     reqferry_json      rewritten fields, JSON and upper-case copies: item, field, value
 *     reqferry_merge     the items of one table that were kept when it was made: item, its identity
 *                        after the import (k0, k1, ...) and in the backup (o0, o1, ...)
 */
#ifndef OPS_RESOLVE_H
#define OPS_RESOLVE_H

#include "ops/plan.h"

/* Fills all of them but the JSON fields. */
MUST_CHECK bool resolve_begin(struct instance *instance, const struct stage_backup *backup,
	const struct import_options *options, struct task *task, struct error *err);
/* Drops them. */
MUST_CHECK bool resolve_end(struct instance *instance, struct error *err);

/* Makes reqferry_merge for a table with an identity. */
MUST_CHECK bool resolve_identities(struct instance *instance, const struct stage_backup *backup,
	const struct catalogue_table *table, struct error *err);

/* Fills reqferry_json; *unclear counts space keys that several application links map differently,
 * *invalid the texts that are no JSON. */
MUST_CHECK bool resolve_json(struct instance *instance, const struct stage_backup *backup,
	struct task *task, int64_t *unclear, int64_t *invalid, struct error *err);

/*
 * Adds to reqferry_json the upper-case copies that are not: value is the text in upper case, as the
 * import writes it. Copies that programs may write otherwise ("STRASSE", "STRA\u00dfE") stay.
 */
MUST_CHECK bool resolve_upper(
	struct instance *instance, const struct stage_backup *backup, struct error *err);

/*
 * The plan's hash over the working tables, with its parts; see plan_hash.c for what goes into it.
 * What else needs every value of every row is found in the same pass: texts that name old places,
 * and times that this database cannot hold in full.
 */
MUST_CHECK bool plan_hash(struct instance *instance, const struct stage_backup *backup,
	const struct import_options *options, struct task *task, struct arena *arena,
	struct plan *out, struct error *err);

/* Counts and blockers over the working tables, into *out. */
MUST_CHECK bool plan_count(struct instance *instance, const struct stage_backup *backup,
	const struct import_options *options, struct arena *arena, struct plan *out,
	struct error *err);

/* The comparison of verify_run, inside whatever transaction is open. */
MUST_CHECK bool verify_tables(struct instance *instance, const struct stage_backup *backup,
	struct task *task, struct arena *arena, struct verify_result *out, struct error *err);

#endif
