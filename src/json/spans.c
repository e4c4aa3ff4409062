/*
 * JSON (RFC 8259) by hand, since a library would write a text anew instead of changing parts of it.
 *
 * Two passes over the bytes. The first only checks that the text is one JSON array, so that nobody
 * is asked about space keys of a text that is then left alone. The second walks the top array with
 * the same scanner, which can no longer fail, and copies the text piece by piece to the output with
 * the changed spans between the pieces.
 *
 * The text is valid UTF-8. An escape of half a surrogate pair is allowed, as the RFC's grammar has
 * it, but stands for no character: a string that holds one is never changed.
 *
 * Limits: arrays and objects are nested 200 deep at most, which bounds the recursion. Memory: the
 * decoded names and keys, one at a time.
 *
 * Threads: no state outside the call.
 */
#include "json/spans.h"

#define DEPTH_LIMIT 200

/* Where a scan stands. Every skip_... leaves `at` behind what it skipped, or is false. */
struct scan {
	const char *at, *end;
};

struct rewriter {
	struct scan scan;
	const char *copied; /* the text up to here is in `out` */
	json_space_fn replace;
	void *context;
	struct str *out;
	unsigned changed;
	struct str name, key; /* decoded; kept for their memory */
};

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* The value of a hexadecimal digit, or -1. */
static int hex_digit(char c)
{
	if (is_digit(c))
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return -1;
}

static void skip_blanks(struct scan *s)
{
	while (s->at < s->end &&
		(*s->at == ' ' || *s->at == '\t' || *s->at == '\n' || *s->at == '\r'))
		s->at++;
}

static bool skip_char(struct scan *s, char c)
{
	if (s->at == s->end || *s->at != c)
		return false;
	s->at++;
	return true;
}

static bool skip_word(struct scan *s, const char *word)
{
	size_t len = strlen(word);

	if ((size_t)(s->end - s->at) < len || memcmp(s->at, word, len) != 0)
		return false;
	s->at += len;
	return true;
}

static bool skip_digits(struct scan *s)
{
	const char *start = s->at;

	while (s->at < s->end && is_digit(*s->at))
		s->at++;
	return s->at > start;
}

static bool skip_number(struct scan *s)
{
	skip_char(s, '-');
	if (!skip_char(s, '0') && !skip_digits(s))
		return false;
	if (skip_char(s, '.') && !skip_digits(s))
		return false;
	if (skip_char(s, 'e') || skip_char(s, 'E')) {
		if (!skip_char(s, '+'))
			skip_char(s, '-');
		return skip_digits(s);
	}
	return true;
}

/* Behind a backslash. */
static bool skip_escape(struct scan *s)
{
	if (s->at == s->end)
		return false;
	if (*s->at != 'u')
		return strchr("\"\\/bfnrt", *s->at++) && s->at[-1];
	s->at++;
	for (int i = 0; i < 4; i++)
		if (s->at == s->end || hex_digit(*s->at++) < 0)
			return false;
	return true;
}

static bool skip_string(struct scan *s)
{
	if (!skip_char(s, '"'))
		return false;
	while (s->at < s->end) {
		unsigned char c = (unsigned char)*s->at++;

		if (c == '"')
			return true;
		if (c < 0x20 || (c == '\\' && !skip_escape(s)))
			return false;
	}
	return false;
}

static bool skip_value(struct scan *s, unsigned depth);

/* The name of a member and the colon, with the blanks on both sides of it. */
static bool skip_name(struct scan *s)
{
	if (!skip_string(s))
		return false;
	skip_blanks(s);
	if (!skip_char(s, ':'))
		return false;
	skip_blanks(s);
	return true;
}

/* An array or, with `names`, an object. `depth` counts it. */
static bool skip_list(struct scan *s, char close, bool names, unsigned depth)
{
	if (depth > DEPTH_LIMIT)
		return false;
	s->at++;
	skip_blanks(s);
	if (skip_char(s, close))
		return true;
	do {
		skip_blanks(s);
		if ((names && !skip_name(s)) || !skip_value(s, depth))
			return false;
		skip_blanks(s);
	} while (skip_char(s, ','));
	return skip_char(s, close);
}

/* `depth` is that of what the value stands in. */
static bool skip_value(struct scan *s, unsigned depth)
{
	if (s->at == s->end)
		return false;
	switch (*s->at) {
	case '[':
		return skip_list(s, ']', false, depth + 1);
	case '{':
		return skip_list(s, '}', true, depth + 1);
	case '"':
		return skip_string(s);
	case 't':
		return skip_word(s, "true");
	case 'f':
		return skip_word(s, "false");
	case 'n':
		return skip_word(s, "null");
	default:
		return skip_number(s);
	}
}

