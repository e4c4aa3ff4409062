/*
 * Clocks and the two time formats of the program.
 */
#ifndef BASE_TIME_H
#define BASE_TIME_H

#include "base/error.h"

/* Milliseconds of a clock that never jumps; only differences mean something. */
int64_t time_monotonic_ms(void);
/* Now in UTC as "2026-01-31T12:34:56.789Z": 24 bytes and a NUL. How our own tables write time. */
void time_now_utc(char out[25]);
/* Now in local time as "2026-01-31 12:34:56", as a backup's metadata shows it. */
void time_now_local(char out[20]);
/* The local zone's offset from UTC now, as "+02:00". */
void time_local_offset(char out[7]);
/*
 * The local zone's offset at the moment that `local`, "2026-01-31 12:34:56", was where the offset
 * from UTC is `offset`, "+01:00". False, and nothing written, when the texts are no such thing.
 */
bool time_local_offset_at(struct slice local, struct slice offset, char out[7]);
/*
 * Checks `yyyy-MM-dd HH:mm:ss`, optionally with a dot and 1 to 9 fraction digits: real calendar
 * dates of the years 0001 to 9999, seconds up to 59. No zone.
 */
bool time_is_timestamp(struct slice text);

#endif
