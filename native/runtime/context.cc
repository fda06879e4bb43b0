#include "runtime/context.h"

#include <string.h>

namespace bitnet {

bool FixedMap::allocate(uint64_t max_keys) {
  uint64_t size = 2;
  while (size < 2 * max_keys) size *= 2;
  return entries_.allocate(size);
}

void FixedMap::clear() { memset(entries_.data(), 0, entries_.bytes()); }

uint64_t FixedMap::slot_of(uint64_t key) const {
  const uint64_t mask = entries_.size() - 1;
  uint64_t i = (key * 0x9e3779b97f4a7c15u >> 32) & mask;  // Fibonacci hashing
  while (entries_[i].key_plus_one != 0 && entries_[i].key_plus_one != key + 1) i = (i + 1) & mask;
  return i;
}

int64_t& FixedMap::find_or_add(uint64_t key, int64_t initial, bool* added) {
  Entry& entry = entries_[slot_of(key)];
  *added = entry.key_plus_one == 0;
  if (*added) entry = {key + 1, initial};
  return entry.value;
}

const int64_t* FixedMap::find(uint64_t key) const {
  const Entry& entry = entries_[slot_of(key)];
  return entry.key_plus_one == 0 ? nullptr : &entry.value;
}

}  // namespace bitnet

int32_t bn_context::allocate(const bn_model& for_model, bn_pool* on_pool,
                             const bn_context_config& config) {
  const bn_hparams& h = for_model.hparams;
  model = &for_model;
  pool = on_pool;
  max_batch_tokens = config.max_batch_tokens;
  max_positions = config.max_positions;
  rope_cos = config.rope_cos;
  rope_sin = config.rope_sin;

  const uint64_t t = max_batch_tokens, e = h.n_embd, f = h.n_ff, a = for_model.attn_width();
  const uint64_t kv = for_model.kv_width(), threads = pool->n_threads;
  row_floats = e > a ? e : a;
  if (f > row_floats) row_floats = f;
  score_floats = bitnet::attention_scratch_floats(h.n_heads / h.n_kv_heads, max_positions);
  kernel_bytes = (model->kernel->scratch_bytes + 63) / 64 * 64;
  // The largest product is 2^16 tokens * 2^20 floats: only the last line's can grow further, and
  // Array checks the multiplication by the element's size.
  const bool ok = stream.allocate(t * e) && q.allocate(t * a) && k.allocate(t * kv) &&
                  v.allocate(t * kv) && attention.allocate(t * a) && gate.allocate(t * f) &&
                  up.allocate(t * f) && output.allocate(t * e) &&
                  quantized.allocate(t * row_floats) && scales.allocate(t) && sums.allocate(t) &&
                  rows.allocate(threads * row_floats) && sequence_ends.allocate(t) &&
                  written_pages.allocate(t) &&
                  kernel_scratch.allocate(threads * kernel_bytes) &&
                  scores.allocate(bitnet::saturating_product(threads, score_floats)) &&
                  (!model->screened_head.ready() || screening.allocate(h.n_vocab, e));
  return ok ? BN_OK : BN_ERROR_OUT_OF_MEMORY;
}

uint64_t bn_context::bytes() const {
  return sizeof *this + stream.bytes() + q.bytes() + k.bytes() + v.bytes() + attention.bytes() +
         gate.bytes() + up.bytes() + output.bytes() + quantized.bytes() + scales.bytes() +
         sums.bytes() + rows.bytes() + scores.bytes() + kernel_scratch.bytes() +
         screening.bytes() + sequence_ends.bytes() + written_pages.bytes();
}
