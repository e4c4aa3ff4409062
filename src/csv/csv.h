/*
 * The CSV dialect of the backup file: Apache commons-csv's CSVFormat.DEFAULT, byte for byte.
 *
 * Writing. Comma, double quote, records end with CR LF. A field without a value and an empty one
 * are both written as nothing, but an empty text as the first field of a record is `""`. A field is
 * quoted if its first byte is <= 0x23, or its last byte is <= 0x20, or it holds a comma, a quote,
 * CR or LF; a quote inside is doubled; nothing else is escaped. (Read from commons-csv 1.6
 * to 1.14.1's published behaviour, checked against 1.9.0 by a test.)
 *
 * Reading. Outside quotes CR LF, CR or LF ends a record; empty lines are ignored. A field is quoted
 * only if `"` is its first character. After the closing quote only white space (as Java's
 * Character.isWhitespace) may stand before the comma or the record's end, and is dropped. Spaces
 * around an unquoted field are kept. Records have different widths.
 *
 * Stricter than commons-csv on purpose: NUL bytes, malformed UTF-8, a byte order mark and the
 * limits below are errors with line, byte offset and field.
 *
 * Problems are reported in the order of their place in the input, the same for every size of reads.
 *
 * Memory. The reader keeps one window that grows to the longest record so far, never more than the
 * record limit and one read; no mmap, so a file that shrinks is an error and no signal.
 */
#ifndef CSV_CSV_H
#define CSV_CSV_H

#include "base/error.h"
#include "base/str.h"

struct csv_limits {
	size_t field;    /* bytes of one field's value, unquoted and unescaped */
	size_t record;   /* bytes of one record as it stands in the file, its line end included */
	unsigned fields; /* fields of one record */
};

/* 64 MiB, 128 MiB, 1,000. */
extern const struct csv_limits csv_limits_default;

enum csv_problem {
	CSV_PROBLEM_NONE,
	CSV_PROBLEM_QUOTE,        /* "bad-quoting": something behind a closing quote */
	CSV_PROBLEM_OPEN_QUOTE,   /* "open-quote": the file ends inside quotes */
	CSV_PROBLEM_NUL,          /* "nul-byte" */
	CSV_PROBLEM_UTF8,         /* "bad-utf8" */
	CSV_PROBLEM_BOM,          /* "byte-order-mark" */
	CSV_PROBLEM_FIELD_LIMIT,  /* "field-too-long" */
	CSV_PROBLEM_RECORD_LIMIT, /* "record-too-long" */
	CSV_PROBLEM_FIELDS_LIMIT, /* "too-many-fields" */
	CSV_PROBLEM_READ,         /* "read-error": the source itself failed */
};

struct csv_position {
	uint64_t line;   /* from 1, of the line the record or the problem stands on */
	uint64_t offset; /* bytes from the start of the input */
	unsigned field;  /* from 1; 0 = not in a field */
	enum csv_problem problem;
};

struct csv_record {
	const struct slice *fields; /* never SLICE_NULL: an empty field is an empty text */
	size_t count;               /* at least 1 */
	struct slice raw;           /* the record's bytes in the file, its line end included */
	uint64_t line, offset;      /* where it begins */
};

/*
 * Where bytes come from. Returns the number of bytes read into `into` (1..size), 0 at the end, -1
 * with errno set on failure.
 */
struct csv_source {
	ptrdiff_t (*read)(void *context, void *into, size_t size);
	void *context;
};
/* A source over a file descriptor, which stays the caller's. */
struct csv_source csv_source_fd(int fd);

struct csv_reader;

/* The reader owns nothing of the source. limits may be NULL for the defaults. */
struct csv_reader *csv_reader_new(struct csv_source source, const struct csv_limits *limits);

enum csv_result { CSV_RECORD, CSV_END, CSV_FAILED };
/*
 * The next record. Its slices point into the reader and live until the next call. After CSV_FAILED
 * the error says what and where in words, csv_reader_position says it in numbers, and every further
 * call fails again.
 */
MUST_CHECK enum csv_result csv_reader_next(
	struct csv_reader *reader, struct csv_record *record, struct error *err);
/* Where the last problem is; where the reader stands when there was none. */
struct csv_position csv_reader_position(const struct csv_reader *reader);
/* Frees *reader and sets it to NULL. Usable as CLEANUP(csv_reader_free). */
void csv_reader_free(struct csv_reader **reader);
/* The word of a problem, static, as `validate` shows it. */
const char *csv_problem_name(enum csv_problem problem);

/*
 * Appends one record with its CR LF. A slice without a value is written as nothing. A record of one
 * such field, or of none, is an empty line, which reading ignores.
 */
void csv_write_record(struct str *out, const struct slice *fields, size_t count);

#endif
