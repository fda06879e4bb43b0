// The bn_op functions: argument checks and calls of one kernel each.
#include "include/bitnet.h"
#include "kernels/registry.h"
#include "ops/attention.h"
#include "ops/dense.h"
#include "ops/kv_row.h"
#include "runtime/array.h"

using namespace bitnet;

namespace {

int32_t find_kernel(uint32_t index, const KernelTable** kernel) {
  if (index >= kernel_count()) return BN_ERROR_UNKNOWN_KERNEL;
  if (!kernel_runnable(index)) return BN_ERROR_KERNEL_NOT_RUNNABLE;
  *kernel = &kernel_at(index);
  return BN_OK;
}

// The memory of any buffer that a caller can hold is below this.
constexpr uint64_t kMaxElements = uint64_t{1} << 48;

bool in_range(uint64_t n) { return n >= 1 && n <= kMaxElements; }

// Elements of a matrix, or more than any buffer holds.
uint64_t bytes_of(uint64_t a, uint64_t b, uint64_t element) {
  return saturating_product(a, b, element);
}

}  // namespace

int32_t bn_op_quantize(uint32_t kernel, uint64_t n_rows, uint64_t n_cols, const float* x,
                       uint64_t x_bytes, int8_t* q, uint64_t q_bytes, float* scales,
                       uint64_t scales_bytes) {
  const KernelTable* table;
  const int32_t status = find_kernel(kernel, &table);
  if (status != BN_OK) return status;
  if (x == nullptr || q == nullptr || scales == nullptr) return BN_ERROR_NULL;
  if (!in_range(n_rows) || n_cols < 1 || n_cols > BN_MAX_COLUMNS) return BN_ERROR_ARGUMENT;
  if (x_bytes < bytes_of(n_rows, n_cols, 4) || q_bytes < bytes_of(n_rows, n_cols, 1) ||
      scales_bytes < bytes_of(n_rows, 1, 4)) {
    return BN_ERROR_BUFFER_TOO_SMALL;
  }
  const DefaultFloatMode float_mode;
  for (uint64_t r = 0; r < n_rows; ++r) {
    int32_t sum;
    table->quantize(x + r * n_cols, n_cols, q + r * n_cols, scales + r, &sum);
  }
  return BN_OK;
}

int32_t bn_op_ternary_matmul(uint32_t kernel, uint64_t n_tokens, uint64_t rows, uint64_t cols,
                             const uint8_t* weights, uint64_t weights_bytes, const int8_t* q,
                             uint64_t q_bytes, const float* scales, uint64_t scales_bytes, float* y,
                             uint64_t y_bytes) {
  const KernelTable* table;
  const int32_t status = find_kernel(kernel, &table);
  if (status != BN_OK) return status;
  if (weights == nullptr || q == nullptr || scales == nullptr || y == nullptr) return BN_ERROR_NULL;
  if (!in_range(n_tokens) || !in_range(rows) || cols < 128 || cols > BN_MAX_COLUMNS ||
      cols % 128 != 0) {
    return BN_ERROR_ARGUMENT;
  }
  const uint64_t code_bytes = bytes_of(rows, cols / 4, 1);
  if (weights_bytes < 32 || weights_bytes - 32 < code_bytes ||
      q_bytes < bytes_of(n_tokens, cols, 1) || scales_bytes < bytes_of(n_tokens, 1, 4) ||
      y_bytes < bytes_of(n_tokens, rows, 4)) {
    return BN_ERROR_BUFFER_TOO_SMALL;
  }
  Array<uint8_t> scratch;
  if (!scratch.allocate(table->scratch_bytes)) return BN_ERROR_OUT_OF_MEMORY;
  const DefaultFloatMode float_mode;
  TernaryMatrix matrix = {weights, rows, cols, 0};
  __builtin_memcpy(&matrix.scale, weights + code_bytes, sizeof matrix.scale);
  // In groups of tokens, so that the sums of q need no allocation.
  constexpr uint64_t kGroup = 64;
  int32_t sums[kGroup];
  for (uint64_t t = 0; t < n_tokens; t += kGroup) {
    const uint64_t n = n_tokens - t < kGroup ? n_tokens - t : kGroup;
    for (uint64_t i = 0; i < n; ++i) {
      sums[i] = 0;
      for (uint64_t c = 0; c < cols; ++c) sums[i] += q[(t + i) * cols + c];
    }
    const QuantizedRows input = {q + t * cols, scales + t, sums, n};
    table->ternary_matmul(&matrix, &input, 0, rows, y + t * rows, rows, scratch.data());
  }
  return BN_OK;
}

