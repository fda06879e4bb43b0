#include "kernels/registry.h"

#include <atomic>

#include "kernels/cpu.h"

namespace bitnet {

extern const KernelTable kernel_scalar;
#if defined(BITNET_KERNELS_X86)
extern const KernelTable kernel_avx2;
extern const KernelTable kernel_avxvnni;
extern const KernelTable kernel_avx512;
extern const KernelTable kernel_avx512vnni;
#elif defined(BITNET_KERNELS_ARM)
extern const KernelTable kernel_neon;
extern const KernelTable kernel_neon_dotprod;
extern const KernelTable kernel_neon_i8mm;
#endif

namespace {

const KernelTable* const kBuilds[] = {
    &kernel_scalar,
#if defined(BITNET_KERNELS_X86)
    &kernel_avx2,
    &kernel_avxvnni,
    &kernel_avx512,
    &kernel_avx512vnni,
#elif defined(BITNET_KERNELS_ARM)
    &kernel_neon,
    &kernel_neon_dotprod,
    &kernel_neon_i8mm,
#endif
};
constexpr uint32_t kBuiltIn = sizeof kBuilds / sizeof kBuilds[0];

// Those from n_added on are not visible yet.
KernelTable added[kMaxAddedKernels];
std::atomic<uint32_t> n_added{0};

}  // namespace

uint32_t kernel_count() { return kBuiltIn + n_added.load(std::memory_order_acquire); }

const KernelTable& kernel_at(uint32_t index) {
  return index < kBuiltIn ? *kBuilds[index] : added[index - kBuiltIn];
}

bool kernel_runnable(const KernelTable& table) {
  return (cpu_features() & table.requirements) == table.requirements;
}

bool kernel_runnable(uint32_t index) { return kernel_runnable(kernel_at(index)); }

uint32_t kernel_best() {
  uint32_t best = kBuiltIn - 1;
  while (!kernel_runnable(best)) --best;  // ends at scalar, which requires nothing
  return best;
}

uint32_t kernel_add(const KernelTable& table) {
  const uint32_t n = n_added.load(std::memory_order_relaxed);
  if (n == kMaxAddedKernels) return UINT32_MAX;
  added[n] = table;
  n_added.store(n + 1, std::memory_order_release);
  return kBuiltIn + n;
}

}  // namespace bitnet
