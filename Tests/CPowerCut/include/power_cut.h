/* Records what SQLite does to the files of one directory, so that a test can build the disk as a power cut would have
 * left it at any moment. */
#ifndef POWER_CUT_H
#define POWER_CUT_H

#include <stdint.h>

/* What was done to a file. */
typedef enum {
    POWER_CUT_CREATE,
    POWER_CUT_DELETE,
    POWER_CUT_WRITE,
    POWER_CUT_TRUNCATE,
    POWER_CUT_SYNC,
    POWER_CUT_SYNC_DIRECTORY,
} power_cut_kind;

typedef struct {
    power_cut_kind kind;
    /* The file: each creation of a name makes another one. */
    int file;
    /* The file's name in the directory. */
    const char *name;
    /* Where a write begins, or the size after a truncation. */
    int64_t offset;
    /* What was written. */
    const void *bytes;
    int64_t length;
} power_cut_step;

/* Records from now on, and forgets what was recorded before. Files elsewhere are left alone. At the first call a VFS is
 * registered that every connection of this process uses which is opened later. One directory is recorded at a time.
 * Returns 0, or an SQLite error code. */
int power_cut_record(const char *directory);

/* The number of steps so far. */
int power_cut_count(void);

/* A step. What it points to lives until the next power_cut_record. */
power_cut_step power_cut_step_at(int index);

#endif
