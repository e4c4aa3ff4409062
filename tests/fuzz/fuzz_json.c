/*
 * Fuzzes the rewriting of space keys in JSON texts. Whatever the text is:
 *   - kept keys keep every byte, and a text that is not valid gives nothing and asks nothing;
 *   - after all keys are replaced, the text is valid, has as many keys, and all are the new one;
 *   - then every byte outside of strings is as before, and so is every string but as many as were
 *     said to change, in which only the one place where the new key stands differs.
 */
#include "base/arena.h"
#include "json/spans.h"

struct count {
	unsigned asked;
	struct slice answer;
};

static struct slice reply(void *context, UNUSED struct slice key)
{
	struct count *count = context;

	count->asked++;
	return count->answer;
}

static void expect(bool holds)
{
	if (!holds)
		abort();
}

/* The string that begins at `at`, with its quotes. */
static struct slice string_at(struct slice text, size_t at)
{
	size_t end = at + 1;

	while (text.at[end] != '"')
		end += text.at[end] == '\\' ? 2 : 1;
	return (struct slice){text.at + at, end + 1 - at};
}

/* Whether `after` is `before` with one piece of it replaced by `piece`, at `from` or behind. */
static bool is_replaced(struct slice before, struct slice after, const char *piece, size_t from)
{
	size_t len = strlen(piece);

	for (size_t i = from; i + len <= after.len; i++) {
		size_t tail = after.len - i - len;

		if (memcmp(after.at + i, piece, len) == 0 && i + tail <= before.len &&
			memcmp(before.at, after.at, i) == 0 &&
			memcmp(before.at + before.len - tail, after.at + i + len, tail) == 0)
			return true;
	}
	return false;
}

/* Walks both valid texts side by side; returns how many strings differ. */
static unsigned compare(struct slice before, struct slice after)
{
	size_t i = 0, j = 0;
	unsigned changed = 0;

	while (i < before.len && j < after.len) {
		expect(before.at[i] == after.at[j]);
		if (before.at[i] != '"') {
			i++;
			j++;
			continue;
		}
		struct slice old = string_at(before, i), new = string_at(after, j);

		i += old.len;
		j += new.len;
		if (slice_equal(old, new))
			continue;
		changed++;
		expect(slice_is(new, "\"N\\\"E\\\\W/~ \"") ||
			is_replaced(old, new, "N%22E%5CW%2F~%20", 1) ||
			is_replaced(old, new, "N%22E%5CW%2F%7E%20", 1));
	}
	expect(i == before.len && j == after.len);
	return changed;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	CLEANUP(str_release) struct str out = STR_INIT, again = STR_INIT;
	struct slice text = {(const char *)data, size};
	struct count kept = {0, SLICE_NULL}, first = {0, SLICE("N\"E\\W/~ ")}, second = first;
	struct json_links_result result = json_links_rewrite(text, reply, &kept, &out);

	if (!result.valid) {
		expect(out.len == 0 && kept.asked == 0 && result.changed == 0);
		return 0;
	}
	expect(result.changed == 0);
	expect(out.len == size && memcmp(out.at, data, size) == 0);
	str_clear(&out);
	result = json_links_rewrite(text, reply, &first, &out);
	expect(result.valid && first.asked == kept.asked && result.changed <= first.asked);
	expect(compare(text, str_slice(&out)) == result.changed);
	result = json_links_rewrite(str_slice(&out), reply, &second, &again);
	expect(result.valid && second.asked == first.asked && result.changed == 0);
	expect(slice_equal(str_slice(&out), str_slice(&again)));
	return 0;
}
