/*
 * What verify does about citations that an import left out since they stay with the origin: they
 * are collected while the rows of their table are read, then it looks whether they stand there.
 * Nothing of the importer's SQL is used.
 */
#ifndef OPS_VERIFY_ORIGIN_H
#define OPS_VERIFY_ORIGIN_H

#include "base/dict.h"
#include "ops/resolve.h"

/* One citation that is not here under a new id. */
struct staying {
	struct staying *next;
	struct slice old_id, owner, page; /* texts of the file */
	struct slice rest;                /* what else tells it from others */
	struct slice tie;                 /* with the owner's identity: what must stand here */
};

/* The citations of one table. */
struct verify_origin {
	struct instance *instance;
	const struct stage_backup *backup;
	const struct catalogue_table *table;
	struct arena arena;
	struct staying *first, **end; /* in the order of the file */
	struct dict owners;           /* old id of a cited item -> its identity's number, from 1 */
	struct dict identities;       /* identity -> its number, from 1 */
	struct dict ties;             /* tie -> 1 when it stands here */
	struct dict pages;            /* pages outside of the scope that are mapped to themselves */
};

/* Release with verify_origin_release. */
void verify_origin_begin(struct verify_origin *origin, struct instance *instance,
	const struct stage_backup *backup, const struct catalogue_table *table);
/* The staged row, whose fields are given as in the file, cites from a page. */
bool verify_origin_cites(
	const struct catalogue_table *table, const struct slice *fields, size_t count);
void verify_origin_add(
	struct verify_origin *origin, struct slice old_id, const struct slice *fields);
/* Looks them up; rows that the import of `undo_key` inserted are no origin. */
MUST_CHECK bool verify_origin_look(
	struct verify_origin *origin, struct slice undo_key, struct error *err);
/* After that: this one stays with the origin. */
bool verify_origin_stands(const struct verify_origin *origin, const struct staying *staying);
void verify_origin_release(struct verify_origin *origin);

#endif
