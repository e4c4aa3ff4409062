/*
 * SHA-256 computed beside the work that makes the bytes. Internal to this folder.
 */
#ifndef BACKUP_CHECKSUM_H
#define BACKUP_CHECKSUM_H

#include "base/digest.h"

struct checksum;

struct checksum *checksum_new(void);
/* The bytes are copied; they reach the digest in the order of the calls, by checksum_finish. */
void checksum_add(struct checksum *checksum, struct digest *digest, struct slice bytes);
/* Returns when every digest holds all that was added for it. More may be added afterwards. */
void checksum_finish(struct checksum *checksum);
/* Frees *checksum, not the digests, and sets it to NULL. What was not finished is lost. */
void checksum_free(struct checksum **checksum);

#endif
