/*
 * What moved since a plan was made: its parts, as they were kept, against those of now.
 *
 * Only the hash decides whether something moved. The parts name it: they are believed only when
 * they give the hash that they were kept with. Where only the hash was kept, every combination of
 * options is tried with the parts of now: when one gives the hash, nothing but the options moved.
 */
#include "ops/planner.h"

#define NAMED_MAPPINGS 5

/* --- what is said --- */

static void say(struct str *out, const char *format, ...) PRINTF(2, 3);
static void say(struct str *out, const char *format, ...)
{
	va_list values;
	str_add_text(out, out->len ? "; " : "");
	va_start(values, format);
	str_vaddf(out, format, values);
	va_end(values);
}

/* "3 then, 4 now" or "3, with other values" */
static void say_rows(struct str *out, int64_t then, int64_t now)
{
	if (then != now)
		str_addf(out, " (%lld then, %lld now)", (long long)then, (long long)now);
	else
		str_addf(out, " (%lld, with other values)", (long long)now);
}

static const struct plan_part *part_of(const struct plan_kept *kept, const struct plan_part *now)
{
	for (size_t i = 0; i < kept->part_count; i++)
		if (slice_equal(kept->parts[i].kind, now->kind) &&
			slice_equal(kept->parts[i].name, now->name))
			return &kept->parts[i];
	return NULL;
}

static bool part_moved(const struct plan_part *then, const struct plan_part *now)
{
	return then ? strcmp(then->digest, now->digest) != 0 : now->rows > 0;
}

/* The tables of one kind of which something moved, in one sentence. */
static void say_tables(struct str *out, const struct plan_kept *kept, const struct plan *now,
	const char *kind, const char *words)
{
	bool any = false;
	for (size_t i = 0; i < now->part_count; i++) {
		const struct plan_part *part = &now->parts[i];
		const struct plan_part *then = part_of(kept, part);
		if (!slice_is(part->kind, kind) || !part_moved(then, part))
			continue;
		if (!any)
			say(out, "%s ", words);
		str_addf(out, "%s%.*s", any ? ", " : "",
			SLICE_PRINT(part->name.at ? part->name : SLICE("other tables")));
		say_rows(out, then ? then->rows : 0, part->rows);
		any = true;
	}
}

/* --- mappings --- */

struct moved_mappings {
	int64_t count;
	struct str named; /* the first of them */
};

/* Compares the marks of single mappings; false when there are none to compare. */
static bool find_mappings(struct instance *instance, const struct plan_kept *kept,
	const struct plan *now, struct moved_mappings *out, bool *found, struct error *err)
{
	struct db_rows *rows CLEANUP(db_rows_end) = NULL;
	*found = kept->marks.at && now->marks.at && kept->marks.len == now->marks.len;
	if (!*found)
		return true;
	if (!db_query(instance->db, "SELECT type, key FROM reqferry_resolved ORDER BY id", NULL, 0,
		    &rows, err))
		return false;
	for (size_t at = 0; at + PLAN_MARK_DIGITS <= now->marks.len; at += PLAN_MARK_DIGITS) {
		bool row;
		if (!db_rows_next(rows, &row, err))
			return false;
		if (!row)
			break;
		if (memcmp(kept->marks.at + at, now->marks.at + at, PLAN_MARK_DIGITS) == 0 ||
			out->count++ >= NAMED_MAPPINGS)
			continue;
		str_addf(&out->named, "%s%.*s \"%.*s\"", out->count > 1 ? ", " : "",
			SLICE_PRINT(db_rows_text(rows, 0)), SLICE_PRINT(db_rows_text(rows, 1)));
	}
	return true;
}

static bool say_mappings(struct str *out, struct instance *instance, const struct plan_kept *kept,
	const struct plan *now, struct error *err)
{
	struct moved_mappings moved = {.named = STR_INIT};
	bool found;
	bool ok = find_mappings(instance, kept, now, &moved, &found, err);
	if (ok && found && moved.count > 0) {
		say(out, "%lld mapping%s: %s", (long long)moved.count, moved.count == 1 ? "" : "s",
			moved.named.at);
		if (moved.count > NAMED_MAPPINGS)
			str_addf(out, " and %lld more", (long long)(moved.count - NAMED_MAPPINGS));
	} else if (ok) {
		say_tables(out, kept, now, "mapping", "mappings of");
	}
	str_release(&moved.named);
	return ok;
}

/* --- options --- */

