/*
 * Reading records by pulling bytes from a source.
 *
 * The window holds the bytes from the current record's start to the end of what was read. It is
 * worked through in three steps, each a little behind the one before:
 *
 *	read      fill() slides the record to the window's front, makes room, reads once: up to
 *`end` scan      scan_block() checks the text and lists the marks (comma, quote, CR, LF) of one
 *block: up to `scanned`. A character that the block cuts is checked with the next block. hand out
 *read_record() goes from mark to mark and cuts the record into slices of the window
 *
 * Only handing out knows of quotes, so scanning may be replaced by something faster. A field with
 * doubled quotes is the only one that is copied: into `side`, when its record is complete, because
 * `raw` stays as it is in the file.
 *
 * Problems come in the order of their place in the input, whatever the sizes of the reads: a bad
 * byte found by scanning is kept as `pending`, the block's marks behind it are dropped, and it
 *counts only when the marks before it are used up. The record limit counts at the first byte beyond
 *it.
 *
 * Positions are indexes into the window, or "in the record": counted from its start, and so not
 * changed by sliding. Slices of the record in work are moved with the window.
 *
 * Threads: a reader belongs to one thread at a time.
 * Limits: those of struct csv_limits. The window is at most the record limit and one read.
 */
#include <errno.h>
#include <inttypes.h>
#include <unistd.h>

#include "base/arena.h"
#include "csv/csv.h"
#include "csv/problem.h"
#include "csv/scan.h"

#define READ_SIZE    ((size_t)64 * 1024)
#define FIRST_FIELDS 64u

const struct csv_limits csv_limits_default = {
	.field = (size_t)64 * 1024 * 1024,
	.record = (size_t)128 * 1024 * 1024,
	.fields = 1000,
};

struct csv_reader {
	struct csv_source source;
	struct csv_limits limits;

	char *window;
	size_t size;    /* bytes allocated */
	size_t end;     /* bytes read */
	size_t start;   /* where the current record begins */
	size_t scanned; /* marks are known up to here */
	size_t checked; /* the text is known to be good up to here; at most 3 bytes behind `scanned`
			 */
	bool begun;     /* something was asked from the source */
	bool at_end;    /* the source has nothing more */
	int failure;    /* errno of the source's failure, or 0 */

	uint32_t *marks; /* CSV_BLOCK of them, counted from `marks_base` */
	size_t mark, mark_count, marks_base;
	enum csv_problem pending; /* the scanned part's first problem, which stands at `checked` */

	enum csv_problem stop; /* why there is no next mark; NONE: the input ends */
	size_t stop_at;        /* where, in the record */

	struct slice *fields; /* the record in work; `field_room` allocated */
	size_t count, field_room;
	unsigned *escaped; /* which fields have doubled quotes; as many allocated */
	size_t escaped_count;
	size_t field_start;  /* in the record */
	uint64_t field_line; /* the line on which the field begins */
	size_t raw_len;      /* of the complete record, its line end included */
	char *side;          /* unescaped fields of the record */
	size_t side_size;

	uint64_t line, offset; /* where the next mark is; where the record begins */
	uint64_t record_line;
	uint64_t after_cr; /* offset behind the last CR: a LF there belongs to it */
	struct csv_position problem;
	struct error error; /* of the problem */
};

static ptrdiff_t read_fd(void *context, void *into, size_t size)
{
	int fd = (int)(intptr_t)context;
	ssize_t got;

	do
		got = read(fd, into, size);
	while (got < 0 && errno == EINTR);
	return got;
}

struct csv_source csv_source_fd(int fd)
{
	return (struct csv_source){read_fd, (void *)(intptr_t)fd};
}

struct csv_reader *csv_reader_new(struct csv_source source, const struct csv_limits *limits)
{
	struct csv_reader *r = xmalloc(sizeof(*r));

