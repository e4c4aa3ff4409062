/*
 * SHA-256 by libcrypto. It cannot fail for a reason other than memory, and is treated so.
 *
 * A sum takes each digest as a number of 256 bits, its first byte the highest, modulo 2^256.
 */
#include <openssl/evp.h>

#include "base/arena.h"
#include "base/digest.h"

struct digest {
	EVP_MD_CTX *context;
	/* Rows have many short fields, and a call into the library costs more than a copy. */
	uint8_t pending[1024];
	size_t used;
};

/* The algorithm is looked up the first time only: that look-up is dear. */
static void start(struct digest *digest, const EVP_MD *algorithm)
{
	digest->used = 0;
	if (EVP_DigestInit_ex(digest->context, algorithm, NULL) != 1)
		out_of_memory();
}

static void flush(struct digest *digest)
{
	if (digest->used > 0 &&
		EVP_DigestUpdate(digest->context, digest->pending, digest->used) != 1)
		out_of_memory();
	digest->used = 0;
}

struct digest *digest_new(void)
{
	struct digest *digest = xmalloc(sizeof(*digest));

	digest->context = EVP_MD_CTX_new();
	if (!digest->context)
		out_of_memory();
	start(digest, EVP_sha256());
	return digest;
}

void digest_add(struct digest *digest, const void *bytes, size_t len)
{
	if (len == 0)
		return;
	if (len > sizeof(digest->pending) - digest->used)
		flush(digest);
	if (len > sizeof(digest->pending)) {
		if (EVP_DigestUpdate(digest->context, bytes, len) != 1)
			out_of_memory();
		return;
	}
	memcpy(digest->pending + digest->used, bytes, len);
	digest->used += len;
}

void digest_add_field(struct digest *digest, struct slice field)
{
	uint64_t len = field.at ? field.len : UINT64_MAX;
	uint8_t bytes[8];

	for (int i = 0; i < 8; i++)
		bytes[i] = (uint8_t)(len >> (8 * i));
	digest_add(digest, bytes, sizeof(bytes));
	if (field.at)
		digest_add(digest, field.at, field.len);
}

void digest_end(struct digest *digest, uint8_t out[DIGEST_SIZE])
{
	flush(digest);
	if (EVP_DigestFinal_ex(digest->context, out, NULL) != 1)
		out_of_memory();
	start(digest, NULL);
}

void digest_free(struct digest **digest)
{
	if (!*digest)
		return;
	EVP_MD_CTX_free((*digest)->context);
	free(*digest);
	*digest = NULL;
}

void digest_hex(const uint8_t digest[DIGEST_SIZE], char out[DIGEST_HEX])
{
	static const char digits[] = "0123456789abcdef";

	for (int i = 0; i < DIGEST_SIZE; i++) {
		out[2 * i] = digits[digest[i] >> 4];
		out[2 * i + 1] = digits[digest[i] & 15];
	}
	out[2 * DIGEST_SIZE] = '\0';
}

void digest_sum_add(struct digest_sum *sum, const uint8_t digest[DIGEST_SIZE])
{
	bool carry = false;

	/* part[0] is the lowest. */
	for (int i = 0; i < 4; i++) {
		const uint8_t *at = digest + 8 * (3 - i);
		uint64_t part = 0;
		bool over;

		for (int k = 0; k < 8; k++)
			part = part << 8 | at[k];
		over = __builtin_add_overflow(sum->part[i], part, &sum->part[i]);
		carry = __builtin_add_overflow(sum->part[i], (uint64_t)carry, &sum->part[i]) | over;
	}
}

void digest_sum_bytes(const struct digest_sum *sum, uint8_t out[DIGEST_SIZE])
{
	for (int i = 0; i < DIGEST_SIZE; i++)
		out[i] = (uint8_t)(sum->part[3 - i / 8] >> (8 * (7 - i % 8)));
}
