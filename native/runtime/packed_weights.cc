#include "runtime/packed_weights.h"

#include <atomic>

#include "ops/pack.h"

namespace bitnet {
namespace {

uint64_t packed_bytes(const TernaryMatrix& matrix) {
  return packed_group_count(matrix.rows) * packed_group_bytes(matrix.cols);
}

// False when a code is 3.
bool pack_matrix(const TernaryMatrix& matrix, PoolLease* threads, uint8_t* to) {
  std::atomic<bool> ternary{true};
  threads->for_each(packed_group_count(matrix.rows), 1,
                    [&](uint64_t begin, uint64_t end, uint32_t) {
                      for (uint64_t g = begin; g < end; ++g) {
                        if (!pack_group(matrix, g, to + g * packed_group_bytes(matrix.cols))) {
                          ternary.store(false, std::memory_order_relaxed);
                        }
                      }
                    });
  return ternary.load(std::memory_order_relaxed);
}

// Calls f(weights) for each ternary matrix in the order a pass needs them, until one returns false.
template <typename F>
bool for_each_matrix(bn_model* model, const F& f) {
  for (uint64_t i = 0; i < model->layers.size(); ++i) {
    ModelLayer& l = model->layers[i];
    for (TernaryWeights* weights : {&l.q, &l.k, &l.v, &l.attn_output, &l.gate, &l.up, &l.down}) {
      if (!f(weights)) return false;
    }
  }
  return true;
}

}  // namespace

int32_t pack_weights(bn_model* model, bn_pool* pool) {
  if (model->packed_weights.size() > 0) return BN_ERROR_ARGUMENT;
  uint64_t bytes = 0;
  for_each_matrix(model, [&bytes](const TernaryWeights* weights) {
    bytes += packed_bytes(weights->codes);
    return true;
  });
  Array<uint8_t> packed;
  if (!packed.allocate(bytes)) return BN_ERROR_OUT_OF_MEMORY;
  prefer_huge_pages(packed.data(), packed.bytes());
  PoolLease threads(pool);
  uint8_t* to = packed.data();
  const bool ternary = for_each_matrix(model, [&](const TernaryWeights* weights) {
    uint8_t* const here = to;
    to += packed_bytes(weights->codes);
    return pack_matrix(weights->codes, &threads, here);
  });
  if (!ternary) return BN_ERROR_TENSOR_VALUE;
  model->packed_weights.swap(packed);
  to = model->packed_weights.data();
  for_each_matrix(model, [&to](TernaryWeights* weights) {
    const TernaryMatrix& codes = weights->codes;
    weights->packed = {to, codes.rows, codes.cols, codes.scale};
    to += packed_bytes(codes);
    return true;
  });
  return BN_OK;
}

}  // namespace bitnet
