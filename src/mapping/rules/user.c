/*
 * USER. Two companies may both have a jsmith: an equal user name decides with certainty only when
 * e-mail or display name agree, or on a Confluence when the key does (32 random digits there; on a
 * Jira keys are names or counters). The local part of an e-mail address is what stands before the
 * @; it agrees across domains and so counts only while the display name does not say otherwise.
 *
 * fold is the user name in lower case.
 */
#include "mapping/internal.h"

#define USERS " JOIN reqferry_m_user r ON "
#define FOUND .destination = "r.key", .title = "COALESCE(r.displayname, r.username)"

static const struct mapping_rule rules[] = {
	{
		.name = "same key on the same instance",
		.certainty = CERTAIN,
		.products = ON_BOTH,
		.here = true,
		.joins = USERS "r.key = m.key",
		.where = "r.fold = m.fold",
		FOUND,
		.one = "the backup comes from this instance, and the user is still here",
	},
	{
		.name = "same key and same name",
		.certainty = CERTAIN,
		.products = ON_CONFLUENCE,
		.joins = USERS "r.key = m.key",
		.where = "r.fold = m.fold",
		FOUND,
		.one = "a user with the same key and the same name, \"{username}\"",
	},
	{
		.name = "same key on the same instance, renamed",
		.certainty = LIKELY,
		.products = ON_BOTH,
		.here = true,
		.joins = USERS "r.key = m.key",
		FOUND,
		.one = "the backup comes from this instance, and the user has another name now",
	},
	{
		.name = "same name and e-mail",
		.certainty = CERTAIN,
		.products = ON_BOTH,
		.joins = USERS "r.fold = m.fold",
		.where = "r.email = m.email",
		FOUND,
		.one = "user \"{username}\" has the same e-mail address here",
		.several = "users have this name and e-mail address",
	},
	{
		.name = "same name and display name",
		.certainty = CERTAIN,
		.products = ON_BOTH,
		.joins = USERS "r.fold = m.fold",
		.where = "r.displayname = m.displayname",
		FOUND,
		.one = "user \"{username}\" has the same display name here",
		.several = "users have this name and display name",
	},
	{
		.name = "same name and local part of e-mail",
		.certainty = CERTAIN,
		.products = ON_BOTH,
		.joins = USERS "r.fold = m.fold",
		.where = "r.local = m.local"
			 " AND (r.displayname IS NULL OR m.displayname IS NULL)",
		FOUND,
		.one = "user \"{username}\" has the same e-mail address here, in another domain",
		.several = "users have this name and local part of the e-mail address",
	},
	{
		.name = "same name, nothing else known",
		.certainty = LIKELY,
		.products = ON_BOTH,
		.joins = USERS "r.fold = m.fold",
		.where = "((r.email IS NULL AND r.displayname IS NULL)"
			 " OR (m.email IS NULL AND m.displayname IS NULL))",
		FOUND,
		.one = "a user named \"{username}\"; e-mail address and display name are not known "
		       "on both sides",
		.several = "users have this name",
	},
	{
		.name = "same e-mail, one active user",
		.certainty = LIKELY,
		.products = ON_BOTH,
		.joins = USERS "r.email = m.email",
		.where = "r.active = 1",
		FOUND,
		.one = "the only active user with the same e-mail address",
		.several = "active users have this e-mail address",
	},
	{
		.name = "same name, nothing else agrees",
		.certainty = POSSIBLE,
		.products = ON_BOTH,
		.joins = USERS "r.fold = m.fold",
		FOUND,
		.one = "a user named \"{username}\", but neither e-mail address nor display name "
		       "agrees",
		.several = "users have this name",
	},
	{
		.name = "same display name",
		.certainty = POSSIBLE,
		.products = ON_BOTH,
		.joins = USERS "r.displayname = m.displayname",
		.where = "r.place <= " ANSWERS_LIMIT,
		FOUND,
		.one = "the only user with the same display name",
		.several = "users have this display name",
	},
};

const struct mapping_type mapping_user = {
	.step = "map users",
	.rules = rules,
	.rule_count = ARRAY_LEN(rules),
	.fold = "lower(m.username{c})",
	.known = "m.fold IS NOT NULL OR m.email IS NOT NULL OR m.displayname IS NOT NULL",
	.noun = "user",
	.own = "its user",
	.alone = "no user with this name or e-mail address",
	.blind = "the backup knows neither a name nor an e-mail address of this user",
};
