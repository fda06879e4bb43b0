// Ternary linear layers that share one quantised input, such as q, k and v.
#ifndef BITNET_OPS_LINEAR_H
#define BITNET_OPS_LINEAR_H

#include "kernels/table.h"

namespace bitnet {

// The weights of a layer; packed.data is NULL when there are none in that form.
struct TernaryWeights {
  TernaryMatrix codes;
  PackedMatrix packed;
};

struct LinearLayer {
  const TernaryWeights* weights;
  float* y;  // [n_tokens][rows]
};

// Rows of all layers together: the range that linear_rows splits.
uint64_t linear_row_count(const LinearLayer* layers, uint32_t n_layers);

// Computes rows begin..end, numbered through the layers in turn, for every token.
// scratch is as ternary_matmul wants it.
void linear_rows(const KernelTable& kernel, const LinearLayer* layers, uint32_t n_layers,
                 const QuantizedRows& input, uint64_t begin, uint64_t end, void* scratch);

// How many rows a thread should take at a time.
uint64_t linear_chunk_rows(const KernelTable& kernel, uint64_t n_rows, uint64_t n_tokens,
                           uint32_t n_threads);

// The same with packed weights, for one token, in groups of BN_PACKED_ROWS rows; inputs are those of
// KernelTable::packed_inputs.
uint64_t packed_linear_group_count(const LinearLayer* layers, uint32_t n_layers);
void packed_linear_groups(const KernelTable& kernel, const LinearLayer* layers, uint32_t n_layers,
                          const int8_t* inputs, float input_scale, uint64_t begin, uint64_t end);
uint64_t packed_linear_chunk_groups(uint64_t n_groups, uint32_t n_threads);

}  // namespace bitnet

#endif
