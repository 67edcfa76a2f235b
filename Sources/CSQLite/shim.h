#ifndef APE_CSQLITE_SHIM_H
#define APE_CSQLITE_SHIM_H

#include <sqlite3.h>

// SQLite copies what is bound: the macro that says so is a cast, which Swift cannot see.

static inline int ape_sqlite_bind_text(sqlite3_stmt *statement, int place, const char *text, int length) {
    return sqlite3_bind_text(statement, place, text, length, SQLITE_TRANSIENT);
}

static inline int ape_sqlite_bind_blob(sqlite3_stmt *statement, int place, const void *bytes, int length) {
    // A pointer that is null would bind NULL.
    return length == 0 ? sqlite3_bind_zeroblob(statement, place, 0)
                       : sqlite3_bind_blob(statement, place, bytes, length, SQLITE_TRANSIENT);
}

#endif
