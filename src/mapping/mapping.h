/*
 * Old ids to new ones: automatic by rules, and by hand. See docs/mapping.md for what each rule
 * means.
 *
 * The engine. A rule is one entry of a table in rules/: name, certainty, product, a set-based query
 * that yields (mapping, destination, title) for all open rows of its type at once, and the sentence
 * that explains it. Types run in the order of enum entity; rules in the order of the table. A
 * mapping with exactly one answer is decided by it; several answers become candidates and later
 * rules may still decide among them. What stays open is UNMAPPED with an outcome. A mapping is
 * never more certain than the one it was derived from (`derivedfrom`).
 *
 * Automatic mapping touches only rows that are not mapped, unmapped or automatic. Every change is
 * written to reqferry_change. All functions below that change something run in a transaction of
 * their own and commit it.
 */
#ifndef MAPPING_MAPPING_H
#define MAPPING_MAPPING_H

#include "host/host.h"
#include "stage/stage.h"

enum certainty { CERTAIN, LIKELY, POSSIBLE };

/* How one type came out. */
struct mapping_auto_count {
	int64_t total, certain, likely, possible, ambiguous, not_found, failed;
	int64_t manual, excluded; /* in total, but not touched */
};
struct mapping_auto_result {
	struct mapping_auto_count types[ENTITY_COUNT];
	bool used[ENTITY_COUNT]; /* the backup has mappings of the type */
	int64_t open;            /* rows that still need a person: unmapped or possible */
};

/*
 * Maps automatically. `other` is the host on the other side of application links (the Jira of a
 * Confluence backup, the Confluence of a Jira backup) or NULL. Running it again on unchanged data
 * changes nothing.
 */
MUST_CHECK bool mapping_auto(struct host *host, const struct host *other,
	const struct stage_backup *backup, struct task *task, struct mapping_auto_result *out,
	struct error *err);

/* Which mappings; NULL members do not filter. */
struct mapping_filter {
	const char *type, *status, *certainty, *rule, *space, *find, *key;
	const char *dependencies; /* compared normalised */
	int64_t after, limit;     /* rows behind this id, at most so many; 0 = all */
};
/* Refuses (ERROR_USAGE) words that are no type, status ("not-mapped" stands for NULL) or certainty.
 */
MUST_CHECK bool mapping_filter_check(const struct mapping_filter *filter, struct error *err);

/* One mapping as shown. Slices live until the callback returns. */
struct mapping_row {
	int64_t id, rev, derived_from;
	struct slice type, key, dependencies;
	struct slice fields[FIELD_COUNT];
	struct slice status, destination, certainty, rule, outcome;
	struct slice reason; /* one sentence, never empty */
};
typedef bool (*mapping_row_fn)(void *context, const struct mapping_row *row, struct error *err);
/* Calls back for each mapping in file order; stops at the first false. */
MUST_CHECK bool mapping_list(struct db *db, struct slice backup_key,
	const struct mapping_filter *filter, mapping_row_fn fn, void *context, struct error *err);

struct mapping_candidate {
	struct slice destination, rule, title;
	int64_t score;
};
struct mapping_change {
	struct slice old_status, new_status, old_destination, new_destination, rule, by, date;
	int64_t number;    /* of the change; history.h */
	struct slice kind; /* "set", ...; no value where our tables are of an earlier version */
	bool derived;      /* returned to not mapped: what it follows changed */
	int64_t undoes;    /* the change that was taken back; 0: it is no undo */
	int64_t undone_by; /* the undo that took it back; 0: it stands */
};
struct mapping_drop { /* what excluding it would drop */
	struct slice table;
	int64_t rows;
};
struct mapping_detail {
	struct arena arena; /* owns everything below */
	struct mapping_row row;
	struct mapping_candidate *candidates;
	struct mapping_change *history;
	struct mapping_drop *excludes;
	size_t candidate_count, history_count, exclude_count;
};
/*
 * One mapping with its candidates, its history and what excluding it would drop. ERROR_NOT_FOUND;
 * ERROR_REFUSED, listing the rows, when several fit and dependencies is NULL.
 */
MUST_CHECK bool mapping_show(struct db *db, const struct catalogue *catalogue,
	struct slice backup_key, const char *type, const char *key, const char *dependencies,
	struct mapping_detail *out, struct error *err);
void mapping_detail_release(struct mapping_detail *detail);

/*
 * Sets one by hand. The destination must exist and be of the type (ERROR_NOT_FOUND, or ERROR_INPUT
 * for a wrong form), unless force. What a person would write is understood: a PAGE by its id, a
 * USER by its key, or by a name that only one user has, an ISSUE on Jira by id or issue key, a
 * SPACE in any case. What lives in another database cannot be looked up: only the form is checked,
 * and a warning says so. An empty destination is allowed for USER only. Automatic mappings derived
 * from it return to not mapped, unless it is mapped to what it was; *reset (may be NULL) counts
 * them. Those that a person set stay, and a warning names them.
 */
MUST_CHECK bool mapping_set(struct host *host, struct slice backup_key, const char *type,
	const char *key, const char *dependencies, const char *destination, bool force,
	struct task *task, int64_t *reset, struct error *err);

enum mapping_edit { MAPPING_CONFIRM, MAPPING_CLEAR, MAPPING_EXCLUDE };
/*
 * Confirms (automatic -> manual), clears (anything -> not mapped) or excludes all that the filter
 * shows; *count gets how many it changes. With dry_run only counts. What is derived from a cleared
 * or excluded one returns to not mapped. The scope's own entity is never excluded: ERROR_REFUSED
 * when the filter names only it, else it is left out and task_warn says so.
 */
MUST_CHECK bool mapping_edit(struct db *db, struct slice backup_key, enum mapping_edit edit,
	const struct mapping_filter *filter, bool dry_run, struct task *task, int64_t *count,
	struct error *err);

#endif