static bool is_array(struct slice text)
{
	struct scan s = {text.at, text.at + text.len};

	skip_blanks(&s);
	if (s.at == s.end || *s.at != '[' || !skip_value(&s, 0))
		return false;
	skip_blanks(&s);
	return s.at == s.end;
}

static uint32_t read_hex4(const char *at)
{
	uint32_t value = 0;

	for (int i = 0; i < 4; i++)
		value = value << 4 | (uint32_t)hex_digit(at[i]);
	return value;
}

static size_t put_utf8(uint32_t c, char out[4])
{
	static const unsigned char lead[] = {0, 0, 0xC0, 0xE0, 0xF0};
	size_t len = c < 0x80 ? 1 : c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;

	for (size_t i = len - 1; i > 0; i--) {
		out[i] = (char)(0x80 | (c & 0x3F));
		c >>= 6;
	}
	out[0] = (char)(lead[len] | c);
	return len;
}

/* Behind "\u" of a checked string: the bytes of the character, 0 for half a surrogate pair. */
static size_t decode_unicode(struct scan *s, char out[4])
{
	uint32_t c = read_hex4(s->at), low;

	s->at += 4;
	if (c < 0xD800 || c > 0xDFFF)
		return put_utf8(c, out);
	if (c > 0xDBFF || s->end - s->at < 6 || s->at[0] != '\\' || s->at[1] != 'u')
		return 0;
	low = read_hex4(s->at + 2);
	if (low < 0xDC00 || low > 0xDFFF)
		return 0;
	s->at += 6;
	return put_utf8(0x10000 + ((c - 0xD800) << 10) + (low - 0xDC00), out);
}

/*
 * The next byte of a checked string, or the bytes of the next escape, up to four. Returns how many;
 * 0 when they stand for no character.
 */
static size_t decode_next(struct scan *s, char out[4])
{
	static const char letters[] = "bfnrt", values[] = "\b\f\n\r\t";
	const char *found;
	char c = *s->at++;

	if (c == '\\') {
		c = *s->at++;
		if (c == 'u')
			return decode_unicode(s, out);
		found = strchr(letters, c);
		if (found)
			c = values[found - letters];
	}
	out[0] = c;
	return 1;
}

/* False: the string stands for no text. `inside` is what stands between its quotes. */
static bool decode_string(struct scan inside, struct str *out)
{
	str_clear(out);
	while (inside.at < inside.end) {
		char bytes[4];
		size_t len = decode_next(&inside, bytes);

		if (len == 0)
			return false;
		str_add(out, (struct slice){bytes, len});
	}
	return true;
}

/* Valid UTF-8 without NUL bytes: percent-encoding can say what is neither. */
static bool is_text(struct slice s)
{
	for (size_t i = 0, more; i < s.len; i += more + 1) {
		unsigned char c = (unsigned char)s.at[i], next;

		more = c < 0x80 ? 0 : c < 0xE0 ? 1 : c < 0xF0 ? 2 : 3;
		if (c == 0 || (c >= 0x80 && c < 0xC2) || c > 0xF4 || s.len - i <= more)
			return false;
		for (size_t j = 1; j <= more; j++)
			if (((unsigned char)s.at[i + j] & 0xC0) != 0x80)
				return false;
		/* Too long a form, half a surrogate pair, beyond U+10FFFF. */
		next = more ? (unsigned char)s.at[i + 1] : 0;
		if ((c == 0xE0 && next < 0xA0) || (c == 0xED && next > 0x9F) ||
			(c == 0xF0 && next < 0x90) || (c == 0xF4 && next > 0x8F))
			return false;
	}
	return true;
}

/* Asks for the new text of r->key. False: it stays. */
static bool ask(struct rewriter *r, struct slice *out)
{
	struct slice key = str_slice(&r->key), answer;

	if (slice_is_empty(key) || !is_text(key))
		return false;
	answer = r->replace(r->context, key);
	if (!answer.at || slice_equal(answer, key))
		return false;
	*out = answer;
	return true;
}

/* The span will be replaced by what the caller adds next. */
static void begin_change(struct rewriter *r, struct scan span)
{
	str_add(r->out, (struct slice){r->copied, (size_t)(span.at - r->copied)});
	r->copied = span.end;
	r->changed++;
}

static void add_escaped(struct str *out, struct slice text)
{
	for (size_t i = 0; i < text.len; i++) {
		unsigned char c = (unsigned char)text.at[i];

		if (c < 0x20)
			str_addf(out, "\\u%04x", c);
		else if (c == '"' || c == '\\')
			str_addf(out, "\\%c", c);
		else
			str_add_char(out, (char)c);
	}
}

static void rewrite_key(struct rewriter *r, struct scan inside)
{
	struct slice answer;

	if (!decode_string(inside, &r->key) || !ask(r, &answer))
		return;
	begin_change(r, inside);
	add_escaped(r->out, answer);
}

