/*
 * Files that appear whole or not at all: written beside their place, synced, renamed.
 */
#ifndef BASE_FILE_H
#define BASE_FILE_H

#include "base/error.h"
#include "base/str.h"

struct file_out; /* a file being written, buffered */

/*
 * Starts writing `path` ("-" is standard output). The bytes go to a temporary file in the same
 * folder, readable by its owner only, until file_out_commit; where the system can it has no name
 * until then, so that a process that dies leaves nothing. A committed file is so too, or has the
 * mode of the file that it replaces. Devices and pipes are written directly. Caller ends it with
 * commit or discard.
 */
MUST_CHECK bool file_out_open(const char *path, struct file_out **out, struct error *err);
MUST_CHECK bool file_out_write(struct file_out *file, struct slice bytes, struct error *err);
/* Brings all that was written to the disk, so that a commit has little left that can fail. */
MUST_CHECK bool file_out_sync(struct file_out *file, struct error *err);
/* Flushes, syncs, renames into place; discards on failure. Frees *file, sets it to NULL. */
MUST_CHECK bool file_out_commit(struct file_out **file, struct error *err);
/* Removes what was written. Frees *file, sets it to NULL. Usable as CLEANUP(file_out_discard). */
void file_out_discard(struct file_out **file);

/* Opens for reading ("-" is standard input). The caller closes *fd, unless it is 0. */
MUST_CHECK bool file_open(const char *path, int *fd, struct error *err);
/* Reads a whole file of at most `limit` bytes into *out, which is replaced. */
MUST_CHECK bool file_read(const char *path, size_t limit, struct str *out, struct error *err);
bool file_exists(const char *path);

#endif
