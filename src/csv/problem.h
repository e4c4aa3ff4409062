/*
 * Problems in words. Private to this folder.
 */
#ifndef CSV_PROBLEM_H
#define CSV_PROBLEM_H

#include "csv/csv.h"

/* Sets the error of a problem, without its place. `failure` is the errno of a failed read. */
void csv_problem_describe(
	enum csv_problem problem, const struct csv_limits *limits, int failure, struct error *err);

#endif
