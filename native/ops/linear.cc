#include "ops/linear.h"

#include "ops/pack.h"

namespace bitnet {
namespace {

// Chunks of a product with one token for each thread, enough to even out the threads' speeds, few enough that
// each is some long streams of memory.
constexpr uint64_t kChunksOfOneToken = 3;

// The same with several tokens, whose activations are fetched anew for each chunk.
constexpr uint64_t kChunksOfSeveralTokens = 10;

// Calls f(layer, from, to) for the part of begin..end that each layer has, counted from its own first unit;
// units(layer) is how many it has.
template <typename Units, typename F>
void for_each_part(const LinearLayer* layers, uint32_t n_layers, uint64_t begin, uint64_t end,
                   const Units& units, const F& f) {
  uint64_t first = 0;  // number of the layer's unit 0
  for (uint32_t i = 0; i < n_layers; ++i) {
    const uint64_t last = first + units(layers[i]);
    const uint64_t from = begin > first ? begin : first, to = end < last ? end : last;
    if (from < to) f(layers[i], from - first, to - first);
    first = last;
  }
}

uint64_t row_count(const LinearLayer& layer) { return layer.weights->codes.rows; }

uint64_t group_count(const LinearLayer& layer) {
  return packed_group_count(layer.weights->packed.rows);
}

}  // namespace

uint64_t linear_row_count(const LinearLayer* layers, uint32_t n_layers) {
  uint64_t rows = 0;
  for (uint32_t i = 0; i < n_layers; ++i) rows += row_count(layers[i]);
  return rows;
}

void linear_rows(const KernelTable& kernel, const LinearLayer* layers, uint32_t n_layers,
                 const QuantizedRows& input, uint64_t begin, uint64_t end,
                 void* scratch) {
  for_each_part(layers, n_layers, begin, end, row_count,
                [&](const LinearLayer& layer, uint64_t from, uint64_t to) {
                  const TernaryMatrix& matrix = layer.weights->codes;
                  kernel.ternary_matmul(&matrix, &input, from, to, layer.y, matrix.rows, scratch);
                });
}

uint64_t linear_chunk_rows(const KernelTable& kernel, uint64_t n_rows, uint64_t n_tokens,
                           uint32_t n_threads) {
  if (n_threads == 1) return n_rows;
  const uint64_t multiple = n_tokens == 1 ? 4 : kernel.panel_rows;
  const uint64_t chunks = n_threads * (n_tokens == 1 ? kChunksOfOneToken : kChunksOfSeveralTokens);
  return (n_rows / chunks + multiple) / multiple * multiple;
}

uint64_t packed_linear_group_count(const LinearLayer* layers, uint32_t n_layers) {
  uint64_t groups = 0;
  for (uint32_t i = 0; i < n_layers; ++i) groups += group_count(layers[i]);
  return groups;
}

void packed_linear_groups(const KernelTable& kernel, const LinearLayer* layers, uint32_t n_layers,
                          const int8_t* inputs, float input_scale, uint64_t begin, uint64_t end) {
  for_each_part(layers, n_layers, begin, end, group_count,
                [&](const LinearLayer& layer, uint64_t from, uint64_t to) {
                  kernel.packed_product(&layer.weights->packed, inputs, input_scale, from, to,
                                        layer.y);
                });
}

uint64_t packed_linear_chunk_groups(uint64_t n_groups, uint32_t n_threads) {
  return n_threads == 1 ? n_groups : n_groups / (n_threads * kChunksOfOneToken) + 1;
}

}  // namespace bitnet
