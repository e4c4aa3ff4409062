/*
 * The vendor's backup file: its records in their order, read and written as streams.
 *
 *     BEING,<plugin key>,<plugin version>,<oldest compatible version>       opening
 *     DBBackupItem,METADATA,null,<scope>,<author>,<exported>                metadata
 *     DBBackupItem,<table>,<old id>,<fields from 4 on>                      item, 0..n
 *     DBBackupMapping,<type>,<key>,<dependencies>,<11 descriptive fields>   mapping, 0..n
 *     END,End of the file                                                   closing
 *
 * "BEING" is the vendor's spelling. Anything in another order, a second opening or metadata record,
 * bytes behind the closing record, and a file without it are errors. Widths and values of items are
 * not judged here: the catalogue's validator does that. Mapping rows have at least 15 fields.
 *
 * Limits: those of the CSV reader, and 1,000 different tables and types of mapping rows.
 */
#ifndef BACKUP_FILE_H
#define BACKUP_FILE_H

#include "base/arena.h"
#include "base/digest.h"
#include "base/file.h"
#include "base/task.h"
#include "csv/csv.h"

enum backup_kind { BACKUP_OPENING, BACKUP_METADATA, BACKUP_ITEM, BACKUP_MAPPING, BACKUP_CLOSING };

/* One record. An empty field is SLICE_NULL everywhere here. */
struct backup_record {
	enum backup_kind kind;
	const struct slice *fields; /* all fields of the record, the first one included */
	size_t count;
	struct slice raw;
	uint64_t line, offset;
	/* BACKUP_OPENING */
	struct slice plugin_key, plugin_version, oldest_version;
	/* BACKUP_METADATA; scope has no value when everything was exported (empty or "null") */
	struct slice scope, author, exported;
	/* BACKUP_ITEM */
	struct slice table, old_id;
	/* BACKUP_MAPPING */
	struct slice type, key, dependencies;
};

struct backup_reader;

/* Opens a file ("-" is standard input). limits may be NULL. Caller frees. */
MUST_CHECK bool backup_reader_open(const char *path, const struct csv_limits *limits, bool checksum,
	struct backup_reader **out, struct error *err);
/*
 * The next record; its slices live until the next call. CSV_END comes only after the closing
 * record. Errors name the file, line, byte offset and field, and tell a truncated file
 * (ERROR_TRUNCATED) from a malformed one (ERROR_INPUT).
 */
MUST_CHECK enum csv_result backup_reader_next(
	struct backup_reader *reader, struct backup_record *record, struct error *err);
/* Where and what the last failure was. */
struct csv_position backup_reader_position(const struct backup_reader *reader);
/*
 * The word for the last failure: a csv_problem_name or one of "no-opening", "no-metadata",
 * "bad-metadata", "second-metadata", "unknown-record", "order", "truncated", "after-end",
 * "field-count", "too-many-tables". A file that ends inside quotes or inside a character is
 * "truncated".
 */
const char *backup_reader_problem(const struct backup_reader *reader);
/* The last failure in words, without file and position. */
const char *backup_reader_reason(const struct backup_reader *reader);
/* Tells the task of the bytes read since the last call (after task_step in "bytes"), and asks it
 * whether to go on. Cheap enough to be called for each record. */
MUST_CHECK
bool backup_reader_progress(struct backup_reader *reader, struct task *task, struct error *err);
/* Bytes read so far, and the size of the file or 0. */
uint64_t backup_reader_bytes(const struct backup_reader *reader);
uint64_t backup_reader_size(const struct backup_reader *reader);
/* SHA-256 of what was read, the whole file after CSV_END; empty text without `checksum`. Ends the
 * reading. */
void backup_reader_sha256(struct backup_reader *reader, char out[DIGEST_HEX]);
void backup_reader_free(struct backup_reader **reader);

struct backup_writer;

/* Writes to `out`, which stays the caller's. */
struct backup_writer *backup_writer_new(struct file_out *out);
MUST_CHECK bool backup_write_opening(struct backup_writer *writer, struct slice plugin_key,
	struct slice plugin_version, struct slice oldest_version, struct error *err);
MUST_CHECK bool backup_write_metadata(struct backup_writer *writer, struct slice scope,
	struct slice author, struct slice exported, struct error *err);
/*
 * fields: what follows the table's name, from the old id on. Fails (ERROR_INPUT, ERROR_LIMIT) on
 * what no reader would take: text that is not UTF-8, NUL bytes, fields beyond csv_limits_default.
 */
MUST_CHECK bool backup_write_item(struct backup_writer *writer, struct slice table,
	const struct slice *fields, size_t count, struct error *err);
/* fields: what follows "DBBackupMapping", from the type on. */
MUST_CHECK bool backup_write_mapping(
	struct backup_writer *writer, const struct slice *fields, size_t count, struct error *err);
MUST_CHECK bool backup_write_closing(struct backup_writer *writer, struct error *err);
/* Frees *writer and sets it to NULL; the file is not closed. */
void backup_writer_free(struct backup_writer **writer);

/* What was read or written of one table or mapping type. */
struct backup_count {
	struct slice name; /* lives as long as the counts */
	uint64_t rows;
	char sha256[DIGEST_HEX]; /* over the raw records of the table, in order */
};
struct backup_counts {
	struct arena arena;
	struct backup_count *tables, *mappings; /* in order of first appearance */
	size_t table_count, mapping_count;
	uint64_t rows;  /* items */
	uint64_t bytes; /* of the whole file */
	char sha256[DIGEST_HEX];
};
/* What the writer wrote, after backup_write_closing. Release with backup_counts_release. */
void backup_writer_counts(struct backup_writer *writer, struct backup_counts *out);
/* What the reader read, after CSV_END or a failure. Without `checksum` every sha256 is an empty
 * text. Ends the reading. */
void backup_reader_counts(struct backup_reader *reader, struct backup_counts *out);
void backup_counts_release(struct backup_counts *counts);

/*
 * Compares version texts number by number; "-SNAPSHOT" sorts before its release; other letters
 * compare by bytes. Negative, 0 or positive.
 */
int backup_version_compare(struct slice a, struct slice b);
/* The backup key that a file's name suggests: without folder, .csv, .csv.gz, .csv.zst. Arena. */
struct slice backup_key_of_path(struct arena *arena, const char *path);
/* A key is [A-Za-z0-9._-]{1,100}; keys that begin with "undo-" are reserved. */
MUST_CHECK bool backup_key_check(struct slice key, struct error *err);

#endif
