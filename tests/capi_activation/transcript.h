/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Prints each call with its answer, and what it logged: the transcript of one library is compared with the other's. */
#ifndef TRANSCRIPT_H
#define TRANSCRIPT_H

#include <libcryptsetup.h>
#include <stdio.h>
#include <string.h>

static void print_log(int level, const char* message, void* user) {
    (void)user;
    if (level < 0) return;
    printf("    log %d: %s%s", level, message, message[strlen(message) - 1] == '\n' ? "" : "|\n");
}

/* An int-valued call. */
#define CALL(expression)                 \
    do {                                 \
        printf("%s\n", #expression);     \
        int answer_ = (int)(expression); \
        printf("    = %d\n", answer_);   \
    } while (0)
#define TEXT(expression)                                                           \
    do {                                                                           \
        const char* answer_ = (expression);                                        \
        printf("%s\n    = %s\n", #expression, answer_ != NULL ? answer_ : "NULL"); \
    } while (0)
#define SAY(text) printf("== %s\n", text)

#endif
