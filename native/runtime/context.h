// Scratch memory of forward passes.
#ifndef BITNET_RUNTIME_CONTEXT_H
#define BITNET_RUNTIME_CONTEXT_H

#include "runtime/kv.h"
#include "runtime/model.h"
#include "runtime/pool.h"

namespace bitnet {

// A map from 64-bit keys to 64-bit values with room for a fixed number of keys.
class FixedMap {
 public:
  [[nodiscard]] bool allocate(uint64_t max_keys);
  static uint64_t bytes_for(uint64_t max_keys) { return Array<Entry>::bytes_for(entries_for(max_keys)); }
  void clear();

  // The value of `key`, made with `initial` when it is new.
  int64_t& find_or_add(uint64_t key, int64_t initial, bool* added);
  // NULL when absent.
  const int64_t* find(uint64_t key) const;

  uint64_t bytes() const { return entries_.bytes(); }

 private:
  struct Entry {
    uint64_t key_plus_one;  // 0: free
    int64_t value;
  };
  static uint64_t entries_for(uint64_t max_keys);  // a power of two, at least twice the keys
  uint64_t slot_of(uint64_t key) const;            // where it is or would go

  Array<Entry> entries_;
};

// What the scratch memory of a context depends on; all of it within the limits of bitnet.h.
struct ContextSize {
  const bn_hparams& hparams;
  const KernelTable& kernel;
  uint32_t n_threads;
  uint32_t max_batch_tokens;
  uint32_t max_positions;
  bool screened_head;

  uint64_t row_floats() const;    // the widest of n_embd, attn_width and n_ff
  uint64_t score_floats() const;  // of one thread
  uint64_t kernel_bytes() const;  // of one thread
};

// Bytes that bn_context::bytes() tells of a context of this size.
uint64_t context_bytes_for(const ContextSize& size);

}  // namespace bitnet

struct bn_context {
  const bn_model* model = nullptr;
  bn_pool* pool = nullptr;
  uint32_t max_batch_tokens = 0;
  uint32_t max_positions = 0;
  const float* rope_cos = nullptr;
  const float* rope_sin = nullptr;

  // T tokens, E = n_embd, A = attn_width, K = kv_width, F = n_ff, W = the widest of E, A and F.
  bitnet::Array<float> stream;     // [T][E] the residual stream
  bitnet::Array<float> q;          // [T][A]
  bitnet::Array<float> k;          // [T][K]
  bitnet::Array<float> v;          // [T][K]
  bitnet::Array<float> attention;  // [T][A]
  bitnet::Array<float> gate;       // [T][F]
  bitnet::Array<float> up;         // [T][F]
  bitnet::Array<float> output;     // [T][E] of attn_output, ffn_down and the output norm
  bitnet::Array<int8_t> quantized; // [T][W]
  bitnet::Array<float> scales;     // [T]
  bitnet::Array<int32_t> sums;     // [T]
  bitnet::Array<int8_t> packed_inputs;  // KernelTable::packed_inputs of W columns

  uint64_t row_floats = 0;
  bitnet::Array<float> rows;  // [threads][row_floats] one norm's result
  uint64_t score_floats = 0;
  bitnet::Array<float> scores;  // [threads][score_floats], or shared_attention's

  uint64_t kernel_bytes = 0;
  bitnet::Array<uint8_t> kernel_scratch;  // [threads][kernel_bytes] KernelTable::scratch_bytes

  bitnet::Screening screening;  // when the model has a screened head
  uint64_t head_rows = 0;       // bn_context_head_rows

  // Batch validation.
  bitnet::FixedMap sequence_ends;  // sequence -> last position so far
  bitnet::FixedMap written_pages;  // page -> entry of the page table

  // BN_OK or BN_ERROR_OUT_OF_MEMORY; config is checked.
  int32_t allocate(const bn_model& for_model, bn_pool* on_pool, const bn_context_config& config);
  bitnet::ContextSize size() const;
  uint64_t bytes() const;
};

#endif
