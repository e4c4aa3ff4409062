/*
 * Files that appear whole or not at all.
 *
 * Written with mode 0600 to a file without a name, which is gone with the process however that
 * ends; where the system has none, to "<path>.XXXXXX". Synced, named, renamed over the path, and
 * the folder synced. A link is followed, so that it stays a link. Standard output, and a path that
 * is a device or a pipe, are written directly: there is nothing to rename over. The committed file
 * keeps mode 0600, or gets the mode of the file that it replaces: backups hold personal data.
 */
#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <limits.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/file.h"

#define BUFFER_SIZE ((size_t)256 * 1024)

struct file_out {
	int fd;
	char *path;      /* as given, for messages */
	char *target;    /* where it goes */
	char *temporary; /* the name of the file in the making; NULL: it has none */
	bool unnamed;    /* in the making, without a name yet */
	mode_t mode;     /* of the committed file */
	struct str buffer;
};

static bool fail_errno(struct error *err, const char *verb, const char *path)
{
	int reason = errno;

	error_set(err, reason == ENOENT ? ERROR_NOT_FOUND : ERROR_IO, "cannot %s \"%s\": %s", verb,
		path, strerror(reason));
	error_hint_errno(err, reason);
	return false;
}

/* How linkat() is told of a file without a name. */
static void name_of_fd(int fd, char out[32])
{
	snprintf(out, 32, "/proc/self/fd/%d", fd);
}

/* Not every file system knows such files, and without /proc they could not be named. */
static bool open_unnamed(struct file_out *file)
{
	char *copy = xstrdup(file->target), link[32];
	int fd = open(dirname(copy), O_TMPFILE | O_WRONLY | O_CLOEXEC, S_IRUSR | S_IWUSR);

	free(copy);
	if (fd < 0)
		return false;
	name_of_fd(fd, link);
	if (access(link, F_OK) != 0) {
		close(fd);
		return false;
	}
	file->fd = fd;
	file->unnamed = true;
	return true;
}

/* Gives it a name that no other file has. */
static bool name_unnamed(struct file_out *file, struct error *err)
{
	char link[32];

	name_of_fd(file->fd, link);
	for (unsigned try = 0; try < 1000; try++) {
		struct str name CLEANUP(str_release) = STR_INIT;

		str_addf(&name, "%s.%ld-%u", file->target, (long)getpid(), try);
		if (linkat(AT_FDCWD, link, AT_FDCWD, name.at, AT_SYMLINK_FOLLOW) == 0) {
			file->temporary = xstrdup(name.at);
			file->unnamed = false;
			return true;
		}
		if (errno != EEXIST)
			break;
	}
	return fail_errno(err, "write", file->path);
}

static bool open_directly(struct file_out *file, struct error *err)
{
	file->fd = open(file->target, O_WRONLY | O_CLOEXEC | O_NOCTTY);
	return file->fd >= 0 || fail_errno(err, "write", file->path);
}

static bool open_target(struct file_out *file, struct error *err)
{
	struct str name CLEANUP(str_release) = STR_INIT;
	struct stat old;

	file->mode = S_IRUSR | S_IWUSR;
	if (stat(file->target, &old) == 0) {
		if (S_ISDIR(old.st_mode))
			return FAIL(err, IO, "cannot write \"%s\": it is a folder", file->path);
		if (!S_ISREG(old.st_mode))
			return open_directly(file, err);
		file->mode = old.st_mode & 0777;
	}
	if (open_unnamed(file))
		return true;
	str_addf(&name, "%s.XXXXXX", file->target);
	file->fd = mkostemp(name.at, O_CLOEXEC);
	if (file->fd < 0)
		return fail_errno(err, "write", file->path);
	file->temporary = xstrdup(name.at);
	return true;
}

bool file_out_open(const char *path, struct file_out **out, struct error *err)
{
	struct file_out *file = xmalloc(sizeof(*file));
	char *resolved;

	*file = (struct file_out){.fd = -1, .path = xstrdup(path), .buffer = STR_INIT};
	if (strcmp(path, "-") == 0) {
		file->fd = STDOUT_FILENO;
	} else {
		resolved = realpath(path, NULL);
		file->target = resolved ? resolved : xstrdup(path);
		if (!open_target(file, err)) {
			file_out_discard(&file);
			return false;
		}
	}
	str_reserve(&file->buffer, BUFFER_SIZE);
	*out = file;
	return true;
}

