// Attention of one token, its work shared by all threads: whole KV heads are too few for that.
#ifndef BITNET_RUNTIME_SHARED_ATTENTION_H
#define BITNET_RUNTIME_SHARED_ATTENTION_H

#include "runtime/kv.h"
#include "runtime/pool.h"

namespace bitnet {

// Floats of scratch for up to n_positions.
uint64_t shared_attention_scratch_floats(const bn_hparams& hparams, uint64_t n_positions);

// out[n_heads][head_dim] from q[n_heads][head_dim] and positions 0..n_positions-1 of the sequence whose
// pages are listed in `table`.
void shared_attention(PoolLease* threads, const bn_kv& kv, uint32_t layer, const int32_t* table,
                      uint64_t n_positions, const float* q, float* scratch, float* out);

}  // namespace bitnet

#endif
