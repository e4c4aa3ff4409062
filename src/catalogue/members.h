/*
 * Members of JSON objects, read by tables of what may stand there: an object is checked against its
 * table as a whole first, and then its members can be taken without another look at their kinds.
 */
#ifndef CATALOGUE_MEMBERS_H
#define CATALOGUE_MEMBERS_H

#include <jansson.h>

#include "catalogue/catalogue.h"

enum member_kind { TEXT, TRUTH, LIST, OBJECT, ANY };
enum member_need { OPTIONAL, REQUIRED };

struct member {
	const char *name;
	enum member_kind kind;
	enum member_need need;
};

/* Refuses what is no object, unknown members, missing ones, and values of another kind. */
MUST_CHECK
bool member_check(json_t *object, const struct member *members, size_t count, struct error *err);
#define MEMBER_CHECK(object, members, err)                                                         \
	member_check((object), (members), ARRAY_LEN(members), (err))

/* A TEXT is never empty. */
bool member_is_kind(const json_t *value, enum member_kind kind);
/* "a list" */
const char *member_kind_title(enum member_kind kind);

/* Borrowed from the object; NULL when the member is missing. */
const char *member_text(json_t *object, const char *name);
/* The place of a member's text among the words; a missing member is the word at 0. */
MUST_CHECK
bool member_word(json_t *object, const char *name, const char *const *words, size_t count,
	unsigned *out, struct error *err);
#define MEMBER_WORD(object, name, words, out, err)                                                 \
	member_word((object), (name), (words), ARRAY_LEN(words), (out), (err))
/* The entity type that a member names. */
MUST_CHECK
bool member_entity(json_t *object, const char *name, enum entity *out, struct error *err);

#endif
