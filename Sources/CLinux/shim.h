#ifndef APE_CLINUX_SHIM_H
#define APE_CLINUX_SHIM_H

// Swift's Glibc module has none of these.
#include <sys/eventfd.h>
#include <sys/prctl.h>
#include <sys/timex.h>

// Reads the state of the kernel's clock and changes nothing; -1 where it cannot be read, 1 where something keeps it
// right, else 0.
static inline int ape_clock_is_synchronised(void) {
    struct timex state = {.modes = 0};
    if (adjtimex(&state) < 0) return -1;
    return (state.status & STA_UNSYNC) == 0;
}

// Names the process in the system's list, by at most 15 bytes; to be called by its first thread.
static inline void ape_name_process(const char *name) {
    prctl(PR_SET_NAME, name);
}

#endif
