/*
 * Attributes and small macros that every file uses.
 */
#ifndef BASE_MACROS_H
#define BASE_MACROS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The compiler refuses a caller that does not look at the result. */
#define MUST_CHECK __attribute__((warn_unused_result))
/* Format string at argument F, its values from argument A on; checked as printf's. */
#define PRINTF(f, a) __attribute__((format(printf, f, a)))
/* Calls fn(&variable) when the variable goes out of scope. */
#define CLEANUP(fn)  __attribute__((cleanup(fn)))
#define UNUSED       __attribute__((unused))
#define NORETURN     __attribute__((noreturn))
#define ARRAY_LEN(a) (sizeof(a) / sizeof((a)[0]))

/*
 * Functions without a bound, with hidden state or with no way to report an error stay out of
 * the program: using one is a compile error. System headers are included before the poison.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#ifndef __cplusplus
/* Some are macros of the C library with some compilers, and a macro cannot be poisoned. */
#undef alloca
#undef strcpy
#undef strcat
#undef strncpy
#undef strncat
#undef sprintf
#undef vsprintf
#pragma GCC poison strcpy strcat strncpy strncat sprintf vsprintf strtok atoi atol gets
#pragma GCC poison gmtime localtime ctime alloca
#endif

#endif
