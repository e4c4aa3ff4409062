/*
 * FILE.manifest.json: ours, beside the vendor's file, optional. It proves that the file is the one
 * that was written (counts and SHA-256 for the whole and for each table) and carries what the
 * vendor's format cannot: who the origin is, versions, zone, facts about entities that help to map
 * them, and references that leave the scope. See docs/format.md for its members.
 */
#ifndef BACKUP_MANIFEST_H
#define BACKUP_MANIFEST_H

#include "backup/file.h"

/* A fact about an entity that the vendor's mapping row has no field for. */
struct manifest_entity {
	struct slice type, key;
	struct slice email, display_name; /* USER */
	struct slice name;                /* PROJECT, SPACE: its name */
	struct slice created;             /* PAGE: a blog post's day, yyyy-MM-dd */
};

/* A reference that leaves the scope. The two ends by identity, as JSON text of ours. */
struct manifest_outside {
	struct slice table, row; /* row: JSON object of column -> text */
};

struct manifest {
	struct arena arena; /* owns every slice and array below */
	struct slice file_sha256;
	uint64_t bytes, rows;
	struct backup_count *tables;
	size_t table_count;
	struct slice origin_id, product, host_version, plugin_version;
	struct slice exported; /* with zone: 2024-01-04T20:59:55+01:00 */
	struct slice catalogue_hash;
	bool order_assumed;
	struct slice tool_version;
	struct manifest_entity *entities;
	size_t entity_count;
	struct manifest_outside *outside;
	size_t outside_count;
};

/* Writes the manifest beside `path` (path + ".manifest.json"), whole or not at all. */
MUST_CHECK bool manifest_write(
	const char *path, const struct manifest *manifest, struct error *err);
/*
 * Reads the manifest beside `path`; *found is false when there is none. At most 256 MiB; unknown
 * members are ignored, known ones of a wrong type are ERROR_INPUT. Release with manifest_release.
 */
MUST_CHECK bool manifest_read(
	const char *path, struct manifest *out, bool *found, struct error *err);
/* Fails (ERROR_INPUT) naming the first difference: size, checksum, or a table's rows or checksum.
 */
MUST_CHECK bool manifest_check(
	const struct manifest *manifest, const struct backup_counts *counts, struct error *err);
void manifest_release(struct manifest *manifest);

#endif
