#include "ops/linear.h"

namespace bitnet {

uint64_t linear_row_count(const LinearLayer* layers, uint32_t n_layers) {
  uint64_t rows = 0;
  for (uint32_t i = 0; i < n_layers; ++i) rows += layers[i].weights->rows;
  return rows;
}

void linear_rows(const KernelTable& kernel, const LinearLayer* layers, uint32_t n_layers,
                 const QuantizedRows& input, uint64_t begin, uint64_t end,
                 void* scratch) {
  uint64_t first = 0;  // number of the layer's row 0
  for (uint32_t i = 0; i < n_layers; ++i) {
    const uint64_t rows = layers[i].weights->rows, last = first + rows;
    const uint64_t from = begin > first ? begin : first, to = end < last ? end : last;
    if (from < to) {
      kernel.ternary_matmul(layers[i].weights, &input, from - first, to - first, layers[i].y, rows,
                            scratch);
    }
    first = last;
  }
}

uint64_t linear_chunk_rows(const KernelTable& kernel, uint64_t n_rows, uint64_t n_tokens,
                           uint32_t n_threads) {
  const uint64_t multiple = n_tokens == 1 ? 4 : kernel.panel_rows;
  // Enough chunks to even out the threads' speeds, and not more with several tokens, whose activations
  // are fetched anew for each.
  const uint64_t chunks = uint64_t{n_threads} * (n_tokens == 1 ? 16 : 10);
  return (n_rows / chunks + multiple) / multiple * multiple;
}

}  // namespace bitnet
