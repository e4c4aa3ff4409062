/*
 * Memory that is freed in bulk: one arena for each operation, request, job or row. Nothing that
 * an arena hands out is freed alone. Out of memory ends the process with a message, so an arena's
 * functions cannot fail; inputs are limited before they get here.
 */
#ifndef BASE_ARENA_H
#define BASE_ARENA_H

#include "base/slice.h"

struct arena {
	struct arena_block *block; /* newest first */
	size_t used;               /* bytes used in the newest block */
};

#define ARENA_INIT ((struct arena){NULL, 0})

/* `size` bytes, aligned for any type, not cleared. Lives until the arena is cleared or released. */
void *arena_alloc(struct arena *arena, size_t size);
/* The same, cleared to zero. */
void *arena_zalloc(struct arena *arena, size_t size);
/* A copy of the text, with a NUL behind it that is not counted. No value stays no value. */
struct slice arena_copy(struct arena *arena, struct slice text);
/* A copy as a C string; no value gives NULL. */
char *arena_strdup(struct arena *arena, struct slice text);
/* Formatted text as a C string. */
char *arena_printf(struct arena *arena, const char *format, ...) PRINTF(2, 3);
/* Forgets all that was handed out and keeps the newest block for reuse. */
void arena_clear(struct arena *arena);
/* Frees everything. Usable as CLEANUP(arena_release). The arena can be used again. */
void arena_release(struct arena *arena);

/* Ends the process with a message on standard error and status 1. */
NORETURN void out_of_memory(void);

/* malloc, realloc and strdup that end the process when memory runs out. */
void *xmalloc(size_t size);
void *xrealloc(void *old, size_t size);
char *xstrdup(const char *text);

#endif