	*r = (struct csv_reader){
		.source = source,
		.limits = limits ? *limits : csv_limits_default,
		.size = READ_SIZE,
		.line = 1,
		.after_cr = UINT64_MAX,
	};
	if (r->limits.fields == 0)
		r->limits.fields = 1;
	if (r->limits.record > SIZE_MAX / 4)
		r->limits.record = SIZE_MAX / 4;
	r->field_room = r->limits.fields < FIRST_FIELDS ? r->limits.fields : FIRST_FIELDS;
	r->window = xmalloc(r->size);
	r->marks = xmalloc(CSV_BLOCK * sizeof(*r->marks));
	r->fields = xmalloc(r->field_room * sizeof(*r->fields));
	r->escaped = xmalloc(r->field_room * sizeof(*r->escaped));
	return r;
}

void csv_reader_free(struct csv_reader **reader)
{
	struct csv_reader *r = *reader;

	if (!r)
		return;
	free(r->window);
	free(r->marks);
	free(r->fields);
	free(r->escaped);
	free(r->side);
	free(r);
	*reader = NULL;
}

struct csv_position csv_reader_position(const struct csv_reader *r)
{
	if (r->problem.problem != CSV_PROBLEM_NONE)
		return r->problem;
	return (struct csv_position){.line = r->line, .offset = r->offset + r->raw_len};
}

/* Notes a problem at `at` in the record; is false. */
static bool fail_at(
	struct csv_reader *r, enum csv_problem problem, uint64_t line, size_t at, unsigned field)
{
	uint64_t offset = r->offset + at;

	r->problem = (struct csv_position){line, offset, field, problem};
	csv_problem_describe(problem, &r->limits, r->failure, &r->error);
	if (field > 0)
		error_context(&r->error, "line %" PRIu64 ", offset %" PRIu64 ", field %u", line,
			offset, field);
	else
		error_context(&r->error, "line %" PRIu64 ", offset %" PRIu64, line, offset);
	return false;
}

/* The number of the field in work. */
static unsigned field_number(const struct csv_reader *r)
{
	return (unsigned)r->count + 1;
}

static bool fail_field_limit(struct csv_reader *r)
{
	return fail_at(r, CSV_PROBLEM_FIELD_LIMIT, r->field_line, r->field_start, field_number(r));
}

/* Fails for the reason that stopped next_mark; `len` is the length of the field up to there. */
static bool fail_stopped(struct csv_reader *r, size_t len)
{
	if (len > r->limits.field)
		return fail_field_limit(r);
	if (r->stop == CSV_PROBLEM_RECORD_LIMIT)
		return fail_at(r, r->stop, r->record_line, 0, 0);
	if (r->stop == CSV_PROBLEM_READ)
		return fail_at(r, r->stop, r->line, r->stop_at, 0);
	return fail_at(r, r->stop, r->line, r->stop_at, field_number(r));
}

/* Moves the record in work to the front of the window, and makes the window larger when needed. */
static void make_room(struct csv_reader *r)
{
	const char *old = r->window + r->start;
	size_t most = r->limits.record + READ_SIZE, size = r->size;
	char *window = r->window;

	if (size - (r->end - r->start) < READ_SIZE / 2 && size < most) {
		size = size * 2 < most ? size * 2 : most;
		window = xmalloc(size);
	}
	/* Moved before anything is freed: the slices are counted from the old place. */
	memmove(window, old, r->end - r->start);
	for (size_t i = 0; i < r->count; i++)
		r->fields[i].at = window + (r->fields[i].at - old);
	if (window != r->window)
		free(r->window);
	r->window = window;
	r->size = size;
	r->end -= r->start;
	r->scanned -= r->start;
	r->checked -= r->start;
	r->start = 0;
}

/* Reads once. False at the end of the input or on a failure, and then always. All marks are used.
 */
static bool fill(struct csv_reader *r)
{
	ptrdiff_t got;

	if (r->at_end)
		return false;
	make_room(r);
	got = r->source.read(r->source.context, r->window + r->end, r->size - r->end);
	if (got > 0) {
		r->end += (size_t)got;
		return true;
	}
	r->failure = got < 0 ? errno : 0;
	r->at_end = true;
	return false;
}

