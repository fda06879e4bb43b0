// A kernel build outside bitnet4j: one file, two headers of native/include, any C or C++ compiler.
//
//     cc -O2 -ffp-contract=off -fPIC -shared -I native/include -o libsample_kernels.so sample_kernels.c
//     bitnet run --kernel ./libsample_kernels.so ...
//
// It brings a ternary product of its own and leaves all other functions to bitnet4j.
#include "bitnet_kernels.h"

// The weights of a byte, high bits first: code - 1, the unused code 3 counting as +2.
static int32_t dot(const uint8_t* codes, const int8_t* q, uint64_t cols) {
  int32_t sum = 0;
  for (uint64_t block = 0; block < cols; block += 128) {
    for (uint64_t i = 0; i < 32; ++i) {
      const int32_t byte = codes[block / 4 + i];
      const int8_t* x = q + block + i;
      sum += ((byte >> 6) - 1) * x[0] + ((byte >> 4 & 3) - 1) * x[32] + ((byte >> 2 & 3) - 1) * x[64] +
             ((byte & 3) - 1) * x[96];
    }
  }
  return sum;
}

static void ternary_matmul(const bn_ternary_matrix* matrix, const bn_quantized_rows* activations,
                           uint64_t row_begin, uint64_t row_end, float* y, uint64_t y_stride,
                           void* scratch) {
  (void)scratch;  // none was asked for
  const uint64_t cols = matrix->cols;
  for (uint64_t t = 0; t < activations->n_tokens; ++t) {
    for (uint64_t r = row_begin; r < row_end; ++r) {
      const int32_t sum = dot(matrix->codes + r * cols / 4, activations->q + t * cols, cols);
      // As native/ARITHMETIC.md writes it: convert, divide, multiply, each rounded once.
      y[t * y_stride + r] = ((float)sum / activations->scales[t]) * matrix->scale;
    }
  }
}

static const bn_kernel_table kTable = {
    .version = BN_KERNEL_TABLE_VERSION,
    .size = sizeof(bn_kernel_table),
    .name = "sample",
    .description = "sample from outside the library: its own ternary product in plain C",
    .requirements = 0,
    .scratch_bytes = 0,
    .panel_rows = 1,
    .ternary_matmul = ternary_matmul,
};

BN_KERNEL_EXPORT const bn_kernel_table* bn_kernel_build(void) { return &kTable; }
