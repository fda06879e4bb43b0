// Scores of queries that share a KV head, their products with the keys of some positions. Written over, from
// scores_by_column.inl or x86/scores_avx512.inl, head_dim a multiple of 16:
//
//   score_tile<E>(q, head_dim, k, scale, scores, stride)    of 4 queries and 4 rows of keys
//   open_keys<Row>(k, head_dim, next, to)                   kBlockKeys rows as floats, as block_scores takes them;
//                                                           asks for as many of the next
//   block_scores(q, head_dim, keys, scale, scores, stride)  of 4 queries and those
#pragma once

#include "kernels/attention_rows.inl"

namespace {

template <typename Row>
void scores_of(const float* q, uint64_t n_queries, uint64_t head_dim, const void* k,
               uint64_t n_positions, const void* next, float scale, float* scores,
               uint64_t stride) {
  const uint64_t row_bytes = Row::bytes(head_dim);
  for (uint64_t t = 0; t < n_positions; ++t) {
    prefetch_row(next, t * row_bytes, row_bytes);
    const Row row[1] = {Row(at(k, t * row_bytes), head_dim)};
    float out[4];
    uint64_t j = 0;
    for (; j + 4 <= n_queries; j += 4) {
      dot_tile<Row, 1, 4>(row, q + j * head_dim, head_dim, head_dim, out);
      for (uint64_t i = 0; i < 4; ++i) scores[(j + i) * stride + t] = out[i] * scale;
    }
    for (; j < n_queries; ++j) {
      dot_tile<Row, 1, 1>(row, q + j * head_dim, head_dim, head_dim, out);
      scores[j * stride + t] = out[0] * scale;
    }
  }
}

// The same, of four positions and four queries at once wherever there are as many.
template <typename E>
void scores_in_tiles(const float* q, uint64_t n_queries, uint64_t head_dim, const void* k,
                     uint64_t n_positions, const void* next, float scale, float* scores,
                     uint64_t stride) {
  const uint64_t row_bytes = head_dim * E::kBlockBytes;
  const uint64_t tiled = head_dim % 16 == 0 ? n_queries / 4 * 4 : 0;
  uint64_t t = 0;
  for (; t + 4 <= n_positions; t += 4) {
    prefetch_row(next, t * row_bytes, 4 * row_bytes);
    for (uint64_t j = 0; j < tiled; j += 4) {
      score_tile<E>(q + j * head_dim, head_dim, at(k, t * row_bytes), scale, scores + j * stride + t,
                    stride);
    }
  }
  if (tiled < n_queries) {
    scores_of<PlainRow<E>>(q + tiled * head_dim, n_queries - tiled, head_dim, k, t, next, scale,
                           scores + tiled * stride, stride);
  }
  scores_of<PlainRow<E>>(q, n_queries, head_dim, at(k, t * row_bytes), n_positions - t,
                         at(next, t * row_bytes), scale, scores + t, stride);
}

// The same for rows that are not single elements, opened to floats first.
template <typename Row>
void scores_of_opened(const float* q, uint64_t n_queries, uint64_t head_dim, const void* k,
                      uint64_t n_positions, const void* next, float scale, float* scores,
                      uint64_t stride) {
  float open[kOpenRows * kOpenColumns];
  for (uint64_t t = 0; t < n_positions; t += kOpenRows) {
    const uint64_t n = n_positions - t < kOpenRows ? n_positions - t : kOpenRows;
    const uint64_t byte = t * Row::bytes(head_dim);
    open_rows<Row>(at(k, byte), n, head_dim, 0, head_dim, at(next, byte), open);
    scores_in_tiles<F32>(q, n_queries, head_dim, open, n, open, scale, scores + t, stride);
  }
}

// Scores of many queries, as far as they and the positions make whole blocks; the rest by Few, which is one
// of the functions above.
template <typename Row, auto Few>
void scores_with(const float* q, uint64_t n_queries, uint64_t head_dim, const void* k,
                 uint64_t n_positions, const void* next, float scale, float* scores,
                 uint64_t stride) {
  const bool many = n_queries >= kManyQueries && can_open(head_dim);
  const uint64_t blocked = many ? n_queries / 4 * 4 : 0;
  const uint64_t whole = many ? n_positions / kBlockKeys * kBlockKeys : 0;
  alignas(64) float keys[kBlockKeys * kOpenColumns];
  for (uint64_t t = 0; t < whole; t += kBlockKeys) {
    const uint64_t byte = t * Row::bytes(head_dim);
    open_keys<Row>(at(k, byte), head_dim, at(next, byte), keys);
    for (uint64_t j = 0; j < blocked; j += 4) {
      block_scores(q + j * head_dim, head_dim, keys, scale, scores + j * stride + t, stride);
    }
  }
  if (blocked < n_queries && whole > 0) {
    Few(q + blocked * head_dim, n_queries - blocked, head_dim, k, whole, next, scale,
        scores + blocked * stride, stride);
  }
  if (whole < n_positions) {
    const uint64_t byte = whole * Row::bytes(head_dim);
    Few(q, n_queries, head_dim, at(k, byte), n_positions - whole, at(next, byte), scale,
        scores + whole, stride);
  }
}

void attention_scores_kernel(const float* q, uint64_t n_queries, uint64_t head_dim,
                             uint32_t kv_type, const void* k, uint64_t n_positions,
                             const void* next, float scale, float* scores, uint64_t stride) {
  const bool opens = can_open(head_dim) && n_queries >= 4;
  const auto of = kv_type == BN_TYPE_F32   ? scores_with<PlainRow<F32>, scores_in_tiles<F32>>
                  : kv_type == BN_TYPE_F16 ? scores_with<PlainRow<F16>, scores_in_tiles<F16>>
                  : opens                  ? scores_with<Q8Row, scores_of_opened<Q8Row>>
                                           : scores_with<Q8Row, scores_of<Q8Row>>;
  of(q, n_queries, head_dim, k, n_positions, next, scale, scores, stride);
}

}  // namespace
