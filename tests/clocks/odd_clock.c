// SPDX-License-Identifier: GPL-2.0-or-later
// A preloaded library that imitates the clocks of some kernels and machines.  $ODD_CLOCK selects one; without it
// nothing changes.
//   ticks      a thread's CPU time advances in steps of 10 ms
//   thread     a thread's CPU time does not advance
//   still      neither does the monotonic clock
//   backwards  both go backwards
//   huge       both jump by a year at each call
#define _GNU_SOURCE
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

int clock_gettime(clockid_t clock, struct timespec* now) {
    static long looks;
    const int result = (int)syscall(SYS_clock_gettime, clock, now);
    const char* kind = getenv("ODD_CLOCK");
    const int thread = clock == CLOCK_THREAD_CPUTIME_ID;
    if (result != 0 || kind == NULL || (!thread && clock != CLOCK_MONOTONIC)) return result;
    if (strcmp(kind, "ticks") == 0 && thread) now->tv_nsec -= now->tv_nsec % 10000000;
    if (strcmp(kind, "still") == 0 || (strcmp(kind, "thread") == 0 && thread)) {
        now->tv_sec = 1000;
        now->tv_nsec = 0;
    }
    if (strcmp(kind, "backwards") == 0) {
        now->tv_sec = 1000000 - now->tv_sec;
        now->tv_nsec = 999999999 - now->tv_nsec;
    }
    if (strcmp(kind, "huge") == 0) now->tv_sec += 31536000 * ++looks;
    return result;
}
