/*
 * Changes byte spans of a JSON text and nothing else: no re-serialising, so spacing, order of
 * members, escapes and unknown members keep their bytes.
 *
 * The text is an array of objects (the links of an issue in an audit trail). In the objects of the
 * top array, and only there, two string members can be changed: `spaceKey`, and the prefix
 * "/requirements/<SPACE>/" of `url`, percent-encoded or not. Strings are compared after decoding
 * their JSON escapes; a changed string is written with the escapes that JSON requires. In a url
 * only the segment changes: the new key is percent-encoded where a path needs it, and its "~" only
 * where the old one's was. What stands for no character (half a surrogate pair, bytes that are no
 * UTF-8 behind percent signs) is no space key and stays.
 */
#ifndef JSON_SPANS_H
#define JSON_SPANS_H

#include "base/error.h"
#include "base/str.h"

/*
 * Called for each space key met, which is never empty and valid for the call only: returns the new
 * key, or no value to leave it as it is. The answer is borrowed until the next call.
 */
typedef struct slice (*json_space_fn)(void *context, struct slice space_key);

struct json_links_result {
	bool valid;       /* false: not a JSON array of the kind; nothing was written */
	unsigned changed; /* strings changed */
};

/*
 * Appends the text with its space keys replaced to *out; when the text is not valid JSON, or not an
 * array, nothing is appended. Depth is limited to 200. A key replaced by itself counts as no
 * change. The text is valid UTF-8; `replace` is called only when the whole text is valid JSON.
 */
struct json_links_result json_links_rewrite(
	struct slice text, json_space_fn replace, void *context, struct str *out);

#endif
