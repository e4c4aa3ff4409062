/*
 * Our reader and writer driven by files of hexadecimal digits, so that `run` can compare them with
 * commons-csv, which CommonsCsv.java drives in the same way:
 *
 *	csv_hex [-s READ_SIZE] [-l FIELD,RECORD,FIELDS] write|read|cases IN OUT
 *
 * A field is a line of hexadecimal digits, "-" is no value, "." ends a record.
 *
 *	write   IN: fields. OUT: a line for each record, the digits of its bytes
 *	read    IN: a CSV file. OUT: fields, then "=", or "!" and the problem
 *	cases   IN: a line for each CSV text. OUT: the same as `read` for each
 *
 * A problem is written as "!bad-utf8 LINE OFFSET FIELD". Exit status 2 when IN is no such file.
 */
#include <errno.h>
#include <inttypes.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/file.h"
#include "csv/csv.h"

struct source {
	struct slice left;
	size_t step;
};

struct options {
	size_t step;
	struct csv_limits limits;
};

static ptrdiff_t read_source(void *context, void *into, size_t size)
{
	struct source *source = context;
	size_t len = source->left.len < source->step ? source->left.len : source->step;

	if (len > size)
		len = size;
	if (len > 0)
		memcpy(into, source->left.at, len);
	source->left.at += len;
	source->left.len -= len;
	return (ptrdiff_t)len;
}

static void add_hex(struct str *out, struct slice bytes)
{
	static const char digits[] = "0123456789abcdef";

	str_reserve(out, 2 * bytes.len + 1);
	for (size_t i = 0; i < bytes.len; i++) {
		unsigned char c = (unsigned char)bytes.at[i];

		out->at[out->len++] = digits[c >> 4];
		out->at[out->len++] = digits[c & 15];
	}
	str_add_char(out, '\n');
}

static int digit(char c)
{
	return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

MUST_CHECK static bool unhex(struct arena *arena, struct slice hex, struct slice *out)
{
	char *bytes = arena_alloc(arena, hex.len / 2 + 1);

	if (hex.len % 2 != 0)
		return false;
	for (size_t i = 0; i < hex.len / 2; i++) {
		int high = digit(hex.at[2 * i]), low = digit(hex.at[2 * i + 1]);

		if (high < 0 || low < 0)
			return false;
		bytes[i] = (char)(high << 4 | low);
	}
	*out = (struct slice){bytes, hex.len / 2};
	return true;
}

/* Cuts the next line off the text. */
static bool next_line(struct slice *text, struct slice *line)
{
	return slice_cut(*text, '\n', line, text);
}

static bool do_write(struct slice in, const struct options *options UNUSED, struct str *out)
{
	struct arena arena CLEANUP(arena_release) = ARENA_INIT;
	struct str record CLEANUP(str_release) = STR_INIT;
	struct slice fields[64], line;
	size_t count = 0;

	while (next_line(&in, &line)) {
		if (slice_is(line, ".")) {
			str_clear(&record);
			csv_write_record(&record, fields, count);
			add_hex(out, str_slice(&record));
			arena_clear(&arena);
			count = 0;
		} else if (count == ARRAY_LEN(fields)) {
			return false;
		} else if (slice_is(line, "-")) {
			fields[count++] = SLICE_NULL;
		} else if (!unhex(&arena, line, &fields[count++])) {
			return false;
		}
	}
	return count == 0;
}

static bool do_read(struct slice in, const struct options *options, struct str *out)
{
	struct source source = {in, options->step};
	struct csv_reader *reader CLEANUP(csv_reader_free) =
		csv_reader_new((struct csv_source){read_source, &source}, &options->limits);
	struct csv_position place;
	struct csv_record record;
	struct error err = ERROR_INIT;
	enum csv_result result;

	while ((result = csv_reader_next(reader, &record, &err)) == CSV_RECORD) {
		for (size_t i = 0; i < record.count; i++)
			add_hex(out, record.fields[i]);
		str_add_text(out, ".\n");
	}
	place = csv_reader_position(reader);
	if (result == CSV_END)
		str_add_text(out, "=\n");
	else
		str_addf(out, "!%s %" PRIu64 " %" PRIu64 " %u\n", csv_problem_name(place.problem),
			place.line, place.offset, place.field);
	return true;
}

static bool do_cases(struct slice in, const struct options *options, struct str *out)
{
	struct arena arena CLEANUP(arena_release) = ARENA_INIT;
	struct slice line, text;

	while (next_line(&in, &line)) {
		if (!unhex(&arena, line, &text) || !do_read(text, options, out))
			return false;
		arena_clear(&arena);
	}
	return true;
}

static const struct mode {
	const char *name;
	bool (*run)(struct slice in, const struct options *options, struct str *out);
} modes[] = {
	{"write", do_write},
	{"read", do_read},
	{"cases", do_cases},
};

static bool run(
	const struct mode *mode, char **paths, const struct options *options, struct error *err)
{
	struct str in CLEANUP(str_release) = STR_INIT, out CLEANUP(str_release) = STR_INIT;
	struct file_out *file CLEANUP(file_out_discard) = NULL;

	if (!file_read(paths[0], (size_t)1 << 30, &in, err))
		return false;
	if (!mode->run(str_slice(&in), options, &out))
		return FAIL(err, INPUT, "\"%s\" is not in the form that this mode reads", paths[0]);
	return file_out_open(paths[1], &file, err) && file_out_write(file, str_slice(&out), err) &&
	       file_out_commit(&file, err);
}

int main(int argc, char **argv)
{
	struct options options = {SIZE_MAX, csv_limits_default};
	struct error err = ERROR_INIT;
	int option;

	while ((option = getopt(argc, argv, "s:l:")) != -1) {
		if (option == 's')
			options.step = strtoul(optarg, NULL, 10);
		else if (option != 'l' ||
			 sscanf(optarg, "%zu,%zu,%u", &options.limits.field, &options.limits.record,
				 &options.limits.fields) != 3)
			return 2;
	}
	for (size_t i = 0; argc == optind + 3 && i < ARRAY_LEN(modes); i++) {
		if (strcmp(modes[i].name, argv[optind]) != 0)
			continue;
		if (run(&modes[i], argv + optind + 1, &options, &err))
			return 0;
		fprintf(stderr, "csv_hex: %s\n", err.message);
		return 2;
	}
	fputs("usage: csv_hex [-s SIZE] [-l FIELD,RECORD,FIELDS] write|read|cases IN OUT\n",
		stderr);
	return 2;
}
