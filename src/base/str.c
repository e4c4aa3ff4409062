/*
 * Owned text that grows by doubling. While nothing is owned, `at` points to one shared empty text,
 * which is never written to.
 */
#include "base/str.h"
#include "base/arena.h"

char str_empty[1];

void str_reserve(struct str *s, size_t more)
{
	size_t need, cap;

	if (more >= SIZE_MAX / 2 - s->len)
		out_of_memory();
	need = s->len + more + 1;
	if (need <= s->cap)
		return;
	cap = s->cap ? s->cap * 2 : 32;
	if (cap < need)
		cap = need;
	s->at = xrealloc(s->cap ? s->at : NULL, cap);
	s->cap = cap;
	s->at[s->len] = '\0';
}

void str_add(struct str *s, struct slice text)
{
	if (text.len == 0)
		return;
	str_reserve(s, text.len);
	memcpy(s->at + s->len, text.at, text.len);
	s->len += text.len;
	s->at[s->len] = '\0';
}

void str_add_text(struct str *s, const char *text)
{
	str_add(s, slice_of(text));
}

void str_add_char(struct str *s, char c)
{
	str_reserve(s, 1);
	s->at[s->len++] = c;
	s->at[s->len] = '\0';
}

void str_addf(struct str *s, const char *format, ...)
{
	va_list values;

	va_start(values, format);
	str_vaddf(s, format, values);
	va_end(values);
}

void str_vaddf(struct str *s, const char *format, va_list values)
{
	va_list again;
	int len;

	va_copy(again, values);
	len = vsnprintf(NULL, 0, format, again);
	va_end(again);
	if (len < 0)
		out_of_memory();
	str_reserve(s, (size_t)len);
	vsnprintf(s->at + s->len, (size_t)len + 1, format, values);
	s->len += (size_t)len;
}

void str_truncate(struct str *s, size_t len)
{
	if (len >= s->len)
		return;
	s->len = len;
	s->at[len] = '\0';
}

void str_clear(struct str *s)
{
	str_truncate(s, 0);
}

void str_release(struct str *s)
{
	if (s->cap)
		free(s->at);
	*s = STR_INIT;
}

struct slice str_slice(const struct str *s)
{
	return (struct slice){s->at, s->len};
}
