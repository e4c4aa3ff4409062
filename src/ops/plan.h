/*
 * What an import would do, without doing it; and the import itself is built on the same tables.
 *
 * The plan reads: it makes temporary tables of its own connection and writes nothing else, so it
 * works with a reader's rights. resolve.c fills the working tables, plan.c counts them and finds
 * the blockers, plan_hash.c sums up everything that decides what an import does.
 *
 * The hash is made of parts, one for each kind of thing and each table. A plan that was kept as a
 * document has them, so that an import can say which of them moved since; of a plan of which only
 * the hash was kept it can say only whether the options are others.
 */
#ifndef OPS_PLAN_H
#define OPS_PLAN_H

#include "ops/instance.h"

enum erase { ERASE_BROUGHT, ERASE_EVERYTHING, ERASE_NOTHING };

struct import_report; /* ops/report.h */
/* Appends the report as JSON. */
typedef void (*import_report_fn)(
	void *context, const struct import_report *report, struct str *out);

struct plan_kept;
struct import_options {
	struct slice key;
	enum erase erase;
	bool accept_possible, accept_missing, accept_assumed, accept_lost_columns;
	bool reject;           /* leave rows out that cannot be imported */
	bool outside_copy;     /* --outside copy */
	bool keep_audit_trail; /* --audit-trail keep */
	const char *confirm; /* the destination scope's key, or "everything"; NULL: not confirmed */
	const struct plan_kept *plan; /* what must still hold; NULL: whatever is there now */
	import_report_fn report;      /* what is recorded with the import; NULL: nothing */
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

/* A space or project that loses rows or receives some. */
struct plan_scope {
	struct slice key;
	struct tallies erase; /* by table */
	int64_t erased;
	bool receives; /* rows of the backup that name it */
};

/* A mapping whose exclusion leaves rows out. Each row counts once, for one mapping. */
struct plan_exclusion {
	struct slice type, key, dependencies, title;
	struct tallies tables; /* what is left out: rows that need it, and what refers to those */
	int64_t rows;
};

/* A row that --reject leaves out. problem: no value = it refers to another that is left out. */
struct plan_rejection {
	struct slice table, old_id, problem;
};

/* A column in which a merged row of the backup differs from the row that stays. */
struct merge_difference {
	struct slice table, old_id, identity; /* old_id: of the backup's row */
	struct slice column, kept, brought;
};

/* Something that a person should know, and that forbids nothing. */
struct plan_note {
	const char *kind, *message;
	int64_t count; /* how many things it is about */
};

/* One part of what the hash is made of. */
struct plan_part {
	struct slice kind; /* one of the words of plan_hash.c */
	struct slice name; /* the table or type; no value where there is none */
	int64_t rows;
	int64_t bytes; /* of their values as text; not in the hash */
	char digest[65];
};

/* Digits of a digest for each mapping, in the order of their ids, so that single ones that moved
 * can be named: only while there are not too many. */
#define PLAN_MARK_DIGITS 8
#define PLAN_MARKS_LIMIT 20000

/* A plan made before, as far as it was kept. */
struct plan_kept {
	struct slice hash;
	struct slice key; /* of the backup; no value: only the hash was kept, nothing below */
	struct plan_part *parts; /* NULL: only the hash was kept */
	size_t part_count;
	struct slice options; /* in words, as plan_options_words gives them */
	struct slice marks;   /* no value: there were too many mappings */
};

/* What an import needs; see plan_needs.c for where the figures come from. */
struct plan_needs {
	double seconds;
	int64_t bytes;     /* that the database grows by */
	int64_t temporary; /* besides, while it runs */
	int64_t free;      /* -1: cannot be seen */
};

struct plan {
	struct slice key;
	struct slice old_scope, new_scope;                    /* no value: everything */
	struct tallies brought;                               /* rows of the backup, by table */
	struct tallies erase, insert, merge, exclude, reject; /* by table */
	struct tallies
		other_case; /* rows, not erased, by a key that differs from a scope only in case */
	struct tallies erase_scopes; /* rows to be erased by space or project */
	struct plan_scope *scopes;   /* the same by table, and who receives rows */
	size_t scope_count, scope_room;
	struct tallies erase_scopeless; /* rows to be erased of no one space or project, by table */
	struct plan_exclusion *exclusions; /* the first 100, the largest first */
	size_t exclusion_count;
	int64_t exclusion_total; /* mappings whose exclusion leaves rows out */
	int64_t exclusion_idle;  /* excluded mappings that leave no row out by themselves */
	struct plan_rejection *rejections; /* the first 100 */
	size_t rejection_count;
	struct merge_difference *differences; /* the first 100 */
	size_t difference_count;
	int64_t difference_total;
	struct tallies difference_columns; /* by TABLE.COLUMN */
	struct unresolved *unresolved;     /* the first 100 */
	size_t unresolved_count;
	int64_t unresolved_total;
	int64_t outside_kept, outside_lost, outside_at_origin;
	struct outside_lost *outside_lost_list; /* the first 100 */
	size_t outside_lost_count;
	int64_t texts;               /* search texts and descriptions that name an old place */
	struct tallies text_columns; /* the same by TABLE.COLUMN */
	int64_t orphans; /* requirements left without a link to where they are defined */
	struct blocker *blockers;
	size_t blocker_count, blocker_room;
	struct blocker *warnings; /* what forbids nothing, and somebody should know */
	size_t warning_count, warning_room;
	struct plan_note *notes;
	size_t note_count;
	struct plan_needs needs;
	char hash[65];
	struct plan_part *parts;
	size_t part_count;
	struct slice marks;   /* of the mappings; no value: there are too many */
	struct slice options; /* in words */
	struct slice instance;
	const char *place; /* "space" or "project" */
	struct stage_backup backup;
};

/*
 * Makes the plan. The working tables stay on the connection until resolve_end. Everything in *out
 * lives in the arena.
 */
MUST_CHECK bool plan_make(struct instance *instance, const struct import_options *options,
	struct task *task, struct arena *arena, struct plan *out, struct error *err);

/* The plan as something that is to hold; borrows everything of it. */
struct plan_kept plan_keep(const struct plan *plan);
/* The options that decide what an import does, as they are given: "--erase brought --accept ...".
 */
void plan_options_words(const struct import_options *options, struct str *out);
/* The part of the hash for these words: the first of a plan's parts. */
void plan_options_part(struct slice words, struct plan_part *out);
/* The hash that a plan of these parts has. */
void plan_parts_hash(const struct plan_part *parts, size_t count, char out[65]);
/*
 * Fails with ERROR_STALE_PLAN when the plan is not the one that was kept, and names what moved, as
 * far as the kept one tells. Needs the working tables.
 */
MUST_CHECK bool plan_check_kept(struct instance *instance, const struct plan_kept *kept,
	const struct plan *now, struct error *err);

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
