/*
 * What the files of this folder share: the walk over a loaded catalogue, and the words of its file.
 */
#ifndef CATALOGUE_INTERNAL_H
#define CATALOGUE_INTERNAL_H

#include "catalogue/catalogue.h"

/* PostgreSQL cuts longer identifiers, so two of them could silently become one. */
#define CATALOGUE_NAME_LIMIT 63

/* The word of a role in the file: "issue-key". */
const char *role_name(enum role role);

/*
 * Checks what the loader alone cannot see: forms of names, names twice, the order of tables, what a
 * role asks of its column, scope rules, identities, and that every entity type has an entry. All
 * references are resolved already. Messages name table and column.
 */
MUST_CHECK bool catalogue_check(const struct catalogue *catalogue, struct error *err);

#endif
