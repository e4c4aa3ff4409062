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

struct validate_problem {
	uint64_t line, offset;
	unsigned field; /* 0 = the whole record */
	const char *kind;
	const char *message; /* borrowed for the call */
};
/* Called for each problem in file order. */
typedef void (*validate_fn)(void *context, const struct validate_problem *problem);

struct validate_options {
	const char *catalogue_folder; /* NULL: the embedded ones */
	const struct csv_limits *limits;
	uint64_t limit; /* problems reported at most; 0 = 1,000 */
};

/*
 * Every structural and referential fault of a file: quoting, widths, types, dates, unknown tables,
 * row references to nothing, entities without a mapping row, mapping rows that nothing uses, old ids
 * twice, duplicate identities, bad JSON, order. *problems is how many there were in all. A fault of
 * the CSV itself ends the check, since nothing behind it can be trusted. False only when the file
 * could not be read.
 */
MUST_CHECK bool validate_file(const char *path, const struct validate_options *options,
		struct task *task, validate_fn report, void *context, uint64_t *problems, struct error *err);

#endif
