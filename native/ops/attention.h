// Attention of query heads that share a KV head.
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

// The query heads of some tokens of one sequence. Token i sees positions 0..positions[i]; its heads'
// queries, and their results, are rows of head_dim floats from i * stride on.
struct AttentionTile {
  uint64_t n_tokens, n_heads, head_dim;
  const int32_t* positions;
  uint64_t stride;
};

// The number of tokens that a tile may have, up to which more are faster, for tokens that see up to
// n_positions.
uint64_t attention_tile_tokens(uint64_t n_heads, uint64_t n_positions);

// Floats of scratch for any tile of tokens that see up to n_positions.
uint64_t attention_scratch_floats(uint64_t n_heads, uint64_t head_dim, uint64_t n_positions);

// The results for a tile's queries q.
void attention(const KernelTable& kernel, const KvView& kv, const AttentionTile& tile, float scale,
               const float* q, float* scratch, float* out);

// The same in steps for up to kMaxAttentionQueries rows of queries: scores, then KernelTable::softmax of
// each row's, then mixing, from zeros, then KernelTable::divide.

struct Range {
  uint64_t begin, end;
};

// Scores of the positions in rows that lie stride apart: a power of two would put all rows' into the same
// few lines of a cache.
uint64_t attention_score_stride(uint64_t n_positions);

// scores[n_queries][stride] of q[n_queries][head_dim] at these positions.
void attention_scores(const KernelTable& kernel, const KvView& kv, uint64_t n_queries,
                      uint64_t head_dim, Range positions, float scale, const float* q,
                      float* scores, uint64_t stride);

// Adds values weighted with e[n_queries][stride] to these columns of acc[n_queries][head_dim];
// columns.begin is a multiple of 16.
void attention_mix(const KernelTable& kernel, const KvView& kv, uint64_t n_queries,
                   uint64_t head_dim, Range positions, Range columns, const float* e,
                   uint64_t stride, float* acc);

}  // namespace bitnet

#endif
