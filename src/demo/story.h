/*
 * The demo's story: the whole migration of the demo's content, step by step, told in words.
 */
#ifndef DEMO_STORY_H
#define DEMO_STORY_H

#include "base/error.h"
#include "base/task.h"

/*
 * Makes the four instances in `folder` (demo.h), moves Requirement Yogi's data from the two origins
 * to the two destinations with the same steps as the commands, and tells each step through `say`:
 * text of one or more whole lines, each with its line end. The databases and files stay for
 * playing.
 */
MUST_CHECK bool demo_run(const char *folder, struct task *task,
	void (*say)(void *sink, const char *text), void *sink, struct error *err);

#endif
