// Scores of queries that share a KV head, their products with the keys of some positions.
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
      float out[16];  // [position][query]: one V
      for (uint64_t i = 0; i < 4; i += 2) {
        dot_tile_in_parts<E, 2, 4>(at(k, (t + i) * row_bytes), row_bytes, q + j * head_dim,
                                   head_dim, head_dim, out + 4 * i);
      }
      BN_UNROLL
      for (uint64_t h = 0; h < 4; ++h) {
        float* to = scores + (j + h) * stride + t;
        BN_UNROLL
        for (int i = 0; i < 4; ++i) to[i] = out[4 * i + h] * scale;
      }
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

// ---- of many queries ----

// to[c * to_stride + r] = from[r * from_stride + c] for four of each.
inline void transpose_four(const float* from, uint64_t from_stride, float* to, uint64_t to_stride) {
  typedef float Four __attribute__((vector_size(16)));
  Four r[4];
  for (uint64_t i = 0; i < 4; ++i) __builtin_memcpy(&r[i], from + i * from_stride, sizeof r[i]);
  const Four a = __builtin_shufflevector(r[0], r[1], 0, 4, 1, 5);
  const Four b = __builtin_shufflevector(r[0], r[1], 2, 6, 3, 7);
  const Four c = __builtin_shufflevector(r[2], r[3], 0, 4, 1, 5);
  const Four d = __builtin_shufflevector(r[2], r[3], 2, 6, 3, 7);
  const Four columns[4] = {
      __builtin_shufflevector(a, c, 0, 1, 4, 5), __builtin_shufflevector(a, c, 2, 3, 6, 7),
      __builtin_shufflevector(b, d, 0, 1, 4, 5), __builtin_shufflevector(b, d, 2, 3, 6, 7)};
  for (uint64_t i = 0; i < 4; ++i) __builtin_memcpy(to + i * to_stride, &columns[i], sizeof r[i]);
}

// Keys of kOpenRows positions by column: to[i * kOpenRows + t] is element i of key t. Asks for as many of
// the next.
template <typename Row>
void keys_by_column(const void* k, uint64_t head_dim, const void* next, float* to) {
  const uint64_t row_bytes = Row::bytes(head_dim);
  prefetch_row(next, 0, kOpenRows * row_bytes);
  for (uint64_t i = 0; i < head_dim; i += 16) {
    float rows[kOpenRows * 16];
    for (uint64_t t = 0; t < kOpenRows; ++t) {
      Row(at(k, t * row_bytes), head_dim).load(i).store(rows + t * 16);
    }
    for (uint64_t t = 0; t < kOpenRows; t += 4) {
      for (uint64_t c = 0; c < 16; c += 4) {
        transpose_four(rows + t * 16 + c, 16, to + (i + c) * kOpenRows + t, kOpenRows);
      }
    }
  }
}

// Queries whose sums of K registers of keys, one V each, fill the registers: the first of wide registers, for
// two blocks of keys at a time.
constexpr int kColumnQueries = kPartLanes == 16 ? 8 : 4, kKeyBlocks = kPartLanes == 16 ? 2 : 1;

// Scores of K blocks of positions, one to each lane: what elsewhere are lanes are sums one after the other here,
// and are added in the order in which fold adds lanes.
template <int K>
BN_NO_INLINE void column_scores(const float* q, uint64_t head_dim, const float* keys, float scale,
                                float* scores, uint64_t stride) {
  static_assert(kOpenRows == 16);
  constexpr int H = kColumnQueries;
  constexpr uint64_t kBlock = kOpenColumns * kOpenRows;
  // Of lanes 8 apart (pair), then 4 apart, then those that are left.
  V pair[H * K], sums[4][H * K];
  for (int lane = 0; lane < 4; ++lane) {
    BN_UNROLL
    for (int part = 0; part < 4; ++part) {
      V acc[H][K];
      BN_UNROLL
      for (int h = 0; h < H; ++h) {
        BN_UNROLL
        for (int k = 0; k < K; ++k) acc[h][k] = V::zero();
      }
      for (uint64_t i = lane + part / 2 * 4 + part % 2 * 8; i < head_dim; i += 16) {
        V key[K];
        BN_UNROLL
        for (int k = 0; k < K; ++k) key[k] = V::load(keys + k * kBlock + i * kOpenRows);
        BN_UNROLL
        for (int h = 0; h < H; ++h) {
          const V element = V::set1(q[h * head_dim + i]);
          BN_UNROLL
          for (int k = 0; k < K; ++k) acc[h][k] = V::fma(key[k], element, acc[h][k]);
        }
      }
      BN_UNROLL
      for (int h = 0; h < H; ++h) {
        BN_UNROLL
        for (int k = 0; k < K; ++k) {
          V &before = pair[h * K + k], &sum = sums[lane][h * K + k];
          if (part % 2 == 0) {
            before = acc[h][k];
          } else if (part == 1) {
            sum = V::add(before, acc[h][k]);
          } else {
            sum = V::add(sum, V::add(before, acc[h][k]));
          }
        }
      }
    }
  }
  for (int h = 0; h < H; ++h) {
    for (int k = 0; k < K; ++k) {
      const int i = h * K + k;
      const V all = V::add(V::add(sums[0][i], sums[2][i]), V::add(sums[1][i], sums[3][i]));
      V::mul(all, V::set1(scale)).store(scores + h * stride + k * kOpenRows);
    }
  }
}

// Scores of many queries, as far as they and the positions make whole blocks; the rest by Few, which is one
// of the functions above.
template <typename Row, auto Few>
void scores_with(const float* q, uint64_t n_queries, uint64_t head_dim, const void* k,
                 uint64_t n_positions, const void* next, float scale, float* scores,
                 uint64_t stride) {
  const bool many = n_queries >= kManyQueries && can_open(head_dim);
  const uint64_t blocked = many ? n_queries / kColumnQueries * kColumnQueries : 0;
  const uint64_t whole = many ? n_positions / kOpenRows * kOpenRows : 0;
  alignas(64) float keys[kKeyBlocks * kOpenColumns * kOpenRows];
  for (uint64_t t = 0; t < whole; t += kKeyBlocks * kOpenRows) {
    const uint64_t left = (whole - t) / kOpenRows, n = left < kKeyBlocks ? left : kKeyBlocks;
    for (uint64_t i = 0; i < n; ++i) {
      const uint64_t byte = (t + i * kOpenRows) * Row::bytes(head_dim);
      keys_by_column<Row>(at(k, byte), head_dim, at(next, byte), keys + i * kOpenColumns * kOpenRows);
    }
    const auto scores_of_blocks = n == kKeyBlocks ? column_scores<kKeyBlocks> : column_scores<1>;
    for (uint64_t j = 0; j < blocked; j += kColumnQueries) {
      scores_of_blocks(q + j * head_dim, head_dim, keys, scale, scores + j * stride + t, stride);
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
