/*
 * What the files of this folder share: reading, and the check of what was read.
 */
#ifndef CATALOGUE_INTERNAL_H
#define CATALOGUE_INTERNAL_H

#include "catalogue/catalogue.h"

/* As catalogue_load, from a JSON text. Messages do not name the catalogue. */
MUST_CHECK bool catalogue_parse(
	struct slice text, enum product product, struct catalogue **out, struct error *err);

/* PostgreSQL cuts longer identifiers, so two of them could silently become one. */
#define CATALOGUE_NAME_LIMIT 63

/* The word of a role in the file: "issue-key". */
const char *role_name(enum role role);

/*
 * Checks what the loader alone cannot see: forms of names, names twice, the order of tables, what a
 * role asks of its column, scope rules, identities, and that every entity type has an entry. All
 * references are resolved already. Messages name table and column.
 */
MUST_CHECK
bool catalogue_check(const struct catalogue *catalogue, struct error *err);

#endif
