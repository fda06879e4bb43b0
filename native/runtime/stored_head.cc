#include "runtime/stored_head.h"

namespace bitnet {
namespace {

// Rows that a thread takes at a time: enough that preparing the inputs of quantised types for each of them
// counts little, which takes as long for each of several tokens as for one.
constexpr uint64_t kChunkRows = 192, kChunkRowsOfSeveralTokens = 384;

}  // namespace

void StoredHead::compute(const float* x, uint64_t n_tokens, PoolLease* threads, float* logits) const {
  const uint64_t chunk = n_tokens == 1 ? kChunkRows : kChunkRowsOfSeveralTokens;
  threads->for_each(rows, chunk, [&](uint64_t begin, uint64_t end, uint32_t) {
    kernel.head(type, data, cols, begin, end, x, n_tokens, logits, rows);
  });
}

}  // namespace bitnet
