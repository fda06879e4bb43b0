// Kernel builds with something wrong, one for each value of BUILD; see CMakeLists.txt.
#include "bitnet_kernels.h"

#if BUILD_WRONG_SOFTMAX
static float softmax(float* scores, uint64_t n) {
  (void)scores;
  return (float)n;
}
#endif

#if BUILD_WRITES_BEYOND || BUILD_FUTURE_CPU || BUILD_BAD_NAME || BUILD_TAKEN_NAME
static void add(const float* x, const float* z, uint64_t n, float* y) {
  for (uint64_t i = 0; i < n; ++i) y[i] = x[i] + z[i];
#if BUILD_WRITES_BEYOND
  y[n] = 0;
#endif
}
#endif

#if !BUILD_WITHOUT_FUNCTION && !BUILD_NULL
static const bn_kernel_table kTable = {
    .version = BN_KERNEL_TABLE_VERSION,
    .size = sizeof(bn_kernel_table),
    .name = "broken",
    .description = "for tests",
#if BUILD_WRONG_SOFTMAX
    .softmax = softmax,
#endif
#if BUILD_WRITES_BEYOND || BUILD_FUTURE_CPU || BUILD_BAD_NAME || BUILD_TAKEN_NAME
    .add = add,
#endif
};
#endif

#if !BUILD_WITHOUT_FUNCTION
BN_KERNEL_EXPORT const bn_kernel_table* bn_kernel_build(void) {
#if BUILD_NULL
  return 0;
#else
  static bn_kernel_table table;
  table = kTable;
#if BUILD_FUTURE_VERSION
  table.version = BN_KERNEL_TABLE_VERSION + 1;
#elif BUILD_OTHER_SIZE
  table.size += 8;
#elif BUILD_FUTURE_CPU
  table.requirements = 1ull << 63;
#elif BUILD_BAD_NAME
  table.name = "has a space";
#elif BUILD_TAKEN_NAME
  table.name = "scalar";
#endif
  return &table;
#endif
}
#endif