static void scan_block(struct csv_reader *r)
{
	size_t end = r->end - r->scanned < CSV_BLOCK ? r->end : r->scanned + CSV_BLOCK, good = end;

	r->checked += csv_scan_text(r->window + r->checked, end - r->checked, &r->pending);
	if (r->pending != CSV_PROBLEM_NONE)
		good = r->checked > r->scanned ? r->checked : r->scanned;
	r->marks_base = r->scanned;
	r->mark_count = csv_scan_marks(r->window + r->scanned, good - r->scanned, r->marks);
	r->mark = 0;
	r->scanned = end;
}

static bool stop(struct csv_reader *r, enum csv_problem problem, size_t at)
{
	r->stop = problem;
	r->stop_at = at;
	return false;
}

/* Scans until there is a mark. False when there is none: see `stop`. */
static bool more_marks(struct csv_reader *r)
{
	do {
		if (r->checked - r->start > r->limits.record)
			return stop(r, CSV_PROBLEM_RECORD_LIMIT, r->limits.record);
		if (r->pending != CSV_PROBLEM_NONE)
			return stop(r, r->pending, r->checked - r->start);
		if (r->scanned == r->end && !fill(r)) {
			if (r->failure)
				return stop(r, CSV_PROBLEM_READ, r->checked - r->start);
			if (r->checked < r->end)
				return stop(r, CSV_PROBLEM_UTF8, r->checked - r->start);
			return stop(r, CSV_PROBLEM_NONE, r->end - r->start);
		}
		scan_block(r);
	} while (r->mark_count == 0);
	return true;
}

/* The next mark, in the record. False when there is none: see `stop`. */
static inline bool next_mark(struct csv_reader *r, size_t *at)
{
	if (r->mark == r->mark_count && !more_marks(r))
		return false;
	*at = r->marks_base + r->marks[r->mark++] - r->start;
	if (*at >= r->limits.record)
		return stop(r, CSV_PROBLEM_RECORD_LIMIT, r->limits.record);
	return true;
}

static inline char byte_at(const struct csv_reader *r, size_t at)
{
	return r->window[r->start + at];
}

static void count_line(struct csv_reader *r, char mark, size_t at)
{
	uint64_t offset = r->offset + at;

	if (mark == '\r')
		r->after_cr = offset + 1;
	if (mark == '\r' || (mark == '\n' && offset != r->after_cr))
		r->line++;
}

/* Adds the field at [from, to) in the record. There is room: see begin_field. */
static inline void add_field(struct csv_reader *r, size_t from, size_t to)
{
	r->fields[r->count++] = (struct slice){r->window + r->start + from, to - from};
}

/* Begins the next field behind a comma. */
static inline bool begin_field(struct csv_reader *r, size_t at)
{
	r->field_start = at;
	r->field_line = r->line;
	if (r->count < r->field_room)
		return true;
	if (r->count == r->limits.fields)
		return fail_at(r, CSV_PROBLEM_FIELDS_LIMIT, r->line, at, field_number(r));
	r->field_room *= 2;
	if (r->field_room > r->limits.fields)
		r->field_room = r->limits.fields;
	r->fields = xrealloc(r->fields, r->field_room * sizeof(*r->fields));
	r->escaped = xrealloc(r->escaped, r->field_room * sizeof(*r->escaped));
	return true;
}

/* Ends the record with the line end at `at`, and takes the LF behind a CR with it. */
static bool end_record(struct csv_reader *r, size_t at)
{
	r->line++;
	r->raw_len = at + 1;
	if (byte_at(r, at) != '\r')
		return true;
	if (r->start + at + 1 == r->end && !fill(r))
		return true;
	if (byte_at(r, at + 1) != '\n')
		return true;
	if (at + 1 >= r->limits.record)
		return fail_at(r, CSV_PROBLEM_RECORD_LIMIT, r->record_line, 0, 0);
	if (r->start + at + 1 < r->scanned)
		r->mark++; /* the LF itself */
	else
		r->scanned = r->checked = r->start + at + 2;
	r->raw_len = at + 2;
	return true;
}

