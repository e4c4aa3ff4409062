/*
 * The scripts of data/schema and data/demo as NUL-terminated text, made by script/embed.
 */
#ifndef DEMO_SCRIPTS_H
#define DEMO_SCRIPTS_H

extern const char embedded_confluence_sqlite_sql[];
extern const char embedded_jira_sqlite_sql[];
extern const char embedded_requirement_yogi_confluence_sqlite_sql[];
extern const char embedded_requirement_yogi_jira_sqlite_sql[];

extern const char embedded_side_origin_sql[];
extern const char embedded_side_destination_sql[];
extern const char embedded_people_sql[];
extern const char embedded_words_sql[];
extern const char embedded_world_sql[];
extern const char embedded_confluence_host_sql[];
extern const char embedded_confluence_yogi_sql[];
extern const char embedded_jira_host_sql[];
extern const char embedded_jira_yogi_sql[];

#endif
