/*
 * What the files of this folder share: templates of SQL, a run of the automatic mapping with its
 * working tables, the tables of types and rules, and the one way in which a mapping changes.
 *
 * Working tables are temporary and belong to one connection; they are dropped before they are made
 * and when a run is done. Types and keys in them compare byte by byte.
 *
 *     reqferry_m_work     every mapping of the backup with what is known of it (work.c), and what
 *                         becomes of it
 *     reqferry_m_open     those of the type at hand that are still open
 *     reqferry_m_odd      what only C can read out of a mapping row
 *     reqferry_m_answer   what the rule at hand answers
 *     reqferry_m_option   answers that did not decide so far
 *     reqferry_m_near     spaces or projects that might be the one, with the evidence for it
 *     reqferry_m_shift    mappings whose candidates come out otherwise than they are (auto.c)
 *     reqferry_m_next     new states of mappings, to be written (change.c)
 *     reqferry_m_later    mappings that were changed after the batch to be undone (undo.c)
 *     reqferry_m_other    mappings that an edit leaves alone (edit.c)
 *     reqferry_m_drop     items that go when a mapping is excluded (drop.c)
 *     reqferry_m_space, _page, _version, ...   facts of the host (facts.c)
 */
#ifndef MAPPING_INTERNAL_H
#define MAPPING_INTERNAL_H

#include "mapping/history.h"
#include "mapping/mapping.h"

/* --- SQL -------------------------------------------------------------------------------------- */

/* Where the backup comes from. */
enum origin {
	ORIGIN_UNKNOWN,
	ORIGIN_HERE,     /* this very instance: ids and keys mean what they meant */
	ORIGIN_ELSEWHERE /* certainly another one */
};

/*
 * What templates of SQL are filled in with:
 *
 *     {int64} {text} {key}     column types
 *     {c}                      binary collation, behind an expression
 *     {int:EXPRESSION}         a text as a number, NULL when it is none; may hold other words
 *     {here} {elsewhere}       conditions: where the backup comes from
 *     {issuekey}               the issue key of a mapping row `m`
 *     {spaces} {pages} ...     relations of the host (host.h)
 */
struct sql_words {
	const struct dialect *dialect;
	const struct host *host; /* NULL: no relations */
	enum product product;
	enum origin origin;
};

/* Appends the template with its words filled in. */
void sql_fill(const struct sql_words *words, const char *template, struct str *sql);
/* Fills in the template and runs it. */
MUST_CHECK bool sql_run(struct db *db, const struct sql_words *words, const char *template,
	const struct db_value *values, size_t count, int64_t *changed, struct error *err);
/* Drops the table if it is there, makes it, and its indexes (a list that ends with NULL). */
MUST_CHECK bool sql_make_table(struct db *db, const struct sql_words *words, const char *table,
	const char *columns, const char *const *indexes, struct error *err);
MUST_CHECK bool sql_drop_table(struct db *db, const char *table, struct error *err);

/* --- a run ------------------------------------------------------------------------------------ */

struct mapping_run {
	struct db *db;
	const struct host *host;
	const struct host *other; /* the other side; NULL when it is not at hand or not usable */
	struct slice backup_key;
	struct task *task;
	struct sql_words words;
	unsigned facts; /* a bit for each table of facts that is filled */
};

/* Makes reqferry_m_work and its helpers and fills it from the backup's mappings. */
MUST_CHECK bool work_make(struct mapping_run *run, struct error *err);
/* Fills reqferry_m_open with the rows of a type that are still to be decided; *count: how many. */
MUST_CHECK bool work_open(
	struct mapping_run *run, enum entity entity, int64_t *count, struct error *err);
/* Drops every working table of a run. */
MUST_CHECK bool work_drop(struct mapping_run *run, struct error *err);
/* The URL with host in lower case and without slashes at its end. Appends to *out. */
void work_fold_url(struct slice url, struct str *out);

/* Makes the tables of facts, empty. */
MUST_CHECK bool facts_make(struct mapping_run *run, struct error *err);
/* Fills those that the rules of a type need, once each. */
MUST_CHECK bool facts_load(struct mapping_run *run, enum entity entity, struct error *err);
MUST_CHECK bool facts_drop(struct mapping_run *run, struct error *err);

