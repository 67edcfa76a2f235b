#include "power_cut.h"

#include <limits.h>
#include <pthread.h>
#include <sqlite3.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define MAXIMUM_NAMES 64

/* What stands behind the bytes of the file that the system's VFS opened: its methods with ours in the place of some. */
typedef struct {
    sqlite3_io_methods methods;
    const sqlite3_io_methods *real;
    int file;
    const char *name;
    /* SQLite's VFS forces the directory with the first sync of a journal that it may have created. */
    int owes_directory;
} recorded_file;

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static sqlite3_vfs *real;
static sqlite3_vfs ours;
static char directory[PATH_MAX];
static power_cut_step *steps;
static int count, capacity, files;
static struct {
    char *name;
    int file;
} names[MAXIMUM_NAMES];

static void add(power_cut_step step) {
    pthread_mutex_lock(&lock);
    if (count == capacity) {
        capacity = capacity ? capacity * 2 : 1024;
        steps = realloc(steps, (size_t)capacity * sizeof *steps);
    }
    if (step.bytes) {
        void *copy = malloc((size_t)step.length);
        memcpy(copy, step.bytes, (size_t)step.length);
        step.bytes = copy;
    }
    steps[count++] = step;
    pthread_mutex_unlock(&lock);
}

/* The name of a path in the directory that is recorded; NULL for any other path. */
static const char *name_of(const char *path) {
    size_t length = strlen(directory);
    if (!path || !length || strncmp(path, directory, length) || path[length] != '/') return NULL;
    return strchr(path + length + 1, '/') ? NULL : path + length + 1;
}

/* The place of a name, which lives for good. */
static int place_of(const char *name) {
    for (int place = 0; place < MAXIMUM_NAMES; place++) {
        if (!names[place].name) names[place].name = strdup(name);
        if (!strcmp(names[place].name, name)) return place;
    }
    abort();
}

static recorded_file *record_of(sqlite3_file *file) {
    return (recorded_file *)((char *)file + ((real->szOsFile + 15) & ~15));
}

static int write_file(sqlite3_file *file, const void *bytes, int length, sqlite3_int64 offset) {
    recorded_file *record = record_of(file);
    int code = record->real->xWrite(file, bytes, length, offset);
    if (code == SQLITE_OK) add((power_cut_step){POWER_CUT_WRITE, record->file, record->name, offset, bytes, length});
    return code;
}

static int truncate_file(sqlite3_file *file, sqlite3_int64 size) {
    recorded_file *record = record_of(file);
    int code = record->real->xTruncate(file, size);
    if (code == SQLITE_OK) add((power_cut_step){POWER_CUT_TRUNCATE, record->file, record->name, size, NULL, 0});
    return code;
}

static int sync_file(sqlite3_file *file, int flags) {
    recorded_file *record = record_of(file);
    int code = record->real->xSync(file, flags);
    if (code != SQLITE_OK) return code;
    add((power_cut_step){POWER_CUT_SYNC, record->file, record->name, 0, NULL, 0});
    if (record->owes_directory) add((power_cut_step){POWER_CUT_SYNC_DIRECTORY, 0, NULL, 0, NULL, 0});
    record->owes_directory = 0;
    return code;
}

static int open_file(sqlite3_vfs *vfs, const char *path, sqlite3_file *file, int flags, int *out) {
    (void)vfs;
    const char *name = name_of(path);
    int is_new = name && access(path, F_OK) != 0;
    int code = real->xOpen(real, path, file, flags, out);
    if (code != SQLITE_OK || !name || !file->pMethods) return code;
    pthread_mutex_lock(&lock);
    int place = place_of(name);
    if (is_new) names[place].file = ++files;
    int number = names[place].file;
    pthread_mutex_unlock(&lock);
    name = names[place].name;
    if (is_new) add((power_cut_step){POWER_CUT_CREATE, number, name, 0, NULL, 0});
    recorded_file *record = record_of(file);
    int journals = SQLITE_OPEN_WAL | SQLITE_OPEN_MAIN_JOURNAL | SQLITE_OPEN_SUPER_JOURNAL;
    *record = (recorded_file){*file->pMethods, file->pMethods, number, name, 0};
    record->owes_directory = (flags & SQLITE_OPEN_CREATE) && (flags & journals);
    record->methods.xWrite = write_file;
    record->methods.xTruncate = truncate_file;
    record->methods.xSync = sync_file;
    file->pMethods = &record->methods;
    return code;
}

static int delete_file(sqlite3_vfs *vfs, const char *path, int syncs_directory) {
    (void)vfs;
    int code = real->xDelete(real, path, syncs_directory);
    const char *name = name_of(path);
    if (code != SQLITE_OK || !name) return code;
    pthread_mutex_lock(&lock);
    name = names[place_of(name)].name;
    pthread_mutex_unlock(&lock);
    add((power_cut_step){POWER_CUT_DELETE, 0, name, 0, NULL, 0});
    if (syncs_directory) add((power_cut_step){POWER_CUT_SYNC_DIRECTORY, 0, NULL, 0, NULL, 0});
    return code;
}

int power_cut_record(const char *path) {
    pthread_mutex_lock(&lock);
    int code = SQLITE_OK;
    if (!real) {
        code = sqlite3_initialize();
        real = code == SQLITE_OK ? sqlite3_vfs_find(NULL) : NULL;
    }
    if (real && !ours.zName) {
        ours = *real;
        ours.zName = "power-cut";
        ours.szOsFile = ((real->szOsFile + 15) & ~15) + (int)sizeof(recorded_file);
        ours.xOpen = open_file;
        ours.xDelete = delete_file;
        code = sqlite3_vfs_register(&ours, 1);
    }
    for (int index = 0; index < count; index++) free((void *)steps[index].bytes);
    count = files = 0;
    for (int place = 0; place < MAXIMUM_NAMES; place++) names[place].file = 0;
    if (!realpath(path, directory)) code = SQLITE_CANTOPEN;
    pthread_mutex_unlock(&lock);
    return code;
}

int power_cut_count(void) {
    pthread_mutex_lock(&lock);
    int result = count;
    pthread_mutex_unlock(&lock);
    return result;
}

power_cut_step power_cut_step_at(int index) {
    pthread_mutex_lock(&lock);
    power_cut_step step = steps[index];
    pthread_mutex_unlock(&lock);
    return step;
}
