/*
 * Members of JSON objects, read by tables of what may stand there.
 */
#include "catalogue/members.h"

bool member_is_kind(const json_t *value, enum member_kind kind)
{
	switch (kind) {
	case TEXT:
		return json_is_string(value) && json_string_length(value) > 0;
	case TRUTH:
		return json_is_boolean(value);
	case LIST:
		return json_is_array(value);
	case OBJECT:
		return json_is_object(value);
	case ANY:
		break;
	}
	return true;
}

const char *member_kind_title(enum member_kind kind)
{
	static const char *const titles[] = {
		[TEXT] = "a text that is not empty",
		[TRUTH] = "true or false",
		[LIST] = "a list",
		[OBJECT] = "an object",
		[ANY] = "a value",
	};

	return titles[kind];
}

bool member_check(json_t *object, const struct member *members, size_t count, struct error *err)
{
	const char *name;
	json_t *value;

	if (!json_is_object(object))
		return FAIL(err, INPUT, "an object is needed here, with member \"%s\"",
			members[0].name);
	json_object_foreach(object, name, value)
	{
		size_t i = 0;

		while (i < count && strcmp(members[i].name, name) != 0)
			i++;
		if (i == count)
			return FAIL(err, INPUT, "unknown member \"%s\"", name);
		if (!member_is_kind(value, members[i].kind))
			return FAIL(err, INPUT, "member \"%s\" is not %s", name,
				member_kind_title(members[i].kind));
	}
	for (size_t i = 0; i < count; i++)
		if (members[i].need == REQUIRED && !json_object_get(object, members[i].name))
			return FAIL(err, INPUT, "member \"%s\" is missing", members[i].name);
	return true;
}

const char *member_text(json_t *object, const char *name)
{
	return json_string_value(json_object_get(object, name));
}

bool member_word(json_t *object, const char *name, const char *const *words, size_t count,
	unsigned *out, struct error *err)
{
	CLEANUP(str_release) struct str list = STR_INIT;
	const char *text = member_text(object, name);

	if (!text) {
		*out = 0;
		return true;
	}
	for (unsigned i = 0; i < count; i++) {
		if (strcmp(words[i], text) == 0) {
			*out = i;
			return true;
		}
	}
	for (unsigned i = 0; i < count; i++)
		str_addf(&list, "%s\"%s\"", i ? ", " : "", words[i]);
	return FAIL(err, INPUT, "member \"%s\" is \"%s\", not one of %s", name, text, list.at);
}

bool member_entity(json_t *object, const char *name, enum entity *out, struct error *err)
{
	const char *text = member_text(object, name);
	enum entity entity = entity_by_name(slice_of(text));

	if (entity == ENTITY_NONE)
		return FAIL(err, INPUT, "there is no entity type \"%s\"", text);
	*out = entity;
	return true;
}
