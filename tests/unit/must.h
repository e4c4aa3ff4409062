/*
 * Calls that must succeed, or fail in a known way; to be included behind cmocka.h.
 */
#ifndef UNIT_MUST_H
#define UNIT_MUST_H

#include "base/error.h"

static void must(bool ok, const struct error *err)
{
	if (!ok)
		fail_msg("%s: %s [%s]", error_kind_name(err->kind), err->message, err->detail);
}

#define MUST(call)                                                                                 \
	do {                                                                                       \
		struct error must_err = ERROR_INIT, *err = &must_err;                              \
		must(call, err);                                                                   \
	} while (0)

/* The call fails with this kind, and the message holds these words. */
#define MUST_FAIL(call, expected, words)                                                           \
	do {                                                                                       \
		struct error must_err = ERROR_INIT, *err = &must_err;                              \
		assert_false(call);                                                                \
		assert_string_equal(error_kind_name(err->kind), error_kind_name(expected));        \
		if (!strstr(err->message, words))                                                  \
			fail_msg("\"%s\" is not in: %s", words, err->message);                     \
	} while (0)

#endif
