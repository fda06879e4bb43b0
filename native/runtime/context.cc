#include "runtime/context.h"

#include <string.h>

#include <algorithm>

#include "ops/pack.h"
#include "runtime/shared_attention.h"

namespace bitnet {

namespace {

// Calls f(part, counts...) for every part of a context that is allocated, until one returns false; the
// counts are what its allocate and bytes_for take. Context is bn_context or const bn_context.
template <typename Context, typename F>
bool for_each_part(Context& c, const ContextSize& size, const F& f) {
  const bn_hparams& h = size.hparams;
  const uint64_t t = size.max_batch_tokens, e = h.n_embd, ff = h.n_ff, threads = size.n_threads;
  const uint64_t a = uint64_t{h.n_heads} * h.head_dim, kv = uint64_t{h.n_kv_heads} * h.head_dim;
  // The largest product is 1024 threads * 2^35 floats.
  return f(c.stream, t * e) && f(c.q, t * a) && f(c.k, t * kv) && f(c.v, t * kv) &&
         f(c.attention, t * a) && f(c.gate, t * ff) && f(c.up, t * ff) && f(c.output, t * e) &&
         f(c.quantized, t * size.row_floats()) && f(c.scales, t) && f(c.sums, t) &&
         f(c.packed_inputs, packed_input_bytes(size.row_floats())) &&
         f(c.rows, threads * size.row_floats()) && f(c.sequence_ends, t) && f(c.written_pages, t) &&
         f(c.kernel_scratch, threads * size.kernel_bytes()) &&
         f(c.scores, std::max(threads * size.score_floats(),
                              shared_attention_scratch_floats(h, size.max_positions))) &&
         (!size.screened_head || f(c.screening, h.n_vocab, e, t));
}

}  // namespace

uint64_t ContextSize::row_floats() const {
  return std::max({uint64_t{hparams.n_embd}, uint64_t{hparams.n_heads} * hparams.head_dim,
                   uint64_t{hparams.n_ff}});
}

uint64_t ContextSize::score_floats() const {
  return attention_scratch_floats(hparams.n_heads / hparams.n_kv_heads, hparams.head_dim,
                                  max_positions);
}

uint64_t ContextSize::kernel_bytes() const { return (kernel.scratch_bytes + 63) / 64 * 64; }

uint64_t context_bytes_for(const ContextSize& size) {
  const bn_context none;
  uint64_t bytes = sizeof none;
  for_each_part(none, size, [&bytes]<typename Part>(const Part&, auto... counts) {
    bytes += Part::bytes_for(counts...);
    return true;
  });
  return bytes;
}

uint64_t FixedMap::entries_for(uint64_t max_keys) {
  uint64_t size = 2;
  while (size < 2 * max_keys) size *= 2;
  return size;
}

bool FixedMap::allocate(uint64_t max_keys) { return entries_.allocate(entries_for(max_keys)); }

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
  model = &for_model;
  pool = on_pool;
  max_batch_tokens = config.max_batch_tokens;
  max_positions = config.max_positions;
  rope_cos = config.rope_cos;
  rope_sin = config.rope_sin;
  row_floats = size().row_floats();
  score_floats = size().score_floats();
  kernel_bytes = size().kernel_bytes();
  const bool ok = bitnet::for_each_part(
      *this, size(), [](auto& part, auto... counts) { return part.allocate(counts...); });
  return ok ? BN_OK : BN_ERROR_OUT_OF_MEMORY;
}

bitnet::ContextSize bn_context::size() const {
  return {model->hparams,   *model->kernel, pool->n_threads,
          max_batch_tokens, max_positions,  model->screened_head.ready()};
}

uint64_t bn_context::bytes() const {
  uint64_t bytes = sizeof *this;
  bitnet::for_each_part(*this, size(), [&bytes](const auto& part, auto...) {
    bytes += part.bytes();
    return true;
  });
  return bytes;
}
