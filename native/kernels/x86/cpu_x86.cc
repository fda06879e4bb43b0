#include <cpuid.h>

#include <atomic>

#include "kernels/cpu.h"
#include "kernels/table.h"

namespace bitnet {
namespace {

// Register state the OS saves on a context switch (XCR0). Only legal when OSXSAVE is set.
uint64_t saved_state() {
  uint32_t low, high;
  __asm__ volatile("xgetbv" : "=a"(low), "=d"(high) : "c"(0));
  return static_cast<uint64_t>(high) << 32 | low;
}

bool all(uint64_t value, uint64_t bits) { return (value & bits) == bits; }

uint64_t detect() {
  uint32_t a, b, c, d;
  if (!__get_cpuid(1, &a, &b, &c, &d)) return 0;
  const uint32_t osxsave = 1u << 27, avx = 1u << 28, fma = 1u << 12, f16c = 1u << 29;
  if (!all(c, osxsave | avx | fma | f16c)) return 0;
  const uint64_t state = saved_state();
  const uint64_t ymm = 0x6;   // SSE and AVX registers
  const uint64_t zmm = 0xe6;  // and opmask, upper halves of zmm0-15, zmm16-31
  if (!all(state, ymm)) return 0;

  if (!__get_cpuid_count(7, 0, &a, &b, &c, &d)) return 0;
  uint64_t features = 0;
  const uint32_t avx2 = 1u << 5;
  if (all(b, avx2)) features |= BN_CPU_AVX2;
  const uint32_t f = 1u << 16, dq = 1u << 17, bw = 1u << 30, vl = 1u << 31;
  if (all(b, avx2 | f | dq | bw | vl) && all(state, zmm)) {
    features |= BN_CPU_AVX512;
    if (all(c, 1u << 11)) features |= BN_CPU_AVX512_VNNI;
  }
  if (a >= 1 && all(b, avx2)) {  // a: the highest subleaf
    __cpuid_count(7, 1, a, b, c, d);
    if (all(a, 1u << 4)) features |= BN_CPU_AVX_VNNI;
  }
  return features;
}

}  // namespace

uint64_t cpu_features() {
  // CPUID traps in virtual machines, so its answer is kept. Two threads may both detect: they agree.
  const uint64_t known = 1ull << 63;
  static std::atomic<uint64_t> cache{0};
  uint64_t features = cache.load(std::memory_order_relaxed);
  if (features == 0) {
    features = detect() | known;
    cache.store(features, std::memory_order_relaxed);
  }
  return features & ~known;
}

}  // namespace bitnet