/* The options that with the parts of now give the hash: in words, or nothing. */
static void guess_options(const struct plan *now, const struct slice hash, struct str *words)
{
	struct plan_part *parts = xmalloc(now->part_count * sizeof(*parts));
	memcpy(parts, now->parts, now->part_count * sizeof(*parts));
	bool found = false;
	for (unsigned i = 0; i < 3 * 128 && !found; i++) {
		const struct import_options options = {.erase = (enum erase)(i / 128),
			.accept_possible = i & 1,
			.accept_missing = i & 2,
			.accept_assumed = i & 4,
			.accept_lost_columns = i & 8,
			.reject = i & 16,
			.outside_copy = i & 32,
			.keep_audit_trail = i & 64};
		char guess[65];
		str_clear(words);
		plan_options_words(&options, words);
		plan_options_part(str_slice(words), &parts[0]);
		plan_parts_hash(parts, now->part_count, guess);
		found = slice_is(hash, guess);
	}
	if (!found)
		str_clear(words);
	free(parts);
}

static void say_options(struct str *out, struct slice then, struct slice now)
{
	say(out, "the options (then %.*s, now %.*s)", SLICE_PRINT(then), SLICE_PRINT(now));
}

/* --- the whole --- */

static bool is_hash(struct slice text)
{
	for (size_t i = 0; i < text.len; i++)
		if (!strchr("0123456789abcdef", text.at[i]) || !text.at[i])
			return false;
	return text.len == 64;
}

static bool hash_alone(const struct plan_kept *kept, const struct plan *now, struct error *err)
{
	struct str words CLEANUP(str_release) = STR_INIT, what CLEANUP(str_release) = STR_INIT;
	if (!is_hash(kept->hash))
		return FAIL_HINT(err, STALE_PLAN,
			"A plan's hash has 64 digits; or give a file that \"plan --json\" wrote.",
			"\"%.*s\" is neither the hash of a plan nor a file",
			SLICE_PRINT(kept->hash));
	guess_options(now, kept->hash, &words);
	if (words.len > 0)
		say_options(&what, str_slice(&words), now->options);
	else
		say(&what, "the backup, the mappings, the options, or rows to be erased or merged");
	return FAIL_HINT(err, STALE_PLAN,
		words.len > 0
			? "Use the plan's options, or look at \"reqferry plan\" again with these."
			: "Look at \"reqferry plan\" again and use its hash. An import that is "
			  "given the file of \"plan --json\" in place of the hash says what moved.",
		"the plan no longer holds, its hash is %s now; what moved since: %s", now->hash,
		what.at);
}

static bool parts_are_whole(const struct plan_kept *kept)
{
	char hash[65];
	plan_parts_hash(kept->parts, kept->part_count, hash);
	return slice_is(kept->hash, hash);
}

/* The part of that kind moved. */
static bool kind_moved(const struct plan_kept *kept, const struct plan *now, const char *kind)
{
	for (size_t i = 0; i < now->part_count; i++)
		if (slice_is(now->parts[i].kind, kind) &&
			part_moved(part_of(kept, &now->parts[i]), &now->parts[i]))
			return true;
	return false;
}

struct plan_kept plan_keep(const struct plan *plan)
{
	return (struct plan_kept){.hash = slice_of(plan->hash),
		.key = plan->key,
		.parts = plan->parts,
		.part_count = plan->part_count,
		.options = plan->options,
		.marks = plan->marks};
}

bool plan_check_kept(struct instance *instance, const struct plan_kept *kept,
	const struct plan *now, struct error *err)
{
	struct str what CLEANUP(str_release) = STR_INIT;
	if (slice_is(kept->hash, now->hash))
		return true;
	if (!kept->parts)
		return hash_alone(kept, now, err);
	if (!slice_equal(kept->key, now->key))
		return FAIL_HINT(err, STALE_PLAN, "Give the plan of this backup.",
			"the plan is that of the backup \"%.*s\"", SLICE_PRINT(kept->key));
	if (!parts_are_whole(kept))
		return FAIL_HINT(err, STALE_PLAN, "Look at \"reqferry plan\" again.",
			"the plan no longer holds, and its document was changed: its parts do not "
			"give its hash");
	if (kind_moved(kept, now, "options"))
		say_options(&what, kept->options, now->options);
	if (kind_moved(kept, now, "catalogue"))
		say(&what, "the catalogue, or the backup's own scope");
	say_tables(&what, kept, now, "backup", "the backup's rows of");
	if (kind_moved(kept, now, "mapping") && !say_mappings(&what, instance, kept, now, err))
		return false;
	if (kind_moved(kept, now, "issues"))
		say(&what, "keys of mapped issues here");
	say_tables(&what, kept, now, "erase", "rows to be erased of");
	say_tables(&what, kept, now, "merge", "rows here that are merged with, of");
	if (kind_moved(kept, now, "outside"))
		say(&what, "references to and from other places");
	return FAIL_HINT(err, STALE_PLAN, "Look at \"reqferry plan\" again and use what it says.",
		"the plan no longer holds; what moved since: %s", what.at);
}