int32_t bn_op_rms_norm(uint32_t kernel, uint64_t n, const float* x, const float* weight,
                       float epsilon, float* y, uint64_t bytes_each) {
  const KernelTable* table;
  const int32_t status = find_kernel(kernel, &table);
  if (status != BN_OK) return status;
  if (x == nullptr || weight == nullptr || y == nullptr) return BN_ERROR_NULL;
  if (!in_range(n)) return BN_ERROR_ARGUMENT;
  if (bytes_each < bytes_of(n, 1, 4)) return BN_ERROR_BUFFER_TOO_SMALL;
  const DefaultFloatMode float_mode;
  table->rms_norm(x, weight, n, epsilon, y);
  return BN_OK;
}

int32_t bn_op_rope(uint32_t kernel, uint64_t n_heads, uint64_t head_dim, float* x, uint64_t x_bytes,
                   const float* cos, const float* sin, uint64_t table_bytes) {
  const KernelTable* table;
  const int32_t status = find_kernel(kernel, &table);
  if (status != BN_OK) return status;
  if (x == nullptr || cos == nullptr || sin == nullptr) return BN_ERROR_NULL;
  if (!in_range(n_heads) || !in_range(head_dim) || head_dim % 2 != 0) return BN_ERROR_ARGUMENT;
  if (x_bytes < bytes_of(n_heads, head_dim, 4) || table_bytes < bytes_of(head_dim / 2, 1, 4)) {
    return BN_ERROR_BUFFER_TOO_SMALL;
  }
  const DefaultFloatMode float_mode;
  table->rope(x, n_heads, head_dim, cos, sin);
  return BN_OK;
}

int32_t bn_op_kv_rows(uint32_t kernel, uint32_t kv_type, uint64_t n_rows, uint64_t head_dim,
                      const float* x, uint64_t x_bytes, uint8_t* rows, uint64_t rows_bytes) {
  const KernelTable* table;
  const int32_t status = find_kernel(kernel, &table);
  if (status != BN_OK) return status;
  if (x == nullptr || rows == nullptr) return BN_ERROR_NULL;
  if (!in_range(n_rows) || !in_range(head_dim)) return BN_ERROR_ARGUMENT;
  const uint64_t row_bytes = kv_row_bytes(kv_type, head_dim);
  if (row_bytes == 0) return BN_ERROR_ARGUMENT;
  if (x_bytes < bytes_of(n_rows, head_dim, 4) || rows_bytes < bytes_of(n_rows, row_bytes, 1)) {
    return BN_ERROR_BUFFER_TOO_SMALL;
  }
  const DefaultFloatMode float_mode;
  for (uint64_t r = 0; r < n_rows; ++r) {
    kv_store_row(*table, kv_type, x + r * head_dim, head_dim, rows + r * row_bytes);
  }
  return BN_OK;
}

