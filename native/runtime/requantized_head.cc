#include "runtime/requantized_head.h"

#include <atomic>

#include "ops/dense.h"
#include "ops/requantize.h"

namespace bitnet {
namespace {

constexpr uint64_t kChunkRows = 16;

}  // namespace

int32_t requantize_head(bn_model* model, bn_pool* pool, uint32_t type) {
  if (!can_requantize_to(type) || model->screened_head.ready()) return BN_ERROR_ARGUMENT;
  const StoredHead head = model->head();
  const uint64_t row_bytes = dense_row_bytes(type, head.cols);
  if (row_bytes == 0) return BN_ERROR_TENSOR_SHAPE;
  if (row_bytes >= head.row_bytes) return BN_ERROR_TENSOR_TYPE;

  PoolLease threads(pool);
  Array<float> widened;  // [threads][cols]
  Array<uint8_t> rows;
  if (!widened.allocate(threads.n_threads() * head.cols) ||
      !rows.allocate(head.rows * row_bytes)) {
    return BN_ERROR_OUT_OF_MEMORY;
  }
  prefer_huge_pages(rows.data(), rows.bytes());
  std::atomic<bool> representable{true};
  threads.for_each(head.rows, kChunkRows, [&](uint64_t begin, uint64_t end, uint32_t thread) {
    float* w = widened.data() + thread * head.cols;
    for (uint64_t r = begin; r < end; ++r) {
      head.kernel.widen(head.type, head.data + r * head.row_bytes, head.cols, w);
      if (!requantize_row(head.kernel, type, w, head.cols, rows.data() + r * row_bytes)) {
        representable.store(false, std::memory_order_relaxed);
      }
    }
  });
  if (!representable.load(std::memory_order_relaxed)) return BN_ERROR_TENSOR_VALUE;
  model->own_head.swap(rows);
  model->output = {model->own_head.data(), type, row_bytes};
  return BN_OK;
}

}  // namespace bitnet