/* --- rules ------------------------------------------------------------------------------------ */

#define ON_CONFLUENCE (1u << PRODUCT_CONFLUENCE)
#define ON_JIRA       (1u << PRODUCT_JIRA)
#define ON_BOTH       (ON_CONFLUENCE | ON_JIRA)

/*
 * The application link of a mapping row m: its dependencies when they are a bare value (what is
 * odd goes through C), else the row's own field.
 */
#define MAPPING_BARE                                                                               \
	"(replace(replace(m.dependencies, ',', ''), '=', '') = m.dependencies"                     \
	" AND trim(m.dependencies, ' \t') = m.dependencies)"
#define MAPPING_LINK                                                                               \
	"NULLIF(COALESCE(o.link, CASE WHEN " MAPPING_BARE                                          \
	" THEN m.dependencies END, m.applink), '')"
#define MAPPING_LINK_ODD "m.dependencies IS NOT NULL AND NOT " MAPPING_BARE

/* Of answers that are alike (a title that a thousand pages have) so many are looked at. */
#define ANSWERS_LIMIT "10"

enum rule_side {
	SIDE_ANY,
	SIDE_OTHER, /* only with the other side at hand */
	SIDE_ALONE  /* only without it */
};

/*
 * One rule. Its answers are
 *
 *     SELECT m.id, <destination>, <title> FROM reqferry_m_open m <joins> WHERE <where>
 *
 * over the open mappings m of its type; m.ptarget is what the parent is mapped to (NULL: nothing,
 * or no parent). Sentences: see reason.c.
 */
struct mapping_rule {
	const char *name; /* unique in its type */
	enum certainty certainty;
	unsigned products;
	bool here; /* only for backups of this very instance */
	enum rule_side side;
	const char *joins, *where; /* where may be NULL */
	const char *destination, *title;
	const char *one;     /* why it decided: "same title in space \"{parent}\", one page" */
	const char *several; /* why it did not, behind a number: "pages have this title" */
};

struct mapping_type {
	const char *step; /* what a run does with it: "map pages" */
	const struct mapping_rule *rules;
	size_t rule_count;
	/* Expressions over a mapping row m and reqferry_m_odd o, for reqferry_m_work; NULL: none.
	 */
	const char *fold, *link, *page;
	bool has_issue_key;
	const char *alike;  /* expressions: rows that agree in all of them are twins */
	const char *odd;    /* condition on m: only C can read it */
	const char *parent; /* expression over those columns (b): the mapping that it follows */
	/* Run before the rules: statements on the working tables. */
	const char *const *prepare;
	/* Condition on m: there is something to look by. NULL: always. */
	const char *known;
	bool may_be_gone;         /* ids of it can be looked up in the trash */
	const char *noun, *own;   /* "page"; what a child calls it: "its page" */
	const char *none, *alone; /* not found: with a mapped parent, without */
	const char *blind;        /* nothing to look by */
};

extern const struct mapping_type mapping_applink, mapping_space, mapping_project, mapping_user,
	mapping_page, mapping_version, mapping_attachment, mapping_issue;

/* By type; the master copy is in rules.c. */
const struct mapping_type *mapping_type(enum entity entity);
/* NULL when the type has no such rule. */
const struct mapping_rule *mapping_rule(enum entity entity, struct slice name);
/* Whether a rule is looked at in a run. */
bool mapping_rule_applies(const struct mapping_rule *rule, const struct mapping_run *run);

/* --- changes ---------------------------------------------------------------------------------- */

/* SQL: what a status and a destination together are mapped to; NULL: to nothing. */
#define MAPPING_TARGET(status, destination)                                                        \
	"CASE WHEN " status " IN ('MAPPED_AUTO', 'MAPPED_MANUAL') THEN " destination " END"

/* One batch to be written. */
struct change {
	struct db *db;
	struct slice backup_key;
	struct task *task;
	enum mapping_change_kind kind;
	int64_t undoes; /* CHANGE_UNDO: the batch that is taken back */
	int64_t number; /* written by change_write: 0 when nothing changed */
};

