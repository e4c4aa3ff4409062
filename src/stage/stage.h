/*
 * Our own tables (schema-*.sql are their documentation): their versions, backups, items, mappings,
 * runs. Everything here is about one connection; nothing commits unless it says so.
 *
 * Items are the data rows of a backup, fields as text in columns f4 to f32, in file order by id.
 */
#ifndef STAGE_STAGE_H
#define STAGE_STAGE_H

#include "catalogue/catalogue.h"
#include "db/db.h"

/* --- tables -------------------------------------------------------------------------------------
 */

#define STAGE_SCHEMA_VERSION 4

/*
 * Makes our tables or brings them to STAGE_SCHEMA_VERSION, in a transaction of its own, and gives
 * the instance its id. ERROR_WRONG_VERSION when they are of a later version of the program.
 */
MUST_CHECK bool stage_prepare(struct db *db, struct error *err);
/* *ready is false when the tables are not there (nothing was ever staged); writes nothing. */
MUST_CHECK bool stage_ready(struct db *db, bool *ready, struct error *err);
/* This instance's id as an origin, in the arena; no value when the tables are not there. */
MUST_CHECK bool stage_instance_id(
	struct db *db, struct arena *arena, struct slice *id, struct error *err);
/* 16 random bytes as hexadecimal text. */
void stage_random_id(char out[33]);

/* --- backups ------------------------------------------------------------------------------------
 */

struct stage_backup {
	struct slice key, product, plugin_key, plugin_version, oldest_version;
	struct slice scope; /* no value: everything */
	struct slice author, exported, origin_id, source, file_name, sha256, catalogue_hash;
	struct slice created, created_by;
};

/* Adds the backup's record. ERROR_KEY_IN_USE when there is one of this key, saying whose and when.
 */
MUST_CHECK bool stage_backup_add(
	struct db *db, const struct stage_backup *backup, struct error *err);
/* Reads it into the arena. ERROR_NOT_FOUND, naming the key and the keys there are. */
MUST_CHECK bool stage_backup_get(struct db *db, struct slice key, struct arena *arena,
	struct stage_backup *out, struct error *err);
/*
 * The zone of the backup's times, an offset from UTC as "+01:00": no value when it is not known, as
 * where an earlier version of the program made our tables.
 */
MUST_CHECK bool stage_zone_set(
	struct db *db, struct slice key, struct slice zone, struct error *err);
MUST_CHECK bool stage_zone_get(struct db *db, struct slice key, struct arena *arena,
	struct slice *zone, struct error *err);
/* All of them by key, in the arena. */
MUST_CHECK bool stage_backup_list(struct db *db, struct arena *arena, struct stage_backup **out,
	size_t *count, struct error *err);
/* Deletes all that belongs to the backup; *rows gets the number of items. */
MUST_CHECK bool stage_backup_delete(
	struct db *db, struct slice key, int64_t *rows, struct error *err);

/* A count by name, in the order of the query. */
struct stage_count {
	struct slice name;
	int64_t rows;
};
/*
 * Deletes the rows of backups that have no record, as an edit in SQL can leave them; *out gets
 * those tables that had some, in the arena.
 */
MUST_CHECK bool stage_orphans_delete(struct db *db, struct arena *arena, struct stage_count **out,
	size_t *count, struct error *err);
/* Items by table, in file order. */
MUST_CHECK bool stage_item_counts(struct db *db, struct slice key, struct arena *arena,
	struct stage_count **out, size_t *count, struct error *err);
/* Mappings that stand in the file, by type, in file order. */
MUST_CHECK bool stage_mapping_counts(struct db *db, struct slice key, struct arena *arena,
	struct stage_count **out, size_t *count, struct error *err);
/* total, mapped (automatic and manual), unmapped, excluded */
struct stage_mapping_state {
	int64_t total, mapped, unmapped, excluded;
};
MUST_CHECK bool stage_mapping_state(
	struct db *db, struct slice key, struct stage_mapping_state *out, struct error *err);

/* --- filling ------------------------------------------------------------------------------------
 */

/* Bulk of items; see db_bulk. */
MUST_CHECK bool stage_items_open(struct db *db, struct db_bulk **bulk, struct error *err);
/*
 * One item. `fields` are those of the file's record from field 4 on, no value for an empty one;
 * those from 33 on go into `more`. problem may have no value.
 */
MUST_CHECK bool stage_items_add(struct db_bulk *bulk, int64_t id, struct slice backup_key,
	struct slice table, struct slice old_id, const struct slice *fields, size_t count,
	struct slice problem, struct error *err);

/* The mapping columns from `type` to `issuekey`, in file order: fields 2 to 15 of a record. */
#define STAGE_MAPPING_FIELDS 14
MUST_CHECK bool stage_mappings_open(struct db *db, struct db_bulk **bulk, struct error *err);
/* One mapping, not mapped yet. fields[0..count): fields 2 and on of its record; count >= 14. */
MUST_CHECK bool stage_mappings_add(struct db_bulk *bulk, int64_t id, struct slice backup_key,
	const struct slice *fields, size_t count, bool in_file, struct error *err);

/* The SELECT's column list "f4, f5, ... f32" behind an alias, as "i.f4, i.f5". Appends. */
void stage_field_list(struct str *sql, const char *alias, unsigned first, unsigned last);

/* --- runs ---------------------------------------------------------------------------------------
 */

/*
 * Begins a write transaction. When somebody else holds the lock (ERROR_LOCKED) the message names
 * the step that runs on this instance, as far as the record tells; `own` is the caller's own run,
 * or NULL.
 */
MUST_CHECK bool stage_begin(struct db *db, const char *own, struct error *err);
/*
 * Takes the lock of a backup, or of the instance when `key` has no value, until stage_unlock or the
 * end of the transaction that is open; `wait`: as long as the URL's timeout says. ERROR_LOCKED
 * names who holds it and since when; a transaction is rolled back then. Where the write transaction
 * is the only lock this does nothing.
 */
MUST_CHECK bool stage_lock(struct db *db, struct slice key, const char *step, const char *actor,
	bool wait, struct error *err);
/* Gives back what was locked outside of a transaction. */
void stage_unlock(struct db *db);
/* Begins a write transaction that holds the lock of `key`, as stage_lock says; it waits. */
MUST_CHECK bool stage_begin_locked(
	struct db *db, struct slice key, const char *step, const char *actor, struct error *err);

/*
 * Records that a step begins, in a transaction of its own (not inside another), and returns the
 * run's id. Runs that are no more are noted as interrupted: where the
 * database has locks, those whose connection is gone; else those whose process on this machine is.
 */
MUST_CHECK bool stage_run_begin(struct db *db, const char *step, struct slice backup_key,
	const char *actor, char id[33], struct error *err);
/* Gives the run its report (JSON), inside the step's transaction: both are there, or neither. */
MUST_CHECK bool stage_run_report(
	struct db *db, const char *id, struct slice report, struct error *err);
/*
 * Ends it with a state (done, failed, cancelled) and a report (why it failed; no value leaves what
 * is there). Commits itself.
 */
MUST_CHECK bool stage_run_end(
	struct db *db, const char *id, const char *state, struct slice report, struct error *err);

#endif
