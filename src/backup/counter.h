/*
 * What passed through a reader or a writer: rows and SHA-256, in all and of each table and mapping
 * type. Internal to this folder.
 */
#ifndef BACKUP_COUNTER_H
#define BACKUP_COUNTER_H

#include "backup/file.h"

/* Tables, and mapping types, that one file may name. */
#define COUNTER_LIMIT 1000

struct counter;

struct counter *counter_new(bool checksum);
/* Bytes of the file, in order. */
void counter_add_bytes(struct counter *counter, struct slice bytes);
/* One record of a table or a mapping type. False when it names one more than COUNTER_LIMIT. */
MUST_CHECK bool counter_add_item(struct counter *counter, struct slice table, struct slice raw);
MUST_CHECK bool counter_add_mapping(struct counter *counter, struct slice type, struct slice raw);
uint64_t counter_bytes(const struct counter *counter);
/* The counts; the first call ends the counting. */
void counter_result(struct counter *counter, struct backup_counts *out);
/* The whole file's SHA-256; ends the counting. Empty text without checksums. */
void counter_sha256(struct counter *counter, char out[DIGEST_HEX]);
void counter_free(struct counter **counter);

#endif
