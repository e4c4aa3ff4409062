/*
 * Whether a text is another one in upper case.
 */
#ifndef BACKUP_UPPER_H
#define BACKUP_UPPER_H

#include "base/slice.h"

/*
 * True when `upper` is `text` in upper case, as far as programs may differ about it: both are
 * brought to upper case by character and then folded as Unicode's full case folding says, so that
 * "STRASSE" and "STRA\u00dfE" are both upper cases of "stra\u00dfe". Letters that are lower case in
 * `upper` pass; the text itself must be the same. Valid UTF-8.
 */
bool upper_matches(struct slice upper, struct slice text);

#endif
