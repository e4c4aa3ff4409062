/*
 * SHA-256 (libcrypto), and sums of such digests that do not depend on order.
 */
#ifndef BASE_DIGEST_H
#define BASE_DIGEST_H

#include "base/slice.h"

#define DIGEST_SIZE 32
#define DIGEST_HEX  (2 * DIGEST_SIZE + 1)

struct digest; /* a running computation */

/* A new running SHA-256; released by digest_free. */
struct digest *digest_new(void);
void digest_add(struct digest *digest, const void *bytes, size_t len);
/* Adds a length in 8 bytes, then the bytes; no value adds a mark that no text has. */
void digest_add_field(struct digest *digest, struct slice field);
/* Ends the computation, writes the digest and makes it ready for the next one. */
void digest_end(struct digest *digest, uint8_t out[DIGEST_SIZE]);
/* Frees *digest and sets it to NULL. Usable as CLEANUP(digest_free). */
void digest_free(struct digest **digest);
/* Lower-case hexadecimal digits and a NUL. */
void digest_hex(const uint8_t digest[DIGEST_SIZE], char out[DIGEST_HEX]);

/* A sum of digests modulo 2^256: equal for the same multiset of rows in any order. */
struct digest_sum {
	uint64_t part[4];
};
void digest_sum_add(struct digest_sum *sum, const uint8_t digest[DIGEST_SIZE]);
/* The sum as 32 bytes, to be hashed further. */
void digest_sum_bytes(const struct digest_sum *sum, uint8_t out[DIGEST_SIZE]);

#endif