/* Ends the record where the input ends. */
static bool end_input(struct csv_reader *r)
{
	r->raw_len = r->stop_at;
	return true;
}

/* Steps over an empty line, whose end is the mark at the record's start. */
static void skip_empty_line(struct csv_reader *r)
{
	count_line(r, byte_at(r, 0), 0);
	r->start++;
	r->offset++;
	r->record_line = r->field_line = r->line;
}

/*
 * The length of the white space at `at`, as Java's Character.isWhitespace knows it; 0 when it is
 * something else. The text is valid UTF-8.
 */
static size_t blank_length(const char *at)
{
	const unsigned char *b = (const unsigned char *)at;

	if (b[0] < 0x80)
		return (b[0] >= 0x09 && b[0] <= 0x0d) || (b[0] >= 0x1c && b[0] <= 0x20);
	if (b[0] == 0xe1) /* U+1680 */
		return b[1] == 0x9a && b[2] == 0x80 ? 3 : 0;
	if (b[0] == 0xe3) /* U+3000 */
		return b[1] == 0x80 && b[2] == 0x80 ? 3 : 0;
	if (b[0] != 0xe2)
		return 0;
	if (b[1] == 0x80) /* U+2000 to U+200A without U+2007; U+2028, U+2029 */
		return (b[2] <= 0x8a && b[2] != 0x87) || b[2] == 0xa8 || b[2] == 0xa9 ? 3 : 0;
	return b[1] == 0x81 && b[2] == 0x9f ? 3 : 0; /* U+205F */
}

/* What find_close finds, in the record. */
struct closing {
	size_t quote;   /* the closing quote */
	size_t doubled; /* how many quotes before it stand for one of two */
	bool more;      /* there is a mark behind it: `next`; else next is where the input stops */
	size_t next;
};

/* Looks for the end of the quoted field that begins at field_start. */
static bool find_close(struct csv_reader *r, struct closing *closing)
{
	size_t content = r->field_start + 1, doubled = 0, quote, at;

	for (;;) {
		if (!next_mark(r, &at)) {
			size_t len = r->stop_at - content - doubled;

			if (r->stop != CSV_PROBLEM_NONE || len > r->limits.field)
				return fail_stopped(r, len);
			return fail_at(r, CSV_PROBLEM_OPEN_QUOTE, r->field_line, r->field_start,
				field_number(r));
		}
		if (byte_at(r, at) != '"') {
			count_line(r, byte_at(r, at), at);
			continue;
		}
		quote = at;
		if (!next_mark(r, &at)) {
			*closing = (struct closing){quote, doubled, false, r->stop_at};
			return true;
		}
		if (at != quote + 1 || byte_at(r, at) != '"') {
			*closing = (struct closing){quote, doubled, true, at};
			return true;
		}
		doubled++;
	}
}

/*
 * Reads the quoted field that begins at field_start, and what ends it. *last is set when that ends
 * the record too.
 */
static bool read_quoted(struct csv_reader *r, bool *last)
{
	size_t from = r->field_start + 1;
	struct closing closing = {0};

	if (!find_close(r, &closing))
		return false;
	if (closing.quote - from - closing.doubled > r->limits.field)
		return fail_field_limit(r);
	for (size_t at = closing.quote + 1; at < closing.next;) {
		size_t blank = blank_length(r->window + r->start + at);

		if (blank == 0)
			return fail_at(r, CSV_PROBLEM_QUOTE, r->line, at, field_number(r));
		at += blank;
	}
	if (!closing.more && r->stop != CSV_PROBLEM_NONE)
		return fail_stopped(r, 0);
	if (closing.more && byte_at(r, closing.next) == '"')
		return fail_at(r, CSV_PROBLEM_QUOTE, r->line, closing.next, field_number(r));
	if (closing.doubled > 0)
		r->escaped[r->escaped_count++] = (unsigned)r->count;
	add_field(r, from, closing.quote);
	*last = !closing.more || byte_at(r, closing.next) != ',';
	if (!*last)
		return begin_field(r, closing.next + 1);
	return closing.more ? end_record(r, closing.next) : end_input(r);
}

