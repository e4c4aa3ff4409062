/*
 * Opening instances; the configuration file is read by inih.
 */
#include "ops/instance.h"

#include <ini.h>
#include <unistd.h>

struct lookup {
	const char *section; /* "instance NAME" */
	struct arena *arena;
	char *url, *ry_version;
	struct str known;
};

static int on_setting(void *context, const char *section, const char *name, const char *value)
{
	struct lookup *lookup = context;
	if (strncmp(section, "instance ", 9) == 0 && strcmp(name, "url") == 0)
		str_addf(&lookup->known, "%s\"%s\"", lookup->known.len ? ", " : "", section + 9);
	if (strcmp(section, lookup->section) != 0)
		return 1;
	if (strcmp(name, "url") == 0)
		lookup->url = arena_strdup(lookup->arena, slice_of(value));
	else if (strcmp(name, "ry_version") == 0)
		lookup->ry_version = arena_strdup(lookup->arena, slice_of(value));
	else
		return 0;
	return 1;
}

/* The configuration file's path in the arena. */
static const char *config_path(struct arena *arena)
{
	const char *path = getenv("REQFERRY_CONFIG");
	if (path && *path)
		return path;
	const char *base = getenv("XDG_CONFIG_HOME");
	if (base && *base)
		return arena_printf(arena, "%s/reqferry/config.ini", base);
	const char *home = getenv("HOME");
	return arena_printf(arena, "%s/.config/reqferry/config.ini", home ? home : "");
}

static bool find_configured(const char *name, struct arena *arena, const char **url,
	struct slice *ry_version, struct error *err)
{
	const char *path = config_path(arena);
	struct lookup lookup = {.section = arena_printf(arena, "instance %s", name),
		.arena = arena,
		.known = STR_INIT};
	int result = ini_parse(path, on_setting, &lookup);
	bool ok = true;
	if (result > 0)
		ok = FAIL_HINT(err, USAGE,
			"An instance has the settings \"url\" and \"ry_version\".",
			"the configuration file \"%s\" cannot be understood at line %d", path,
			result);
	else if (result < 0 || !lookup.url)
		ok = FAIL_HINT(err, USAGE,
			lookup.known.len ? lookup.known.at
					 : "Give a URL such as sqlite:PATH, or add a section "
					   "[instance NAME] "
					   "with a line \"url = ...\" to the configuration file.",
			"there is no instance \"%s\" in the configuration file \"%s\"", name, path);
	if (ok) {
		*url = lookup.url;
		*ry_version = slice_of(lookup.ry_version);
	} else if (lookup.known.len && result >= 0) {
		error_hint(err, "Configured are: %s.", lookup.known.at);
	}
	str_release(&lookup.known);
	return ok;
}

/* A password in a URL would stand in the process list for everybody to see. */
static bool refuse_password(const char *url, struct error *err)
{
	const char *host = strstr(url, "://");
	bool secret = strstr(url, "password=") != NULL;
	if (host) {
		host += 3;
		size_t authority = strcspn(host, "/?#");
		const char *at = memrchr(host, '@', authority);
		secret = secret || (at && memchr(host, ':', (size_t)(at - host)));
	}
	if (!secret)
		return true;
	return FAIL_HINT(err, USAGE, "Use .pgpass or a service file.",
		"a URL with a password is refused, since others could read it in the process list");
}

static void issue_in_projects(
	const void *context, const char *expression, const char *keys, struct str *sql)
{
	host_issue_in_project(context, expression, keys, sql);
}

bool instance_open(const char *name, const char *catalogue_folder, enum db_mode mode,
	struct task *task, struct instance *out, struct error *err)
{
	*out = (struct instance){.arena = ARENA_INIT};
	const char *url = name;
	struct slice configured = SLICE_NULL;
	if (!strchr(name, ':')) {
		if (!find_configured(name, &out->arena, &url, &configured, err))
			return false;
	} else if (!refuse_password(name, err)) {
		return false;
	}
	struct str shown CLEANUP(str_release) = STR_INIT;
	db_redact(name, &shown);
	out->name = arena_copy(&out->arena, str_slice(&shown));
	if (!db_open(url, mode, &out->db, err))
		return false;
	db_set_task(out->db, task);
	if (!host_open(out->db, &out->arena, &out->host, err) ||
		!catalogue_load(catalogue_folder, out->host.product, &out->catalogue, err) ||
		!ry_live_load(out->db, out->catalogue, &out->arena, &out->ry, err)) {
		error_context(err, "instance \"%.*s\"", SLICE_PRINT(out->name));
		return false;
	}
	out->ry.issue_in_projects = issue_in_projects;
	out->ry.context = &out->host;
	out->ry_version = out->host.ry_version ? slice_of(out->host.ry_version) : configured;
	return true;
}

void instance_close(struct instance *instance)
{
	db_close(&instance->db);
	catalogue_free(&instance->catalogue);
	arena_release(&instance->arena);
}

void tally_add(struct arena *arena, struct tallies *tallies, struct slice name, int64_t rows)
{
	for (size_t i = 0; i < tallies->count; i++) {
		if (slice_equal(tallies->list[i].name, name)) {
			tallies->list[i].rows += rows;
			return;
		}
	}
	if (tallies->count == tallies->room) {
		tallies->room = tallies->room ? 2 * tallies->room : 8;
		struct tally *list = arena_alloc(arena, tallies->room * sizeof(*list));
		if (tallies->count > 0)
			memcpy(list, tallies->list, tallies->count * sizeof(*list));
		tallies->list = list;
	}
	tallies->list[tallies->count++] = (struct tally){arena_copy(arena, name), rows};
}

int64_t tally_total(const struct tallies *tallies)
{
	int64_t total = 0;
	for (size_t i = 0; i < tallies->count; i++)
		total += tallies->list[i].rows;
	return total;
}
