/*
 * Fuzzes the rewriting of space keys in JSON texts. Whatever the text is:
 *   - kept keys keep every byte, and a text that is not valid gives nothing and asks nothing;
 *   - after all keys are replaced, the text is valid, has as many keys, and all are the new one.
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
	result = json_links_rewrite(str_slice(&out), reply, &second, &again);
	expect(result.valid && second.asked == first.asked && result.changed == 0);
	expect(slice_equal(str_slice(&out), str_slice(&again)));
	return 0;
}
