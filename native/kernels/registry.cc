#include "kernels/registry.h"

#include "kernels/cpu.h"

namespace bitnet {

extern const KernelTable kernel_scalar;
#if defined(BITNET_KERNELS_X86)
extern const KernelTable kernel_avx2;
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
    &kernel_avx512,
    &kernel_avx512vnni,
#elif defined(BITNET_KERNELS_ARM)
    &kernel_neon,
    &kernel_neon_dotprod,
    &kernel_neon_i8mm,
#endif
};
constexpr uint32_t kCount = sizeof kBuilds / sizeof kBuilds[0];

}  // namespace

uint32_t kernel_count() { return kCount; }

const KernelTable& kernel_at(uint32_t index) { return *kBuilds[index]; }

bool kernel_runnable(uint32_t index) {
  const uint64_t required = kBuilds[index]->requirements;
  return required == 0 || (cpu_features() & required) == required;
}

uint32_t kernel_best() {
  uint32_t best = kCount - 1;
  while (!kernel_runnable(best)) --best;  // ends at scalar, which requires nothing
  return best;
}

}  // namespace bitnet
