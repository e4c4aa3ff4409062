/*
 * SHA-256 in a second thread.
 *
 * A ring of blocks. The caller fills the block `posted`, and posts it when it is full; the worker
 * hashes the block `done` and counts it as done. A block holds the bytes of several digests, one
 * segment each, so that records that alternate between tables cost no hand-over.
 *
 * Threads: one caller, one worker. A block belongs to the caller until it is posted, then to the
 * worker until it is done; `posted`, `done` and `stop` are guarded by the mutex. The digests belong
 * to the worker between checksum_add and checksum_finish. The worker starts with the first full
 * block: a small file never has one. Where no thread can be had, the caller hashes by itself.
 */
#include <pthread.h>
#include <signal.h>

#include "backup/checksum.h"
#include "base/arena.h"

#define BLOCK_COUNT   4
#define BLOCK_SIZE    ((size_t)256 * 1024)
#define SEGMENT_COUNT 4096

struct segment {
	struct digest *digest;
	size_t len;
};

struct block {
	char *bytes;
	size_t used;
	struct segment *segments;
	size_t segment_count;
};

struct checksum {
	struct block blocks[BLOCK_COUNT];
	pthread_t worker;
	bool running, refused; /* of the caller */
	pthread_mutex_t mutex;
	pthread_cond_t posted_one, done_one;
	uint64_t posted, done;
	bool stop;
};

struct checksum *checksum_new(void)
{
	struct checksum *checksum = xmalloc(sizeof(*checksum));

	*checksum = (struct checksum){.running = false};
	pthread_mutex_init(&checksum->mutex, NULL);
	pthread_cond_init(&checksum->posted_one, NULL);
	pthread_cond_init(&checksum->done_one, NULL);
	return checksum;
}

static void hash_block(struct block *block)
{
	size_t at = 0;

	for (size_t i = 0; i < block->segment_count; i++) {
		digest_add(block->segments[i].digest, block->bytes + at, block->segments[i].len);
		at += block->segments[i].len;
	}
	block->used = 0;
	block->segment_count = 0;
}

static void *work(void *argument)
{
	struct checksum *checksum = argument;

	pthread_mutex_lock(&checksum->mutex);
	for (;;) {
		struct block *block;

		while (checksum->done == checksum->posted && !checksum->stop)
			pthread_cond_wait(&checksum->posted_one, &checksum->mutex);
		if (checksum->stop)
			break;
		block = &checksum->blocks[checksum->done % BLOCK_COUNT];
		pthread_mutex_unlock(&checksum->mutex);
		hash_block(block);
		pthread_mutex_lock(&checksum->mutex);
		checksum->done++;
		pthread_cond_signal(&checksum->done_one);
	}
	pthread_mutex_unlock(&checksum->mutex);
	return NULL;
}

/* Signals are for the caller's thread: it is the one that knows how to stop. */
static void start(struct checksum *checksum)
{
	sigset_t all, old;

	sigfillset(&all);
	if (pthread_sigmask(SIG_SETMASK, &all, &old) != 0) {
		checksum->refused = true;
		return;
	}
	checksum->running = pthread_create(&checksum->worker, NULL, work, checksum) == 0;
	checksum->refused = !checksum->running;
	pthread_sigmask(SIG_SETMASK, &old, NULL);
}

static void post(struct checksum *checksum)
{
	if (!checksum->running && !checksum->refused)
		start(checksum);
	if (!checksum->running) {
		hash_block(&checksum->blocks[0]);
		return;
	}
	pthread_mutex_lock(&checksum->mutex);
	checksum->posted++;
	pthread_cond_signal(&checksum->posted_one);
	while (checksum->posted - checksum->done >= BLOCK_COUNT)
		pthread_cond_wait(&checksum->done_one, &checksum->mutex);
	pthread_mutex_unlock(&checksum->mutex);
}

/* The caller's block. Only the caller changes `posted`, so it may read it without the mutex. */
static struct block *current(struct checksum *checksum)
{
	struct block *block = &checksum->blocks[checksum->posted % BLOCK_COUNT];

	if (!block->bytes) {
		block->bytes = xmalloc(BLOCK_SIZE);
		block->segments = xmalloc(SEGMENT_COUNT * sizeof(*block->segments));
	}
	return block;
}

void checksum_add(struct checksum *checksum, struct digest *digest, struct slice bytes)
{
	while (bytes.len > 0) {
		struct block *block = current(checksum);
		size_t room = BLOCK_SIZE - block->used, len = bytes.len < room ? bytes.len : room;
		size_t last = block->segment_count;

		if (last > 0 && block->segments[last - 1].digest == digest) {
			block->segments[last - 1].len += len;
		} else {
			block->segments[last] = (struct segment){digest, len};
			block->segment_count++;
		}
		memcpy(block->bytes + block->used, bytes.at, len);
		block->used += len;
		bytes.at += len;
		bytes.len -= len;
		if (block->used == BLOCK_SIZE || block->segment_count == SEGMENT_COUNT)
			post(checksum);
	}
}

void checksum_finish(struct checksum *checksum)
{
	if (checksum->running) {
		pthread_mutex_lock(&checksum->mutex);
		while (checksum->done != checksum->posted)
			pthread_cond_wait(&checksum->done_one, &checksum->mutex);
		pthread_mutex_unlock(&checksum->mutex);
	}
	hash_block(current(checksum));
}

void checksum_free(struct checksum **checksum)
{
	struct checksum *c = *checksum;

	if (!c)
		return;
	if (c->running) {
		pthread_mutex_lock(&c->mutex);
		c->stop = true;
		pthread_cond_signal(&c->posted_one);
		pthread_mutex_unlock(&c->mutex);
		pthread_join(c->worker, NULL);
	}
	for (size_t i = 0; i < BLOCK_COUNT; i++) {
		free(c->blocks[i].bytes);
		free(c->blocks[i].segments);
	}
	pthread_cond_destroy(&c->done_one);
	pthread_cond_destroy(&c->posted_one);
	pthread_mutex_destroy(&c->mutex);
	free(c);
	*checksum = NULL;
}
