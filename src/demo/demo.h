/*
 * The demo: two companies with a Confluence and a Jira each, as embedded instances. Aster Robotics
 * (origin) has moved into Borealis Group (destination): its spaces, projects and accounts are there
 * already, with other ids, and its Requirement Yogi data is not. data/README.md tells what differs.
 */
#ifndef DEMO_DEMO_H
#define DEMO_DEMO_H

#include "base/error.h"
#include "base/task.h"

/* The databases in the demo's folder. */
#define DEMO_CONFLUENCE_ORIGIN      "confluence-origin.db"
#define DEMO_CONFLUENCE_DESTINATION "confluence-destination.db"
#define DEMO_JIRA_ORIGIN            "jira-origin.db"
#define DEMO_JIRA_DESTINATION       "jira-destination.db"

/*
 * Makes the four databases in `folder`, which is made when it is missing (the folder above it must
 * exist). The content is the same every time. Refuses (ERROR_REFUSED, and nothing is written) when
 * one of the four files exists. After any failure the files and the folder that it made are gone.
 */
MUST_CHECK bool demo_content_create(const char *folder, struct task *task, struct error *err);

#endif
