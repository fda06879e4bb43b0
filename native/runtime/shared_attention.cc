#include "runtime/shared_attention.h"

#include <algorithm>

namespace bitnet {
namespace {

// Columns of values that threads take together: in F16 a cache line of each.
constexpr uint64_t kMixColumns = 32;

// Covers the range 0..n of each of n_heads KV heads: threads call f(KV head, begin, end) for whole units of
// it (a head's last may be shorter), in chunks_per_thread chunks each.
template <typename F>
void for_each_range(PoolLease* threads, uint64_t n_heads, uint64_t n, uint64_t unit,
                    uint64_t chunks_per_thread, const F& f) {
  const uint64_t head_units = (n + unit - 1) / unit, units = n_heads * head_units;
  const uint64_t chunks = chunks_per_thread * threads->n_threads();
  threads->for_each(units, (units + chunks - 1) / chunks, [&](uint64_t i, uint64_t end, uint32_t) {
    while (i < end) {
      const uint64_t head = i / head_units, first = head * head_units;
      const uint64_t last = std::min(end, first + head_units);
      f(head, (i - first) * unit, std::min((last - first) * unit, n));
      i = last;
    }
  });
}

}  // namespace

uint64_t shared_attention_scratch_floats(const bn_hparams& hparams, uint64_t n_positions) {
  return hparams.n_heads * (n_positions + 1);  // scores, and the sum of each head's
}

void shared_attention(PoolLease* threads, const bn_kv& kv, uint32_t layer, const int32_t* table,
                      uint64_t n_positions, const float* q, float* scratch, float* out) {
  const bn_hparams& h = kv.model->hparams;
  const KernelTable& kernel = *kv.model->kernel;
  const uint64_t group = h.n_heads / h.n_kv_heads, d = h.head_dim;
  float *scores = scratch, *sums = scratch + h.n_heads * n_positions;

  const auto score = [&](uint64_t head, uint64_t begin, uint64_t end) {
    const KvView view = kv.view(layer, static_cast<uint32_t>(head), table);
    attention_scores(kernel, view, group, d, begin, end, h.attention_scale, q + head * group * d,
                     scores + head * group * n_positions, n_positions);
  };
  for_each_range(threads, h.n_kv_heads, n_positions, BN_KV_PAGE_TOKENS, 4, score);

  threads->for_each(h.n_heads, 1, [&](uint64_t i, uint64_t end, uint32_t) {
    for (; i < end; ++i) sums[i] = kernel.softmax(scores + i * n_positions, n_positions);
  });

  const auto mix = [&](uint64_t head, uint64_t begin, uint64_t end) {
    const KvView view = kv.view(layer, static_cast<uint32_t>(head), table);
    attention_mix(kernel, view, group, d, n_positions, begin, end,
                  scores + head * group * n_positions, sums + head * group, out + head * group * d);
  };
  // One chunk a thread: reading some columns of rows takes about as long as reading all, so as few heads as
  // possible are divided.
  for_each_range(threads, h.n_kv_heads, d, kMixColumns, 1, mix);
}

}  // namespace bitnet