/*
 * Cuts the next record into fields. False on a problem, or with a record of no fields at the end of
 * the input.
 */
static bool read_record(struct csv_reader *r)
{
	bool last = false;
	size_t at;

	for (;;) {
		char mark;

		if (!next_mark(r, &at)) {
			size_t len = r->stop_at - r->field_start;

			if (r->stop != CSV_PROBLEM_NONE || len > r->limits.field)
				return fail_stopped(r, len);
			if (r->stop_at == 0)
				return false;
			add_field(r, r->field_start, r->stop_at);
			return end_input(r);
		}
		mark = byte_at(r, at);
		if (mark == '"') {
			/* Elsewhere in a field a quote is nothing special. */
			if (at == r->field_start && (!read_quoted(r, &last) || last))
				return last;
			continue;
		}
		if (mark != ',' && at == 0) {
			skip_empty_line(r);
			continue;
		}
		if (at - r->field_start > r->limits.field)
			return fail_field_limit(r);
		add_field(r, r->field_start, at);
		if (mark != ',')
			return end_record(r, at);
		if (!begin_field(r, at + 1))
			return false;
	}
}

/* Copies the fields with doubled quotes beside the window, with single ones. */
static void unescape(struct csv_reader *r)
{
	size_t need = 0;
	char *to;

	for (size_t i = 0; i < r->escaped_count; i++)
		need += r->fields[r->escaped[i]].len;
	if (need > r->side_size) {
		free(r->side);
		r->side_size = need * 2;
		r->side = xmalloc(r->side_size);
	}
	to = r->side;
	for (size_t i = 0; i < r->escaped_count; i++) {
		struct slice *field = &r->fields[r->escaped[i]], rest = *field;
		const char *quote;

		field->at = to;
		while (rest.len > 0 && (quote = memchr(rest.at, '"', rest.len))) {
			size_t len = (size_t)(quote - rest.at) + 1;

			memcpy(to, rest.at, len);
			to += len;
			rest.at += len + 1;
			rest.len -= len + 1;
		}
		memcpy(to, rest.at, rest.len);
		to += rest.len;
		field->len = (size_t)(to - field->at);
	}
}

/* Refuses a byte order mark. */
static bool begin_input(struct csv_reader *r)
{
	r->begun = true;
	while (r->end < 3 && fill(r))
		;
	if (r->end >= 3 && memcmp(r->window, "\xef\xbb\xbf", 3) == 0)
		return fail_at(r, CSV_PROBLEM_BOM, 1, 0, 0);
	return true;
}

enum csv_result csv_reader_next(struct csv_reader *r, struct csv_record *record, struct error *err)
{
	bool ok = r->problem.problem == CSV_PROBLEM_NONE && (r->begun || begin_input(r));

	if (ok) {
		r->start += r->raw_len;
		r->offset += r->raw_len;
		r->raw_len = r->count = r->escaped_count = r->field_start = 0;
		r->record_line = r->field_line = r->line;
		ok = read_record(r);
	}
	if (r->problem.problem != CSV_PROBLEM_NONE) {
		*err = r->error;
		return CSV_FAILED;
	}
	if (!ok)
		return CSV_END;
	if (r->escaped_count > 0)
		unescape(r);
	*record = (struct csv_record){
		.fields = r->fields,
		.count = r->count,
		.raw = {r->window + r->start, r->raw_len},
		.line = r->record_line,
		.offset = r->offset,
	};
	return CSV_RECORD;
}
