/*
 * Step 1, export to staging; step 2, write the file; step 4, load the file into staging; and the
 * deletion of what is staged.
 *
 * Every step runs in one write transaction: all or nothing. Results live in the arena given.
 */
#ifndef OPS_EXPORT_H
#define OPS_EXPORT_H

#include "csv/csv.h"
#include "ops/instance.h"

/* What a staged backup holds, in file order. */
struct staged {
	struct slice key;
	struct slice scope; /* no value: everything */
	struct tallies tables, mappings;
	int64_t rows;
	int64_t vanished;     /* entities that no longer exist at the origin */
	bool unknown_columns; /* live columns that the catalogue does not know hold values */
	bool widths;          /* load: rows of another width than the catalogue says */
	int64_t problems;     /* load: rows that cannot be imported as they are */
};

struct export_options {
	struct slice key;
	const char *space, *project; /* at most one; both NULL: everything */
	/* What the file says of itself; NULL: the actor, now, the instance's own, the catalogue's
	 */
	const char *author, *exported_at, *plugin_version, *oldest_version;
};

/*
 * Copies the scope's rows and the entities that they refer to into staging. ERROR_NOT_FOUND when
 * the space or project does not exist here, ERROR_KEY_IN_USE. Warnings through the task: entities
 * that no longer exist, columns that the catalogue does not know.
 */
MUST_CHECK bool export_to_staging(struct instance *instance, const struct export_options *options,
	struct task *task, struct arena *arena, struct staged *out, struct error *err);

/*
 * Writes the staged backup to a file ("-" is standard output, without a manifest) and its manifest
 * beside it.
 */
MUST_CHECK bool write_file(struct instance *instance, struct slice key, const char *path,
	struct task *task, struct arena *arena, struct staged *out, struct error *err);

struct load_options {
	struct slice key;   /* no value: from the file's name */
	const char *origin; /* the origin's id or name when there is no manifest; may be NULL */
	const struct csv_limits *limits; /* may be NULL */
};
/*
 * Reads a backup file into staging. Refuses a file that is truncated or malformed (ERROR_TRUNCATED,
 * ERROR_INPUT with its place), of another product (ERROR_WRONG_PRODUCT), too old or too new for the
 * Requirement Yogi here (ERROR_WRONG_VERSION), with a table or entity type that the catalogue does
 * not know, or that does not match its manifest. Values are checked against the live columns; a row
 * that cannot be imported is loaded with its reason.
 */
MUST_CHECK bool load_file(struct instance *instance, const char *path,
	const struct load_options *options, struct task *task, struct arena *arena,
	struct staged *out, struct error *err);

/* Deletes a staged backup; *rows gets the number of its items. */
MUST_CHECK bool delete_backup(struct instance *instance, struct slice key, struct task *task,
	int64_t *rows, struct error *err);

#endif
