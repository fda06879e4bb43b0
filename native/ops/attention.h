// Attention of one token's query heads that share a KV head.
#ifndef BITNET_OPS_ATTENTION_H
#define BITNET_OPS_ATTENTION_H

#include "kernels/table.h"

namespace bitnet {

// Keys and values of one KV head in one sequence. Position t lies in block t / block_tokens; block b
// is number blocks[b] of the store (b itself when blocks is NULL), and inside a block the positions
// follow one another, one row each (ops/kv_row.h).
struct KvView {
  uint32_t type;  // BN_TYPE_F16, BN_TYPE_F32 or BN_TYPE_Q8_0
  const uint8_t* keys;    // of position 0 of store block 0
  const uint8_t* values;  // likewise
  uint64_t block_bytes;   // from one block's positions to the next block's
  uint64_t block_tokens;
  const int32_t* blocks;
};

// Floats of scratch that attention needs for n_heads heads over n_positions.
uint64_t attention_scratch_floats(uint64_t n_heads, uint64_t n_positions);

// out[n_heads][head_dim] from q[n_heads][head_dim] and positions 0..n_positions-1 (n_positions >= 1).
void attention(const KernelTable& kernel, const KvView& kv, uint64_t n_heads, uint64_t head_dim,
               uint64_t n_positions, float scale, const float* q, float* scratch, float* out);

// The same in steps, each of which threads may share: scores over ranges of positions, then
// KernelTable::softmax of each head's, then the mixing over ranges of columns.

// scores[n_heads][stride] of positions begin..end; begin is a multiple of kv.block_tokens.
void attention_scores(const KernelTable& kernel, const KvView& kv, uint64_t n_heads,
                      uint64_t head_dim, uint64_t begin, uint64_t end, float scale, const float* q,
                      float* scores, uint64_t stride);

// Columns begin..end of out[n_heads][head_dim]; begin is a multiple of 16. e[n_heads][n_positions] and
// sums[n_heads] are what softmax left.
void attention_mix(const KernelTable& kernel, const KvView& kv, uint64_t n_heads, uint64_t head_dim,
                   uint64_t n_positions, uint64_t begin, uint64_t end, const float* e,
                   const float* sums, float* out);

}  // namespace bitnet

#endif
