/*
 * An opened instance: the connection, its host, its catalogue and Requirement Yogi's live tables.
 * And where instances come from: URLs, or names in the configuration file.
 *
 * Configuration (INI): $REQFERRY_CONFIG, else $XDG_CONFIG_HOME/reqferry/config.ini, else
 * ~/.config/reqferry/config.ini. One section an instance:
 *
 *     [instance production]
 *     url = sqlite:/srv/reqferry/confluence.db
 *     ry_version = 3.7.0
 */
#ifndef OPS_INSTANCE_H
#define OPS_INSTANCE_H

#include "host/host.h"
#include "ry/ry.h"
#include "stage/stage.h"

struct instance {
	struct arena arena; /* owns the names below */
	struct db *db;
	struct host host;
	struct catalogue *catalogue;
	struct ry ry;
	struct slice name; /* as the user wrote it, without a password */
	struct slice
		ry_version; /* of Requirement Yogi here: from the host, else the configuration */
};

/*
 * Opens an instance by name or URL. `catalogue_folder` may be NULL. The task is polled by every
 * statement. Close with instance_close, also after a failure. ERROR_USAGE for a name that is not in
 * the configuration and for a URL that holds a password.
 */
MUST_CHECK bool instance_open(const char *name, const char *catalogue_folder, enum db_mode mode,
	struct task *task, struct instance *out, struct error *err);
/* Closes what is open. Usable as CLEANUP(instance_close) on a cleared struct. */
void instance_close(struct instance *instance);

/* The table of one count, as the documents show it: names with numbers, in order. */
struct tally {
	struct slice name;
	int64_t rows;
};
struct tallies {
	struct tally *list;
	size_t count, room;
};
/* Adds to the tally of that name, made at the end when it is missing. The name is copied. */
void tally_add(struct arena *arena, struct tallies *tallies, struct slice name, int64_t rows);
int64_t tally_total(const struct tallies *tallies);

#endif
