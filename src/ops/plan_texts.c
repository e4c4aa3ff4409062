/*
 * What is found in the values of the backup's rows, one row at a time:
 *
 * Texts that name old places. Search texts and markup are copied unchanged, so what they say of a
 * space, page, issue or attachment that is called otherwise here leads nowhere, or elsewhere. A
 * text is cut into words, runs of letters, digits, '_', '-' and '~' (with dots behind a '~'), and
 * each is looked up among the keys of mappings to something else. In markup the key of a space is
 * often a word of the language, so it counts only where it stands as a value or in an address:
 * behind one of = / : & " '. A text counts once.
 *
 * Times whose fraction has more digits than the database keeps.
 */
#include "base/dict.h"
#include "ops/planner.h"

struct plan_texts {
	const struct catalogue *catalogue;
	unsigned fraction_digits;
	struct dict names; /* old keys -> 1, of spaces 2 */
	int64_t found[CATALOGUE_TABLE_LIMIT]
		     [CATALOGUE_LAST_FIELD + 1]; /* texts, by table and field */
	int64_t cut;                             /* times */
};

enum { NAME_OTHER = 1, NAME_SPACE };

static bool read_names(struct plan_texts *texts, struct instance *instance,
	const struct stage_backup *backup, struct error *err)
{
	/* an issue's key is its id on Jira; people write the issue key */
	static const char sql[] =
		"SELECT r.type, CASE WHEN r.issuekey IS NOT NULL THEN m.issuekey ELSE r.key END, "
		"COALESCE(r.issuekey, r.destination) FROM reqferry_resolved r JOIN "
		"reqferry_mapping m ON m.backupkey = $1 AND m.id = r.id WHERE r.destination IS NOT "
		"NULL AND r.type IN ('SPACE', 'PAGE', 'ISSUE', 'ATTACHMENT')";
	const struct db_value key = db_slice(backup->key);
	struct db_rows *rows CLEANUP(db_rows_end) = NULL;
	if (!db_query(instance->db, sql, &key, 1, &rows, err))
		return false;
	for (bool row;;) {
		if (!db_rows_next(rows, &row, err))
			return false;
		if (!row)
			return true;
		struct slice name = db_rows_text(rows, 1);
		if (slice_is_empty(name) || slice_equal(name, db_rows_text(rows, 2)))
			continue;
		dict_put(&texts->names, name,
			slice_is(db_rows_text(rows, 0), "SPACE") ? NAME_SPACE : NAME_OTHER, NULL);
	}
}

bool plan_texts_new(struct instance *instance, const struct stage_backup *backup,
	struct plan_texts **out, struct error *err)
{
	struct plan_texts *texts = xmalloc(sizeof(*texts));
	*texts = (struct plan_texts){.catalogue = instance->catalogue,
		.fraction_digits = db_dialect(instance->db)->fraction_digits,
		.names = DICT_INIT};
	if (!read_names(texts, instance, backup, err)) {
		plan_texts_free(&texts);
		return false;
	}
	*out = texts;
	return true;
}

void plan_texts_free(struct plan_texts **texts)
{
	if (!*texts)
		return;
	dict_release(&(*texts)->names);
	free(*texts);
	*texts = NULL;
}

static bool is_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
	       c == '_' || c == '-' || c == '~' || (unsigned char)c >= 0x80;
}

static bool names_old_place(const struct plan_texts *texts, struct slice text, bool markup)
{
	for (size_t at = 0; at < text.len;) {
		size_t end = at;
		bool personal = text.at[at] == '~';
		while (end < text.len &&
			(is_letter(text.at[end]) || (personal && text.at[end] == '.')))
			end++;
		if (end == at) {
			at++;
			continue;
		}
		const struct dict_entry *entry =
			dict_find(&texts->names, (struct slice){text.at + at, end - at});
		if (entry && (entry->value != NAME_SPACE || !markup ||
				     (at > 0 && strchr("=/:&\"'", text.at[at - 1]))))
			return true;
		at = end;
	}
	return false;
}

/* The digits behind the last that is not 0 do not count. */
static bool has_more_digits(struct slice time, unsigned digits)
{
	struct slice whole, fraction;
	if (!slice_cut(time, '.', &whole, &fraction))
		return false;
	while (fraction.len > 0 && fraction.at[fraction.len - 1] == '0')
		fraction.len--;
	return fraction.len > digits;
}

void plan_texts_row(struct plan_texts *texts, const struct catalogue_table *table,
	struct db_rows *rows, size_t first)
{
	for (size_t c = 0; c < table->column_count; c++) {
		const struct catalogue_column *column = &table->columns[c];
		enum role role = column->uses[0].role;
		bool names = role == ROLE_QUERY || role == ROLE_MARKUP;
		if ((!names || texts->names.count == 0) && column->type != COLUMN_TIMESTAMP)
			continue;
		struct slice text =
			db_rows_text(rows, first + column->field - CATALOGUE_FIRST_FIELD);
		if (names && names_old_place(texts, text, role == ROLE_MARKUP))
			texts->found[table->index][column->field]++;
		if (column->type == COLUMN_TIMESTAMP &&
			has_more_digits(text, texts->fraction_digits))
			texts->cut++;
	}
}

void plan_texts_tell(const struct plan_texts *texts, struct planner *planner)
{
	struct plan *plan = planner->plan;
	for (size_t t = 0; t < texts->catalogue->table_count; t++) {
		const struct catalogue_table *table = &texts->catalogue->tables[t];
		for (size_t c = 0; c < table->column_count; c++) {
			int64_t count = texts->found[t][table->columns[c].field];
			if (count == 0)
				continue;
			tally_add(planner->arena, &plan->text_columns,
				slice_of(arena_printf(planner->arena, "%s.%s", table->name,
					table->columns[c].name)),
				count);
			plan->texts += count;
		}
	}
	if (texts->cut > 0)
		planner_note(planner, "fraction-digits", texts->cut,
			"%lld time%s more than %u fraction digits: the further ones are cut off, "
			"since this database keeps %u",
			(long long)texts->cut, texts->cut == 1 ? " has" : "s have",
			texts->fraction_digits, texts->fraction_digits);
}
