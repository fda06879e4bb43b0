#include "runtime/shared_attention.h"

#include <string.h>

#include <algorithm>

namespace bitnet {
namespace {

// Columns of values that threads take together: in F16 a cache line of each.
constexpr uint64_t kMixColumns = 32;

// Covers the range 0..n of each of n_heads KV heads: threads call f(KV head, range) for whole units of it
// (a head's last may be shorter), in chunks_per_thread chunks each.
template <typename F>
void for_each_range(PoolLease* threads, uint64_t n_heads, uint64_t n, uint64_t unit,
                    uint64_t chunks_per_thread, const F& f) {
  const uint64_t head_units = (n + unit - 1) / unit, units = n_heads * head_units;
  const uint64_t chunks = chunks_per_thread * threads->n_threads();
  threads->for_each(units, (units + chunks - 1) / chunks, [&](uint64_t i, uint64_t end, uint32_t) {
    while (i < end) {
      const uint64_t head = i / head_units, first = head * head_units;
      const uint64_t last = std::min(end, first + head_units);
      f(head, Range{(i - first) * unit, std::min((last - first) * unit, n)});
      i = last;
    }
  });
}

}  // namespace

uint64_t shared_attention_scratch_floats(const bn_hparams& hparams, uint64_t n_positions) {
  return hparams.n_heads * (attention_score_stride(n_positions) + 1);  // and the sum of each head's
}

void shared_attention(PoolLease* threads, const bn_kv& kv, uint32_t layer, const int32_t* table,
                      uint64_t n_positions, const float* q, float* scratch, float* out) {
  const bn_hparams& h = kv.model->hparams;
  const KernelTable& kernel = *kv.model->kernel;
  const uint64_t group = h.n_heads / h.n_kv_heads, d = h.head_dim;
  const uint64_t stride = attention_score_stride(n_positions);
  float *scores = scratch, *sums = scratch + h.n_heads * stride;
  // Calls f(view, head, n) for a KV head's query heads, as many as a kernel takes at a time.
  const auto for_each_group = [&](uint64_t kv_head, const auto& f) {
    const KvView view = kv.view(layer, static_cast<uint32_t>(kv_head), table);
    for (uint64_t j = 0; j < group; j += kMaxAttentionQueries) {
      f(view, kv_head * group + j, std::min(kMaxAttentionQueries, group - j));
    }
  };

  const auto score = [&](uint64_t kv_head, Range positions) {
    for_each_group(kv_head, [&](const KvView& view, uint64_t head, uint64_t n) {
      attention_scores(kernel, view, n, d, positions, h.attention_scale, q + head * d,
                       scores + head * stride, stride);
    });
  };
  for_each_range(threads, h.n_kv_heads, n_positions, BN_KV_PAGE_TOKENS, 4, score);

  threads->for_each(h.n_heads, 1, [&](uint64_t i, uint64_t end, uint32_t) {
    for (; i < end; ++i) sums[i] = kernel.softmax(scores + i * stride, n_positions);
  });

  memset(out, 0, h.n_heads * d * sizeof(float));
  const auto mix = [&](uint64_t kv_head, Range columns) {
    for_each_group(kv_head, [&](const KvView& view, uint64_t head, uint64_t n) {
      attention_mix(kernel, view, n, d, {0, n_positions}, columns, scores + head * stride, stride,
                    out + head * d);
      for (uint64_t j = head; j < head + n; ++j) {
        kernel.divide(out + j * d + columns.begin, columns.end - columns.begin, sums[j]);
      }
    });
  };
  // One chunk a thread: reading some columns of rows takes about as long as reading all, so as few heads as
  // possible are divided.
  for_each_range(threads, h.n_kv_heads, d, kMixColumns, 1, mix);
}

}  // namespace bitnet
