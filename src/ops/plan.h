/*
 * What an import would do, without doing it; and the import itself is built on the same tables.
 *
 * The plan reads: it makes temporary tables of its own connection and writes nothing else, so it
 * works with a reader's rights. resolve.c fills the working tables, plan.c counts them and finds
 * the blockers, plan_hash.c sums up everything that decides what an import does.
 */
#ifndef OPS_PLAN_H
#define OPS_PLAN_H

#include "ops/instance.h"

enum erase { ERASE_BROUGHT, ERASE_EVERYTHING, ERASE_NOTHING };

struct import_report; /* ops/report.h */
/* Appends the report as JSON. */
typedef void (*import_report_fn)(
	void *context, const struct import_report *report, struct str *out);

struct import_options {
	struct slice key;
	enum erase erase;
	bool accept_possible, accept_missing, accept_assumed, accept_lost_columns;
	bool reject;           /* leave rows out that cannot be imported */
	bool outside_copy;     /* --outside copy */
	bool keep_audit_trail; /* --audit-trail keep */
	const char *confirm; /* the destination scope's key, or "everything"; NULL: not confirmed */
	const char *plan;    /* the plan's hash that must still hold; NULL: none */
	import_report_fn report; /* what is recorded with the import; NULL: nothing */
	void *report_context;
};

struct blocker {
	const char *kind, *message, *hint;
	int64_t count; /* how many things it is about */
};

struct unresolved {
	struct slice type, key, dependencies, status, title;
};

/* A reference to another place that is neither kept nor stays with the origin. */
struct outside_lost {
	struct slice table, from, to; /* the ends in words: "ABC REQ-1" */
	struct slice detail;          /* what tells it from others, such as its relationship */
	struct slice reason;
};

struct plan {
	struct slice key;
	struct slice old_scope, new_scope;                    /* no value: everything */
	struct tallies erase, insert, merge, exclude, reject; /* by table */
	struct tallies
		other_case; /* rows, not erased, by a key that differs from a scope only in case */
	struct tallies erase_scopes;   /* rows to be erased by space or project */
	struct unresolved *unresolved; /* the first 100 */
	size_t unresolved_count;
	int64_t unresolved_total;
	int64_t outside_kept, outside_lost, outside_at_origin;
	struct outside_lost *outside_lost_list; /* the first 100 */
	size_t outside_lost_count;
	int64_t texts;   /* search texts and descriptions copied unchanged */
	int64_t orphans; /* requirements left without a link to where they are defined */
	struct blocker *blockers;
	size_t blocker_count, blocker_room;
	struct blocker *warnings; /* what forbids nothing, and somebody should know */
	size_t warning_count, warning_room;
	char hash[65];
	struct stage_backup backup;
};

/*
 * Makes the plan. The working tables stay on the connection until resolve_end. Everything in *out
 * lives in the arena.
 */
MUST_CHECK bool plan_make(struct instance *instance, const struct import_options *options,
	struct task *task, struct arena *arena, struct plan *out, struct error *err);

struct import_result {
	struct plan plan;
	struct tallies erased, inserted, merged, excluded, rejected;
	struct slice undo_key;
	bool verified;
	double seconds;
};
/*
 * Imports in one transaction. ERROR_NOT_CONFIRMED when options->confirm does not name the scope,
 * ERROR_BLOCKED with the first blocker, ERROR_STALE_PLAN when options->plan no longer holds,
 * ERROR_CHANGED when rows of the scope appeared meanwhile, ERROR_COUNTS when the verification in
 * the transaction found a difference; nothing is changed then.
 */
MUST_CHECK bool import_run(struct instance *instance, const struct import_options *options,
	struct task *task, struct arena *arena, struct import_result *out, struct error *err);

struct difference {
	struct slice table, column; /* column: no value = the row itself is missing or surplus */
	struct slice old_id, new_id, expected, found;
	const char *kind; /* "missing", "different", "surplus" */
};
struct verify_count {
	struct slice table;
	int64_t expected, found, different;
};
struct verify_result {
	bool ok;
	struct verify_count *tables;
	size_t table_count;
	struct difference *differences; /* the first 100 */
	size_t difference_count;
	int64_t difference_total;
};
/*
 * Compares what should stand in Requirement Yogi's tables with what stands there, independently of
 * the importer's SQL: from staging and the mappings, row by row in C. ERROR_REFUSED when the backup
 * was never imported here.
 */
MUST_CHECK bool verify_run(struct instance *instance, struct slice key, struct task *task,
	struct arena *arena, struct verify_result *out, struct error *err);

#endif
