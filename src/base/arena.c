/*
 * Arenas: a list of blocks from which memory is cut off at the front. Blocks double up to a
 * megabyte. What does not fit a usual block gets a block of its own behind the newest one, so that
 * the rest of the newest stays in use and clearing does not keep one large text for ever.
 *
 * Threads: an arena belongs to one thread at a time.
 */
#include <stdalign.h>
#include <stdarg.h>
#include <unistd.h>

#include "base/arena.h"

#define FIRST_BLOCK 4096u
#define LAST_BLOCK  (1024u * 1024u)

struct arena_block {
	struct arena_block *next;
	size_t size;
	alignas(max_align_t) char bytes[];
};

void out_of_memory(void)
{
	static const char text[] = "reqferry: out of memory\n";
	ssize_t written = write(STDERR_FILENO, text, sizeof(text) - 1);

	_exit(written < 0 ? 2 : 1);
}

void *xmalloc(size_t size)
{
	void *memory = malloc(size ? size : 1);

	if (!memory)
		out_of_memory();
	return memory;
}

void *xrealloc(void *old, size_t size)
{
	void *memory = realloc(old, size ? size : 1);

	if (!memory)
		out_of_memory();
	return memory;
}

char *xstrdup(const char *text)
{
	size_t size = strlen(text) + 1;

	return memcpy(xmalloc(size), text, size);
}

static struct arena_block *block_new(size_t size, struct arena_block *next)
{
	struct arena_block *block;

	if (size > SIZE_MAX - sizeof(*block))
		out_of_memory();
	block = xmalloc(sizeof(*block) + size);
	block->next = next;
	block->size = size;
	return block;
}

void *arena_alloc(struct arena *arena, size_t size)
{
	size_t usual = FIRST_BLOCK;

	if (size > SIZE_MAX - alignof(max_align_t))
		out_of_memory();
	size = (size + alignof(max_align_t) - 1) & ~(alignof(max_align_t) - 1);
	if (size == 0)
		size = alignof(max_align_t);
	if (arena->block) {
		if (size <= arena->block->size - arena->used) {
			arena->used += size;
			return arena->block->bytes + arena->used - size;
		}
		usual = arena->block->size * 2;
		if (usual > LAST_BLOCK)
			usual = LAST_BLOCK;
	} else {
		arena->block = block_new(usual, NULL);
		arena->used = 0;
		return arena_alloc(arena, size);
	}
	if (size > usual / 4) {
		arena->block->next = block_new(size, arena->block->next);
		return arena->block->next->bytes;
	}
	arena->block = block_new(usual, arena->block);
	arena->used = size;
	return arena->block->bytes;
}

void *arena_zalloc(struct arena *arena, size_t size)
{
	return memset(arena_alloc(arena, size), 0, size);
}

struct slice arena_copy(struct arena *arena, struct slice text)
{
	char *copy = arena_strdup(arena, text);

	return (struct slice){copy, copy ? text.len : 0};
}

char *arena_strdup(struct arena *arena, struct slice text)
{
	char *copy;

	if (!text.at)
		return NULL;
	if (text.len == SIZE_MAX)
		out_of_memory();
	copy = arena_alloc(arena, text.len + 1);
	memcpy(copy, text.at, text.len);
	copy[text.len] = '\0';
	return copy;
}

char *arena_printf(struct arena *arena, const char *format, ...)
{
	va_list values;
	char *text;
	int len;

	va_start(values, format);
	len = vsnprintf(NULL, 0, format, values);
	va_end(values);
	if (len < 0)
		out_of_memory();
	text = arena_alloc(arena, (size_t)len + 1);
	va_start(values, format);
	vsnprintf(text, (size_t)len + 1, format, values);
	va_end(values);
	return text;
}

void arena_clear(struct arena *arena)
{
	if (!arena->block)
		return;
	while (arena->block->next) {
		struct arena_block *block = arena->block->next;

		arena->block->next = block->next;
		free(block);
	}
	arena->used = 0;
}

void arena_release(struct arena *arena)
{
	arena_clear(arena);
	free(arena->block);
	*arena = ARENA_INIT;
}
