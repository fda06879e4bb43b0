// Ternary linear layers that share one quantised input, such as q, k and v.
#ifndef BITNET_OPS_LINEAR_H
#define BITNET_OPS_LINEAR_H

#include "kernels/table.h"

namespace bitnet {

struct LinearLayer {
  const TernaryMatrix* weights;
  float* y;  // [n_tokens][weights->rows]
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

}  // namespace bitnet

#endif