/*
 * Makes reqferry_m_next, empty:
 *
 *     id, rev                                                      of the mapping as it is
 *     status, destination, certainty, rule, outcome, derivedfrom   the new state
 *     level       0: what the change is about; n: returns to not mapped in round n
 *     moved       1: what is derived from it returns to not mapped
 *     candidates  1: its candidates change too (what returns to not mapped loses them anyway)
 *     restored    1: an earlier state is put back, which was decided by `author`
 *
 * The last three may stay NULL.
 */
MUST_CHECK bool change_make(struct db *db, const struct sql_words *words, struct error *err);
/*
 * Adds to reqferry_m_next every automatic mapping derived from one that moved, repeatedly, as not
 * mapped; *reset gets how many. An undo adds of those derived from what it restores only the ones
 * that changed since (reqferry_m_later): the others were as they are when the restored state held.
 */
MUST_CHECK bool change_reset(const struct change *change, int64_t *reset, struct error *err);
/* Names those that would have been added but were set by hand, and stay, in a warning. */
MUST_CHECK bool change_warn(const struct change *change, struct error *err);
/*
 * Writes reqferry_m_next to the mappings and to the history, as one batch, and drops it.
 * ERROR_CHANGED when a mapping was changed meanwhile. Inside a transaction.
 */
MUST_CHECK bool change_write(struct change *change, struct error *err);

/* --- history ---------------------------------------------------------------------------------- */

/* ERROR_WRONG_VERSION when there is no table of batches yet. */
MUST_CHECK bool batch_check_tables(struct db *db, struct error *err);
/* The batch of that number, in the arena. */
MUST_CHECK bool batch_get(struct db *db, struct slice backup_key, int64_t number,
	struct arena *arena, bool *found, struct mapping_batch *out, struct error *err);
/* The last batch of that person, or of anybody for NULL, that is no undo and was not undone. */
MUST_CHECK bool batch_last(struct db *db, struct slice backup_key, const char *by,
	struct arena *arena, bool *found, struct mapping_batch *out, struct error *err);

/* --- rows ------------------------------------------------------------------------------------- */

/* A parameter list under construction. */
struct filter_sql {
	struct str where; /* conditions on m, beginning with "m.backupkey = $1" */
	struct db_value values[12];
	size_t count;
	struct str find; /* the pattern of `find` */
};
/* Everything of the filter but dependencies, after and limit. Caller releases. */
void filter_make(
	struct slice backup_key, const struct mapping_filter *filter, struct filter_sql *out);
void filter_release(struct filter_sql *filter);
/* True when the text is the filter's dependencies, compared normalised, or when it has none. */
bool filter_dependencies(const struct mapping_filter *filter, struct slice text);

/* What a reason is made of, beside the row itself. */
struct reason_facts {
	struct slice changed_by;
	struct slice parent_type, parent_key, parent_status, parent_destination;
	int64_t candidates;
	struct slice candidate_rule; /* of the best */
	struct slice candidate_list; /* the first few, with commas */
};
/* The row's reason as one sentence. Appends to *out. */
void reason_make(const struct mapping_row *row, const struct reason_facts *facts, struct str *out);

/*
 * The one mapping of type, key and (when not NULL) dependencies. ERROR_USAGE, ERROR_NOT_FOUND,
 * ERROR_REFUSED when several fit.
 */
MUST_CHECK bool find_mapping(struct db *db, struct slice backup_key, const char *type,
	const char *key, const char *dependencies, int64_t *id, struct error *err);

/* Counts, by table, the items that excluding a mapping would drop, in the arena. */
MUST_CHECK bool drop_count(struct db *db, const struct catalogue *catalogue,
	struct slice backup_key, int64_t id, struct arena *arena, struct mapping_drop **out,
	size_t *count, struct error *err);

/*
 * The key that the host gives to what a person wrote as a destination. ERROR_INPUT for a wrong
 * form, ERROR_NOT_FOUND, ERROR_REFUSED when several fit. In the arena. *checked is false when this
 * host cannot look such things up: then only the form was looked at.
 */
MUST_CHECK bool destination_find(const struct host *host, enum entity entity, struct slice text,
	struct arena *arena, struct slice *key, bool *checked, struct error *err);

#endif
