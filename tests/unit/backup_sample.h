/*
 * Files for the tests of the backup layer: the published example, changed copies of it, and a small
 * Confluence file, all written into a temporary folder.
 */
#ifndef TESTS_BACKUP_SAMPLE_H
#define TESTS_BACKUP_SAMPLE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/arena.h"
#include "base/file.h"
#include "base/task.h"

/* DATA_DIR is the tree's folder data, given by the build. */
#define EXAMPLE DATA_DIR "/../tests/fixtures/jira-published-example.csv"

static char sample_folder[] = "/tmp/reqferry-backup-XXXXXX";
static char sample_path[sizeof(sample_folder) + 64];

static inline int sample_setup(void **state)
{
	(void)state;
	if (!mkdtemp(sample_folder))
		return -1;
	snprintf(sample_path, sizeof(sample_path), "%s/x.csv", sample_folder);
	return 0;
}

static inline int sample_teardown(void **state)
{
	char name[sizeof(sample_path) + 32];

	(void)state;
	snprintf(name, sizeof(name), "%s.manifest.json", sample_path);
	unlink(name);
	unlink(sample_path);
	return rmdir(sample_folder);
}

/* Writes a file; its path is borrowed until the next call. */
static inline const char *sample_write(const char *suffix, struct slice text)
{
	static char name[sizeof(sample_path) + 32];
	FILE *file;

	snprintf(name, sizeof(name), "%s%s", sample_path, suffix);
	file = fopen(name, "wb");
	assert_non_null(file);
	assert_int_equal(fwrite(text.len ? text.at : "", 1, text.len, file), text.len);
	assert_int_equal(fclose(file), 0);
	return name;
}

/* The example's text, read once. */
static inline struct slice sample_example(void)
{
	static struct str text;
	struct error err;

	if (text.len == 0) {
		text = STR_INIT;
		assert_true(file_read(EXAMPLE, 1 << 20, &text, &err));
	}
	return str_slice(&text);
}

/* The text with its first `find` replaced; it must be there. */
static inline struct str sample_replace(struct slice text, const char *find, struct slice with)
{
	const char *at = memmem(text.at, text.len, find, strlen(find));
	struct str out = STR_INIT;

	assert_non_null(at);
	str_add(&out, (struct slice){text.at, (size_t)(at - text.at)});
	str_add(&out, with);
	at += strlen(find);
	str_add(&out, (struct slice){at, (size_t)(text.at + text.len - at)});
	return out;
}

static inline struct task sample_task(void)
{
	return (struct task){.actor = "test"};
}

/*
 * Two requirements, a property, a dependency, three links, a matrix, and what they need. Lines: 3-4
 * requirements, 5 property, 6 dependency, 7-9 links, 10 matrix, 11 application link, 12-19
 * mappings.
 */
#define CONFLUENCE_HEAD                                                                            \
	"BEING,com.playsql.requirementyogi,3.7,3.4.8\r\n"                                          \
	"DBBackupItem,METADATA,null,ABC,,2024-01-04 20:59:55\r\n"
#define CONFLUENCE_REQUIREMENTS                                                                    \
	"DBBackupItem,DBREQUIREMENT,1,,ABC,Stra\xc3\x9f"                                           \
	"e,,ACTIVE,0,<p>one</p>,STRASSE,,,u1,2024-01-01 10:00:00.000,u1,2024-01-01 "               \
	"10:00:00.000\r\n"                                                                         \
	"DBBackupItem,DBREQUIREMENT,2,,ABC,R-2,,ACTIVE,0,,R-2,,,u1,2024-01-01 10:00:00.000,,\r\n"
#define CONFLUENCE_ROWS                                                                            \
	"DBBackupItem,DBPROPERTY,1,,1,TEXT,Category,Functional\r\n"                                \
	"DBBackupItem,DBDEPENDENCY,1,,refines,1,2\r\n"                                             \
	"DBBackupItem,DBLINK,1,,1,true,PAGE,page,500,600,,m\r\n"                                   \
	"DBBackupItem,DBLINK,2,,1,false,JIRA,al-1,TIO-1,,implements,\r\n"                          \
	"DBBackupItem,DBLINK,3,,2,true,EXCEL,page,700,,,\r\n"                                      \
	"DBBackupItem,DBTRACEABILITYMATRIX,1,,ABC,1,M,space = ABC,key,u1,,,\r\n"                   \
	"DBBackupItem,DBAPPLINK,1,,al-1,Jira\r\n"
#define CONFLUENCE_MAPPINGS                                                                        \
	"DBBackupMapping,SPACE,ABC,,,,,,,,The space,,,,\r\n"                                       \
	"DBBackupMapping,USER,u1,,,,,,,,,,ann,,\r\n"                                               \
	"DBBackupMapping,PAGE,500,,ABC,PAGE,,,,1,Title,,,,\r\n"                                    \
	"DBBackupMapping,VERSION,600,\"type=PAGE, app=page, "                                      \
	"documentId=500\",ABC,PAGE,500,,,1,Title,,,,\r\n"                                          \
	"DBBackupMapping,APPLINK,al-1,,,,,,,,Jira,http://jira,,,\r\n"                              \
	"DBBackupMapping,ISSUE,TIO-1,al-1,,,,,,,,,,,TIO-1\r\n"                                     \
	"DBBackupMapping,ATTACHMENT,700,\"type=EXCEL, app=page\",ABC,,500,,,1,r.xlsx,,,700,\r\n"
#define CONFLUENCE_END "END,End of the file\r\n"
#define CONFLUENCE                                                                                 \
	CONFLUENCE_HEAD CONFLUENCE_REQUIREMENTS CONFLUENCE_ROWS CONFLUENCE_MAPPINGS CONFLUENCE_END

#endif
