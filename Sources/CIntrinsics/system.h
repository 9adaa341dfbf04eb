// Functions of the C library that Swift's module of it leaves out. Called by name, not looked up
// while the program runs: a program linked statically has no names to look up.
#ifndef LAKE_SYSTEM_H
#define LAKE_SYSTEM_H

#include <errno.h>
#include <stdint.h>
#include <sys/syscall.h>
#include <sys/vfs.h>
#include <unistd.h>
#if defined(__GLIBC__)
#include <malloc.h>
#endif

/// openat2(2): `how` are three words; libraries do not have it yet.
static inline long lake_openat2(int directory, const char *path, const uint64_t how[3]) {
  return syscall(437, directory, path, how, 3 * sizeof(uint64_t));
}

/// renameat2(2) with the flag that spares an existing name.
static inline int lake_rename_sparing(
  int directory, const char *old, int other, const char *name) {
#ifdef SYS_renameat2
  return (int)syscall(SYS_renameat2, directory, old, other, name, 1u);
#else
  errno = ENOSYS;
  return -1;
#endif
}

/// The magic number of the file system that holds an open file; -1 when it does not tell.
static inline int64_t lake_file_system_magic(int file) {
  struct statfs answer;
  if (fstatfs(file, &answer) != 0) return -1;
  return (int64_t)((uint64_t)answer.f_type & 0xFFFFFFFFu);
}

/// Thresholds in bytes of the allocator, where it has them: below the first it does not ask the
/// system for each piece of memory, below the second it keeps what was freed.
static inline void lake_keep_freed_memory(int map_threshold, int trim_threshold) {
#if defined(__GLIBC__)
  mallopt(M_MMAP_THRESHOLD, map_threshold);
  mallopt(M_TRIM_THRESHOLD, trim_threshold);
#else
  (void)map_threshold;
  (void)trim_threshold;
#endif
}

#endif
