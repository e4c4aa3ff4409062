/*
 * Runs a fuzz target on every file of the folders given, without a fuzzer: for compilers other than
 * clang, and so that every input that once failed stays tested. Names each file before it runs it.
 * Fails by ending the process, as the target does, or when there was nothing to run.
 */
#include <dirent.h>

#include "base/arena.h"
#include "base/file.h"

#define MOST_BYTES ((size_t)16 * 1024 * 1024)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static bool replay_file(const char *path, struct error *err)
{
	struct str text CLEANUP(str_release) = STR_INIT;
	uint8_t *exact;

	if (!file_read(path, MOST_BYTES, &text, err))
		return false;
	printf("%s\n", path);
	fflush(stdout);
	/* As long as the input and no longer, so that a sanitizer sees a read beyond it. */
	exact = xmalloc(text.len);
	memcpy(exact, text.at, text.len);
	LLVMFuzzerTestOneInput(exact, text.len);
	free(exact);
	return true;
}

static bool replay_folder(const char *path, size_t *count, struct error *err)
{
	struct str name CLEANUP(str_release) = STR_INIT;
	DIR *folder = opendir(path);
	struct dirent *entry;
	bool ok = true;

	if (!folder)
		return FAIL(err, NOT_FOUND, "cannot open the folder \"%s\"", path);
	while (ok && (entry = readdir(folder))) {
		if (entry->d_name[0] == '.')
			continue;
		str_clear(&name);
		str_addf(&name, "%s/%s", path, entry->d_name);
		ok = replay_file(name.at, err);
		++*count;
	}
	closedir(folder);
	return ok;
}

int main(int argc, char **argv)
{
	struct error err = ERROR_INIT;
	size_t count = 0;

	for (int i = 1; i < argc; i++) {
		if (!replay_folder(argv[i], &count, &err)) {
			fprintf(stderr, "replay: %s\n", err.message);
			return 1;
		}
	}
	printf("%zu inputs\n", count);
	return count > 0 ? 0 : 1;
}
