// With system.h the only C in this project: three things Swift cannot say. All static inline, no
// object file.
#ifndef LAKE_INTRINSICS_H
#define LAKE_INTRINSICS_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

/// Asks the processor to fetch the cache line at `address` for reading.
static inline void lake_prefetch(const void *address) { __builtin_prefetch(address, 0, 1); }

#if defined(__x86_64__)
static inline int lake_has_crc32c(void) { return __builtin_cpu_supports("sse4.2"); }

__attribute__((target("sse4.2"))) static inline uint32_t
lake_crc32c_hardware(uint32_t crc, const uint8_t *bytes, size_t count) {
  uint64_t state = crc;
  while (count >= 8) {
    uint64_t word;
    memcpy(&word, bytes, 8);
    state = __builtin_ia32_crc32di(state, word);
    bytes += 8;
    count -= 8;
  }
  uint32_t tail = (uint32_t)state;
  while (count > 0) {
    tail = __builtin_ia32_crc32qi(tail, *bytes);
    bytes += 1;
    count -= 1;
  }
  return tail;
}
#else
static inline int lake_has_crc32c(void) { return 0; }
static inline uint32_t lake_crc32c_hardware(uint32_t crc, const uint8_t *bytes, size_t count) {
  (void)bytes;
  (void)count;
  return crc;
}
#endif

#endif