int32_t bn_op_attention(uint32_t kernel, uint64_t n_heads, uint64_t n_kv_heads, uint64_t head_dim,
                        uint64_t n_positions, float scale, const float* q, uint64_t q_bytes,
                        uint32_t kv_type, const void* k, const void* v, uint64_t kv_bytes_each,
                        float* out, uint64_t out_bytes) {
  const KernelTable* table;
  const int32_t status = find_kernel(kernel, &table);
  if (status != BN_OK) return status;
  if (q == nullptr || k == nullptr || v == nullptr || out == nullptr) return BN_ERROR_NULL;
  if (!in_range(n_heads) || !in_range(n_kv_heads) || n_heads % n_kv_heads != 0 ||
      !in_range(head_dim) || !in_range(n_positions)) {
    return BN_ERROR_ARGUMENT;
  }
  const uint64_t row_bytes = kv_row_bytes(kv_type, head_dim);
  if (row_bytes == 0) return BN_ERROR_ARGUMENT;
  if (q_bytes < bytes_of(n_heads, head_dim, 4) || out_bytes < bytes_of(n_heads, head_dim, 4) ||
      kv_bytes_each < saturating_product(n_kv_heads, n_positions, row_bytes)) {
    return BN_ERROR_BUFFER_TOO_SMALL;
  }
  if (n_positions > INT32_MAX) return BN_ERROR_ARGUMENT;
  const uint64_t group = n_heads / n_kv_heads;
  Array<float> scratch;
  if (!scratch.allocate(attention_scratch_floats(group, head_dim, n_positions))) {
    return BN_ERROR_OUT_OF_MEMORY;
  }
  const DefaultFloatMode float_mode;
  const uint64_t head_bytes = n_positions * row_bytes;
  const int32_t position = static_cast<int32_t>(n_positions) - 1;
  for (uint64_t h = 0; h < n_kv_heads; ++h) {
    const KvView view = {kv_type, static_cast<const uint8_t*>(k) + h * head_bytes,
                         static_cast<const uint8_t*>(v) + h * head_bytes, 0, n_positions, nullptr};
    attention(*table, view, {1, group, head_dim, &position, 0}, scale, q + h * group * head_dim,
              scratch.data(), out + h * group * head_dim);
  }
  return BN_OK;
}

int32_t bn_op_activation(uint32_t kernel, uint32_t activation, uint64_t n, const float* gate,
                         const float* up, float* y, uint64_t bytes_each) {
  const KernelTable* table;
  const int32_t status = find_kernel(kernel, &table);
  if (status != BN_OK) return status;
  if (gate == nullptr || up == nullptr || y == nullptr) return BN_ERROR_NULL;
  if (!in_range(n) || activation > BN_ACTIVATION_SILU) return BN_ERROR_ARGUMENT;
  if (bytes_each < bytes_of(n, 1, 4)) return BN_ERROR_BUFFER_TOO_SMALL;
  const DefaultFloatMode float_mode;
  table->activate(activation, n, gate, up, y);
  return BN_OK;
}

int32_t bn_op_head(uint32_t kernel, uint32_t type, uint64_t rows, uint64_t cols,
                   const void* weights, uint64_t weights_bytes, const float* x, uint64_t x_bytes,
                   float* logits, uint64_t logits_bytes) {
  const KernelTable* table;
  const int32_t status = find_kernel(kernel, &table);
  if (status != BN_OK) return status;
  if (weights == nullptr || x == nullptr || logits == nullptr) return BN_ERROR_NULL;
  if (!in_range(rows) || !in_range(cols)) return BN_ERROR_ARGUMENT;
  const uint64_t row_bytes = dense_row_bytes(type, cols);
  if (row_bytes == 0) return BN_ERROR_ARGUMENT;
  if (weights_bytes < bytes_of(rows, row_bytes, 1) || x_bytes < bytes_of(cols, 1, 4) || logits_bytes < bytes_of(rows, 1, 4)) {
    return BN_ERROR_BUFFER_TOO_SMALL;
  }
  const DefaultFloatMode float_mode;
  table->head(type, weights, cols, 0, rows, x, 1, logits, rows);
  return BN_OK;
}

int32_t bn_op_exp(uint32_t kernel, uint64_t n, const float* x, float* y, uint64_t bytes_each) {
  const KernelTable* table;
  const int32_t status = find_kernel(kernel, &table);
  if (status != BN_OK) return status;
  if (x == nullptr || y == nullptr) return BN_ERROR_NULL;
  if (!in_range(n)) return BN_ERROR_ARGUMENT;
  if (bytes_each < bytes_of(n, 1, 4)) return BN_ERROR_BUFFER_TOO_SMALL;
  const DefaultFloatMode float_mode;
  table->exp(x, n, y);
  return BN_OK;
}
