// First include of every kernel build's translation unit: what the .inl files need, and nothing that
// brings in shared inline functions.
#ifndef BITNET_KERNELS_BUILD_H
#define BITNET_KERNELS_BUILD_H

#include <stdint.h>

#include "include/bitnet.h"
#include "kernels/table.h"

// Loops over the registers of a tile must be unrolled, or the tile lives in memory.
#if defined(__clang__)
#define BN_UNROLL _Pragma("unroll")
#else
#define BN_UNROLL _Pragma("GCC unroll 32")
#endif

namespace bitnet {

// Rows of weights that are computed together for one token. They lie far apart, each the next piece of a long
// stream: a core that reads four streams gets more from memory than with one (Zen 3, huge pages: 28 GB/s
// and 22), or than with rows side by side, which are streams too short to be fetched ahead (8).
constexpr uint64_t kStreams = 4;

// How many bytes ahead a stream is fetched; 0 leaves it to the CPU. Zen 5 reads up to 6 % more from memory when
// it is told, Zen 3 less.
#if defined(__AVX512F__)
constexpr uint64_t kStreamAhead = 2048;
#else
constexpr uint64_t kStreamAhead = 0;
#endif

}  // namespace bitnet

// A function with the registers to itself.
#define BN_NO_INLINE __attribute__((noinline))

// Makes the compiler believe that a vector register's value changes here: the value exists then, in a
// register, and such places keep their order.
#if !defined(BN_OPAQUE)
#if defined(__aarch64__)
#define BN_OPAQUE(v) __asm__ volatile("" : "+w"(v))
#else
#define BN_OPAQUE(v) __asm__ volatile("" : "+v"(v))
#endif
#endif

#endif