/*
 * Finds the segment behind "/requirements/": its place in the string, and its text without JSON
 * escapes. False: the string does not begin so.
 */
static bool find_segment(struct scan inside, struct scan *segment, struct str *out)
{
	static const char prefix[] = "/requirements/";
	char bytes[4];
	size_t len;

	for (size_t i = 0; prefix[i]; i++)
		if (inside.at == inside.end || decode_next(&inside, bytes) != 1 ||
			bytes[0] != prefix[i])
			return false;
	str_clear(out);
	*segment = (struct scan){inside.at, inside.at};
	while (inside.at < inside.end) {
		len = decode_next(&inside, bytes);
		if (len == 0)
			return false;
		if (len == 1 && bytes[0] == '/')
			break;
		str_add(out, (struct slice){bytes, len});
		segment->end = inside.at;
	}
	return true;
}

/*
 * Replaces %XX by its byte, in place; other percent signs stand for themselves. True when a "~" was
 * written so.
 */
static bool decode_percent(struct str *text)
{
	bool tilde = false;
	size_t to = 0;

	for (size_t i = 0; i < text->len; i++) {
		char c = text->at[i];

		if (c == '%' && i + 2 < text->len && hex_digit(text->at[i + 1]) >= 0 &&
			hex_digit(text->at[i + 2]) >= 0) {
			c = (char)(hex_digit(text->at[i + 1]) << 4 | hex_digit(text->at[i + 2]));
			i += 2;
			tilde |= c == '~';
		}
		text->at[to++] = c;
	}
	str_truncate(text, to);
	return tilde;
}

/* Percent-encodes what cannot stand in a segment of a path (RFC 3986, pchar). */
static void add_percent(struct str *out, struct slice text, bool tilde)
{
	for (size_t i = 0; i < text.len; i++) {
		unsigned char c = (unsigned char)text.at[i];
		bool plain = is_digit((char)c) || (c >= 'A' && c <= 'Z') ||
			     (c >= 'a' && c <= 'z') || (c && strchr("-._!$&'()*+,;=:@", c)) ||
			     (c == '~' && !tilde);

		if (plain)
			str_add_char(out, (char)c);
		else
			str_addf(out, "%%%02X", c);
	}
}

static void rewrite_url(struct rewriter *r, struct scan inside)
{
	struct scan segment;
	struct slice answer;
	bool tilde;

	if (!find_segment(inside, &segment, &r->key))
		return;
	tilde = decode_percent(&r->key);
	if (!ask(r, &answer))
		return;
	begin_change(r, segment);
	add_percent(r->out, answer, tilde);
}

/* At a member's name, in an object of the top array. */
static void rewrite_member(struct rewriter *r)
{
	struct scan name = {r->scan.at + 1, NULL}, inside;
	struct slice text;

	skip_string(&r->scan);
	name.end = r->scan.at - 1;
	skip_blanks(&r->scan);
	skip_char(&r->scan, ':');
	skip_blanks(&r->scan);
	inside.at = r->scan.at + 1;
	skip_value(&r->scan, 2);
	inside.end = r->scan.at - 1;
	if (inside.at[-1] != '"' || !decode_string(name, &r->name))
		return;
	text = str_slice(&r->name);
	if (slice_is(text, "spaceKey"))
		rewrite_key(r, inside);
	else if (slice_is(text, "url"))
		rewrite_url(r, inside);
}

/* Calls `element` for each element of the list that the scan stands at. */
static void walk(struct rewriter *r, char close, void (*element)(struct rewriter *r))
{
	r->scan.at++;
	skip_blanks(&r->scan);
	if (skip_char(&r->scan, close))
		return;
	do {
		skip_blanks(&r->scan);
		element(r);
		skip_blanks(&r->scan);
	} while (skip_char(&r->scan, ','));
	skip_char(&r->scan, close);
}

static void rewrite_link(struct rewriter *r)
{
	if (*r->scan.at == '{')
		walk(r, '}', rewrite_member);
	else
		skip_value(&r->scan, 1);
}

struct json_links_result json_links_rewrite(
	struct slice text, json_space_fn replace, void *context, struct str *out)
{
	struct rewriter r = {.copied = text.at,
		.replace = replace,
		.context = context,
		.out = out,
		.name = STR_INIT,
		.key = STR_INIT};

	if (slice_is_empty(text) || !is_array(text))
		return (struct json_links_result){.valid = false};
	r.scan = (struct scan){text.at, text.at + text.len};
	skip_blanks(&r.scan);
	walk(&r, ']', rewrite_link);
	str_add(out, (struct slice){r.copied, (size_t)(r.scan.end - r.copied)});
	str_release(&r.name);
	str_release(&r.key);
	return (struct json_links_result){.valid = true, .changed = r.changed};
}
