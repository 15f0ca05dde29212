/* Counts the calls that change files under one folder, and breaks one of them.

   Preloaded into a process (LD_PRELOAD), armed by it through fault_arm. KILL ends the process at
   the chosen call with SIGKILL: before it, in the middle of a write (the first half is written),
   or after it. FULL lets that call and every later one that needs space fail with ENOSPC. */

#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/types.h>
#include <unistd.h>

enum { COUNT, KILL_BEFORE, KILL_WITHIN, KILL_AFTER, FULL };

static char watched[PATH_MAX];
static int mode = COUNT;
static long chosen = -1;
static long seen = 0;

void fault_arm(const char *folder, int how, long at) {
  seen = 0;
  mode = how;
  chosen = at;
  strncpy(watched, folder, sizeof watched - 1);
}

long fault_seen(void) { return seen; }

static int is_watched(const char *path) {
  size_t length = strlen(watched);
  return length > 0 && strncmp(path, watched, length) == 0;
}

static int is_open_on_watched(int descriptor) {
  char link[64], path[PATH_MAX];
  if (!watched[0]) return 0;
  snprintf(link, sizeof link, "/proc/self/fd/%d", descriptor);
  ssize_t length = readlink(link, path, sizeof path - 1);
  if (length < 0) return 0;
  path[length] = 0;
  return is_watched(path);
}

static void die(void) { kill(getpid(), SIGKILL); for (;;) pause(); }

/* Whether this is the chosen call; with FULL, whether it comes at or after it. */
static int is_chosen(int concerned) {
  if (!concerned) return 0;
  long number = __atomic_fetch_add(&seen, 1, __ATOMIC_SEQ_CST);
  return chosen >= 0 && (mode == FULL ? number >= chosen : number == chosen);
}

#define REAL(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))

#define WRITING(name, declared, given, half)                                   \
  ssize_t name declared {                                                      \
    int hit = is_chosen(is_open_on_watched(descriptor));                       \
    if (hit && mode == FULL) { errno = ENOSPC; return -1; }                    \
    if (hit && mode == KILL_BEFORE) die();                                     \
    if (hit && mode == KILL_WITHIN) { REAL(name) half; die(); }                \
    ssize_t result = REAL(name) given;                                         \
    if (hit) die();                                                            \
    return result;                                                             \
  }

#define CHANGING(name, declared, given, concerned, needs_space)                \
  int name declared {                                                          \
    int hit = is_chosen(concerned);                                            \
    if (hit && mode == FULL && needs_space) { errno = ENOSPC; return -1; }     \
    if (hit && (mode == KILL_BEFORE || mode == KILL_WITHIN)) die();            \
    int result = REAL(name) given;                                             \
    if (hit && mode == KILL_AFTER) die();                                      \
    return result;                                                             \
  }

WRITING(write, (int descriptor, const void *data, size_t size),
        (descriptor, data, size), (descriptor, data, size / 2))
WRITING(pwrite, (int descriptor, const void *data, size_t size, off_t offset),
        (descriptor, data, size, offset), (descriptor, data, size / 2, offset))
WRITING(pwrite64, (int descriptor, const void *data, size_t size, off64_t offset),
        (descriptor, data, size, offset), (descriptor, data, size / 2, offset))
CHANGING(fsync, (int descriptor), (descriptor), is_open_on_watched(descriptor), 1)
CHANGING(fdatasync, (int descriptor), (descriptor), is_open_on_watched(descriptor), 1)
CHANGING(ftruncate, (int descriptor, off_t size), (descriptor, size),
         is_open_on_watched(descriptor), 1)
CHANGING(ftruncate64, (int descriptor, off64_t size), (descriptor, size),
         is_open_on_watched(descriptor), 1)
CHANGING(rename, (const char *from, const char *to), (from, to), is_watched(from), 0)
CHANGING(unlink, (const char *path), (path), is_watched(path), 0)
