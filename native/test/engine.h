// Handles of the C API with lifetimes, and one forward pass from plain vectors.
#ifndef BITNET_TEST_ENGINE_H
#define BITNET_TEST_ENGINE_H

#include <memory>
#include <vector>

#include "kernels/registry.h"
#include "runtime/model.h"
#include "test/check.h"
#include "test/small_model.h"

template <auto Destroy>
struct Destroyer {
  template <typename T>
  void operator()(T* handle) const { Destroy(handle); }
};
using PoolHandle = std::unique_ptr<bn_pool, Destroyer<bn_pool_destroy>>;
using ModelHandle = std::unique_ptr<bn_model, Destroyer<bn_model_destroy>>;
using KvHandle = std::unique_ptr<bn_kv, Destroyer<bn_kv_destroy>>;
using ContextHandle = std::unique_ptr<bn_context, Destroyer<bn_context_destroy>>;

inline PoolHandle make_pool(uint32_t n_threads) {
  bn_pool* pool = nullptr;
  CHECK_EQ(bn_pool_create(n_threads, &pool), BN_OK);
  return PoolHandle(pool);
}

// A model forced onto one kernel table. Tables outside the registry (the emulated ones) replace the
// scalar one.
inline ModelHandle make_model(SmallModel& source, const bitnet::KernelTable* table) {
  uint32_t kernel = 0;
  for (uint32_t i = 0; i < bitnet::kernel_count(); ++i) {
    if (&bitnet::kernel_at(i) == table) kernel = i;
  }
  const bn_model_config config = source.config(kernel);
  bn_model* model = nullptr;
  CHECK_EQ(bn_model_create(&config, &model, nullptr), BN_OK);
  if (model != nullptr && &bitnet::kernel_at(kernel) != table) model->kernel = table;
  CHECK(model != nullptr && model->kernel == table);
  return ModelHandle(model);
}

inline KvHandle make_kv(const bn_model* model, uint32_t type, uint32_t n_pages) {
  const bn_kv_config config = {sizeof(bn_kv_config), type, n_pages};
  bn_kv* kv = nullptr;
  CHECK_EQ(bn_kv_create(model, &config, &kv), BN_OK);
  return KvHandle(kv);
}

// The RoPE tables that a context borrows.
struct RopeTables {
  explicit RopeTables(const SmallModel& model)
      : cos(model.rope_table(false)), sin(model.rope_table(true)) {}
  std::vector<float> cos, sin;
};

inline ContextHandle make_context(const bn_model* model, bn_pool* pool, const RopeTables& rope,
                                  uint32_t max_batch_tokens) {
  const bn_context_config config = {sizeof(bn_context_config), max_batch_tokens,
                                    SmallModel::kPositions,    0,
                                    rope.cos.data(),           rope.sin.data(),
                                    rope.cos.size() * sizeof(float)};
  bn_context* context = nullptr;
  CHECK_EQ(bn_context_create(model, pool, &config, &context), BN_OK);
  return ContextHandle(context);
}

// A batch built token by token; every token wants logits unless said otherwise.
struct Batch {
  std::vector<int32_t> tokens, positions, sequences;
  std::vector<int32_t> pages;  // [n_sequences][pages_per_sequence]
  uint32_t n_sequences = 1, pages_per_sequence = 4;
  std::vector<uint8_t> want;
  std::vector<bn_tap> taps;
  uint32_t highest = 0;

  void add(int32_t token, int32_t position, int32_t sequence, bool wants = true) {
    tokens.push_back(token);
    positions.push_back(position);
    sequences.push_back(sequence);
    want.push_back(wants ? 1 : 0);
  }

  bn_batch view() const {
    return {sizeof(bn_batch), static_cast<uint32_t>(tokens.size()), tokens.data(),
            positions.data(), sequences.data(), pages.data(), n_sequences, pages_per_sequence,
            want.data(), taps.data(), taps.size() * sizeof(bn_tap), highest, 0};
  }
};

// Runs a batch; [wanted][n_vocab] logits.
inline std::vector<float> run(bn_context* context, bn_kv* kv, const Batch& batch,
                              uint32_t n_vocab) {
  uint64_t wanted = 0;
  for (const uint8_t w : batch.want) wanted += w;
  std::vector<float> logits(wanted * n_vocab);
  const bn_batch view = batch.view();
  CHECK_EQ(bn_forward(context, kv, &view, logits.data(), logits.size() * sizeof(float)), BN_OK);
  return logits;
}

#endif