static bool write_all(struct file_out *file, struct slice bytes, struct error *err)
{
	while (bytes.len > 0) {
		ssize_t done = write(file->fd, bytes.at, bytes.len);

		if (done < 0 && errno == EINTR)
			continue;
		if (done < 0)
			return fail_errno(err, "write", file->path);
		bytes.at += done;
		bytes.len -= (size_t)done;
	}
	return true;
}

static bool flush(struct file_out *file, struct error *err)
{
	bool ok = write_all(file, str_slice(&file->buffer), err);

	str_clear(&file->buffer);
	return ok;
}

bool file_out_write(struct file_out *file, struct slice bytes, struct error *err)
{
	if (bytes.len > BUFFER_SIZE - file->buffer.len) {
		if (!flush(file, err))
			return false;
		if (bytes.len >= BUFFER_SIZE)
			return write_all(file, bytes, err);
	}
	str_add(&file->buffer, bytes);
	return true;
}

/* The new name is only sure to survive a crash when its folder is synced too. */
static void sync_folder(const char *path)
{
	char *copy = xstrdup(path);
	int fd = open(dirname(copy), O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (fd >= 0) {
		fsync(fd);
		close(fd);
	}
	free(copy);
}

bool file_out_sync(struct file_out *file, struct error *err)
{
	if (!flush(file, err))
		return false;
	/* devices and pipes need not know what that is */
	if ((file->unnamed || file->temporary) && fsync(file->fd) != 0)
		return fail_errno(err, "write", file->path);
	return true;
}

static bool put_in_place(struct file_out *file, struct error *err)
{
	int fd = file->fd;

	if (!file_out_sync(file, err))
		return false;
	if (!file->temporary && !file->unnamed)
		return true;
	if (fchmod(fd, file->mode) != 0)
		return fail_errno(err, "write", file->path);
	if (file->unnamed && !name_unnamed(file, err))
		return false;
	file->fd = -1;
	if (close(fd) != 0 || rename(file->temporary, file->target) != 0)
		return fail_errno(err, "write", file->path);
	free(file->temporary);
	file->temporary = NULL;
	sync_folder(file->target);
	return true;
}

bool file_out_commit(struct file_out **file, struct error *err)
{
	bool ok = put_in_place(*file, err);

	file_out_discard(file);
	return ok;
}

void file_out_discard(struct file_out **file)
{
	struct file_out *f = *file;

	if (!f)
		return;
	if (f->fd >= 0 && f->fd != STDOUT_FILENO)
		close(f->fd);
	if (f->temporary)
		unlink(f->temporary);
	free(f->path);
	free(f->target);
	free(f->temporary);
	str_release(&f->buffer);
	free(f);
	*file = NULL;
}

bool file_open(const char *path, int *fd, struct error *err)
{
	struct stat info;
	int opened;

	if (strcmp(path, "-") == 0) {
		*fd = STDIN_FILENO;
		return true;
	}
	opened = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	if (opened < 0)
		return fail_errno(err, "open", path);
	if (fstat(opened, &info) == 0 && S_ISDIR(info.st_mode)) {
		close(opened);
		return FAIL(err, IO, "cannot read \"%s\": it is a folder", path);
	}
	*fd = opened;
	return true;
}

static bool read_all(int fd, const char *path, size_t limit, struct str *text, struct error *err)
{
	for (;;) {
		ssize_t got;

		if (text->cap - text->len < 4096)
			str_reserve(text, 65536);
		got = read(fd, text->at + text->len, text->cap - text->len - 1);
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return fail_errno(err, "read", path);
		if (got == 0)
			return true;
		text->len += (size_t)got;
		text->at[text->len] = '\0';
		if (text->len > limit)
			return FAIL(err, LIMIT, "cannot read \"%s\": it is larger than %zu bytes",
				path, limit);
	}
}

bool file_read(const char *path, size_t limit, struct str *out, struct error *err)
{
	struct str text = STR_INIT;
	bool ok;
	int fd;

	if (!file_open(path, &fd, err))
		return false;
	ok = read_all(fd, path, limit, &text, err);
	if (fd != STDIN_FILENO)
		close(fd);
	if (!ok) {
		str_release(&text);
		return false;
	}
	str_release(out);
	*out = text;
	return true;
}

bool file_exists(const char *path)
{
	struct stat info;

	return stat(path, &info) == 0;
}
