/*
 * Whether an instance is fit for a migration, and whether the catalogue describes its tables.
 */
#ifndef OPS_CHECK_H
#define OPS_CHECK_H

#include "ops/instance.h"

enum check_state { CHECK_GOOD, CHECK_NOTE, CHECK_FAULT };

struct check {
	const char *name; /* "product", "column": a word for programs */
	enum check_state state;
	const char *message;
	const char *hint; /* may be NULL */
};
struct checks {
	struct check *list; /* in the arena given */
	size_t count, room;
	size_t faults;
};

/*
 * Compares the catalogue with the live tables: tables and columns that are missing, columns that
 * the catalogue does not know, columns of another type. Nothing but faults is listed. The names in
 * front of the tables (product, prefix) tell which tables are meant, so that it also works where
 * instance_open fails because of what is missing.
 */
MUST_CHECK bool check_catalogue(struct db *db, const struct catalogue *catalogue,
	struct arena *arena, struct checks *out, struct error *err);

/*
 * Product and versions, our own tables, the right to write, whether ids can be given out, then the
 * catalogue. Writes nothing: a write transaction is begun and rolled back.
 */
MUST_CHECK bool check_instance(
	struct instance *instance, struct arena *arena, struct checks *out, struct error *err);

/* "good", "note", "fault" */
const char *check_state_name(enum check_state state);

#endif
