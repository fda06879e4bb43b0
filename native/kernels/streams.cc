#include "kernels/streams.h"

#include "include/bitnet_kernels.h"
#include "kernels/cpu.h"
#include "kernels/streams.inl"

namespace bitnet {

#if defined(BITNET_KERNELS_X86)
uint64_t sum_words_avx2(const void* data, uint64_t bytes);
#endif

uint64_t sum_words(const void* data, uint64_t bytes) {
#if defined(BITNET_KERNELS_X86)
  if ((cpu_features() & BN_CPU_AVX2) != 0) return sum_words_avx2(data, bytes);
#endif
  return sum_words_of(data, bytes);
}

}  // namespace bitnet
