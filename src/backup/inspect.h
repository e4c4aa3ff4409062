/*
 * What can be said of a file alone.
 */
#ifndef BACKUP_INSPECT_H
#define BACKUP_INSPECT_H

#include "backup/file.h"
#include "base/task.h"
#include "catalogue/catalogue.h"

struct inspect_result {
	struct arena arena; /* owns the slices */
	struct slice plugin_key, plugin_version, oldest_version;
	bool product_known;
	enum product product;
	struct slice scope, author, exported; /* scope without value: everything */
	bool complete;
	struct backup_counts counts;
};

/*
 * Reads the file once. A malformed file is an error; a truncated one is no error here:
 * complete = false and the counts so far (the checksum then is of what there is).
 */
MUST_CHECK bool inspect_file(const char *path, const struct csv_limits *limits, bool checksum,
	struct task *task, struct inspect_result *out, struct error *err);
void inspect_release(struct inspect_result *result);

/* The product whose embedded catalogue has this plugin key. *product is written when it is known.
 */
MUST_CHECK bool inspect_product(
	struct slice plugin_key, bool *known, enum product *product, struct error *err);

struct validate_problem {
	uint64_t line, offset; /* of the record; of the very byte for a fault of the CSV itself.
				  Line 0: the file as a whole. */
	unsigned field;        /* 0 = the whole record */
	/* A shape_kind_name, a backup_reader_problem, "bad-date" (of the metadata record),
	 * "unknown-plugin" (no catalogue fits: only the structure is checked), or "manifest". */
	const char *kind;
	const char *message; /* one line without the place; borrowed for the call */
};
/* Called for each problem in file order, when the whole file was read. */
typedef void (*validate_fn)(void *context, const struct validate_problem *problem);

struct validate_options {
	const char *catalogue_folder; /* NULL: the embedded ones */
	const struct csv_limits *limits;
	uint64_t limit; /* problems reported at most; 0 = 1,000 */
};

/*
 * Every structural and referential fault of a file: quoting, widths, types, dates, unknown tables,
 * row references to nothing, entities without a mapping row, mapping rows that nothing uses, old
 * ids twice, duplicate identities, bad JSON, order, and what differs from the manifest beside it.
 * *problems is how many there were in all; the first `limit` of them are reported. A fault of the
 * CSV, of the order of records, or a missing end ends the check, since nothing behind it can be
 * trusted; references and mappings are not judged then. False only when the file could not be read.
 */
MUST_CHECK bool validate_file(const char *path, const struct validate_options *options,
	struct task *task, validate_fn report, void *context, uint64_t *problems,
	struct error *err);

#endif
