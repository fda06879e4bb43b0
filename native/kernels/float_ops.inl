// The floating-point kernels, written once over V, a vector of the 16 lanes that ARITHMETIC.md speaks
// of. Included by each build's translation unit after the file that defines V for its instruction
// set; everything lies in an unnamed namespace, so no build shares code with another.
//
// V provides: zero, set1, load, store, load_f16, load_bf16, load_i8 (16 signed bytes to floats),
// broadcast_f16 (one F16 to all lanes), store_f16, add, sub, mul, div, fma(a, b, c), max(v, m) as
// v > m ? v : m, abs, negate, round_even, if_greater(a, b, x, y) as a > b ? x : y, if_nan(a, x, y),
// scale_by_power(p, k), fold, to_int8; and Squares, lanes of f64. fma32 is the scalar fused
// multiply-add.

namespace {

using namespace bitnet;

// ---- partial vectors: loads and stores of n < 16 elements ----

inline V load_part(const float* x, uint64_t n) {
  float lanes[16] = {};
  __builtin_memcpy(lanes, x, n * sizeof(float));
  return V::load(lanes);
}

inline void store_part(V v, float* y, uint64_t n) {
  float lanes[16];
  v.store(lanes);
  __builtin_memcpy(y, lanes, n * sizeof(float));
}

inline const unsigned char* at(const void* p, uint64_t byte) {
  return static_cast<const unsigned char*>(p) + byte;
}

// Element types of weights and of the KV cache: how 16 of them become a V.
struct F32 {
  static constexpr uint64_t kBlockElements = 1, kBlockBytes = 4;
  static V load(const void* p) { return V::load(static_cast<const float*>(p)); }
};
struct F16 {
  static constexpr uint64_t kBlockElements = 1, kBlockBytes = 2;
  static V load(const void* p) { return V::load_f16(p); }
};
struct BF16 {
  static constexpr uint64_t kBlockElements = 1, kBlockBytes = 2;
  static V load(const void* p) { return V::load_bf16(p); }
};

template <typename E>
inline V load_part_of(const void* p, uint64_t n) {
  unsigned char lanes[16 * 4] = {};
  __builtin_memcpy(lanes, p, n * E::kBlockBytes);
  return E::load(lanes);
}

// Quantised weights come in blocks. A Block is one of them opened: load(i) is its elements i..i+15,
// i a multiple of 16. Their products are exact.
struct Q8_0 {
  static constexpr uint64_t kBlockElements = 32, kBlockBytes = 34;
  struct Block {
    V d;
    const unsigned char* q;
    void open(const unsigned char* p) {
      d = V::broadcast_f16(p);
      q = p + 2;
    }
    V load(uint64_t i) const { return V::mul(d, V::load_i8(q + i)); }
  };
};

// Bytes anywhere in memory as one value.
typedef uint8_t Bytes16 __attribute__((vector_size(16), aligned(1), may_alias));
typedef uint8_t Bytes32 __attribute__((vector_size(32), aligned(1), may_alias));

struct Q4_0 {
  static constexpr uint64_t kBlockElements = 32, kBlockBytes = 18;
  struct Block {
    V d;
    uint8_t q[32];
    void open(const unsigned char* p) {
      d = V::broadcast_f16(p);
      const Bytes16 both = *reinterpret_cast<const Bytes16*>(p + 2);
      Bytes16* to = reinterpret_cast<Bytes16*>(q);
      to[0] = (both & 15) - 8;
      to[1] = (both >> 4) - 8;
    }
    V load(uint64_t i) const { return V::mul(d, V::load_i8(q + i)); }
  };
};

struct Q6_K {
  static constexpr uint64_t kBlockElements = 256, kBlockBytes = 210;
  struct Block {
    float scale[16];  // of 16 elements each
    uint8_t q[256];
    void open(const unsigned char* p) {
      V::mul(V::broadcast_f16(p + 208), V::load_i8(p + 192)).store(scale);
      for (int half = 0; half < 2; ++half) {
        const Bytes32* low = reinterpret_cast<const Bytes32*>(p + 64 * half);
        const Bytes32 a = low[0], b = low[1];
        const Bytes32 high = *reinterpret_cast<const Bytes32*>(p + 128 + 32 * half);
        Bytes32* to = reinterpret_cast<Bytes32*>(q + 128 * half);
        to[0] = ((a & 15) | ((high << 4) & 0x30)) - 32;
        to[1] = ((b & 15) | ((high << 2) & 0x30)) - 32;
        to[2] = ((a >> 4) | (high & 0x30)) - 32;
        to[3] = ((b >> 4) | ((high >> 2) & 0x30)) - 32;
      }
    }
    V load(uint64_t i) const { return V::mul(V::set1(scale[i / 16]), V::load_i8(q + i)); }
  };
};

template <typename E>
constexpr bool kInBlocks = E::kBlockElements > 1;

// Calls f with a value of the element type that `type` names.
template <typename F>
inline void with_element_type(uint32_t type, F f) {
  switch (type) {
    case BN_TYPE_F16: return f(F16());
    case BN_TYPE_BF16: return f(BF16());
    case BN_TYPE_Q8_0: return f(Q8_0());
    case BN_TYPE_Q6_K: return f(Q6_K());
    case BN_TYPE_Q4_0: return f(Q4_0());
    default: return f(F32());
  }
}

// The lane sum's end: adds the last n < 16 products to their own lanes only, then folds. (Padding
// with zeros would not do: it turns a lane of -0 into +0.)
inline float fold_with_tail(V lanes, V a, V b, uint64_t n) {
  if (n == 0) return lanes.fold();
  float l[16], x[16], y[16];
  lanes.store(l);
  a.store(x);
  b.store(y);
  for (uint64_t j = 0; j < n; ++j) l[j] = fma32(x[j], y[j], l[j]);
  return V::load(l).fold();
}

// ---- exp ----

inline V exp_of(V x) {
  const V high = V::set1(0x1.62e42ep+6f), low = V::set1(-0x1.5d589ep+6f);
  // Lanes outside [low, high], NaN among them, compute with a harmless value and are replaced below.
  V c = V::if_greater(x, low, x, low);
  c = V::if_greater(c, high, high, c);
  const V k = V::round_even(V::mul(c, V::set1(0x1.715476p+0f)));
  V r = V::fma(k, V::set1(-0x1.62e43p-1f), c);
  r = V::fma(k, V::set1(0x1.05c61p-29f), r);
  V p = V::set1(0x1.6a23dp-10f);
  p = V::fma(p, r, V::set1(0x1.123a2p-7f));
  p = V::fma(p, r, V::set1(0x1.5558f2p-5f));
  p = V::fma(p, r, V::set1(0x1.555492p-3f));
  p = V::fma(p, r, V::set1(0x1.fffffcp-2f));
  p = V::fma(p, r, V::set1(1.0f));
  p = V::fma(p, r, V::set1(1.0f));
  V y = V::scale_by_power(p, k);
  y = V::if_greater(x, high, V::set1(__builtin_inff()), y);
  y = V::if_greater(low, x, V::zero(), y);
  return V::if_nan(x, x, y);
}

void exp_kernel(const float* x, uint64_t n, float* y) {
  uint64_t i = 0;
  for (; i + 16 <= n; i += 16) exp_of(V::load(x + i)).store(y + i);
  if (i < n) store_part(exp_of(load_part(x + i, n - i)), y + i, n - i);
}

// ---- widening and narrowing ----

template <typename E>
void widen_from(const void* x, uint64_t n, float* y) {
  if constexpr (kInBlocks<E>) {
    for (uint64_t i = 0; i < n; i += E::kBlockElements) {
      typename E::Block block;
      block.open(at(x, i / E::kBlockElements * E::kBlockBytes));
      for (uint64_t j = 0; j < E::kBlockElements; j += 16) block.load(j).store(y + i + j);
    }
  } else {
    uint64_t i = 0;
    for (; i + 16 <= n; i += 16) E::load(at(x, i * E::kBlockBytes)).store(y + i);
    if (i < n) store_part(load_part_of<E>(at(x, i * E::kBlockBytes), n - i), y + i, n - i);
  }
}

void widen_kernel(uint32_t type, const void* x, uint64_t n, float* y) {
  with_element_type(type, [=](auto e) { widen_from<decltype(e)>(x, n, y); });
}

void narrow_f16_kernel(const float* x, uint64_t n, uint16_t* y) {
  uint64_t i = 0;
  for (; i + 16 <= n; i += 16) V::load(x + i).store_f16(y + i);
  if (i < n) {
    uint16_t lanes[16];
    load_part(x + i, n - i).store_f16(lanes);
    __builtin_memcpy(y + i, lanes, (n - i) * sizeof(uint16_t));
  }
}

// ---- element by element ----

void add_kernel(const float* x, const float* z, uint64_t n, float* y) {
  uint64_t i = 0;
  for (; i + 16 <= n; i += 16) V::add(V::load(x + i), V::load(z + i)).store(y + i);
  for (; i < n; ++i) y[i] = x[i] + z[i];
}

void divide_kernel(float* x, uint64_t n, float by) {
  const V d = V::set1(by);
  uint64_t i = 0;
  for (; i + 16 <= n; i += 16) V::div(V::load(x + i), d).store(x + i);
  for (; i < n; ++i) x[i] = x[i] / by;
}

inline V relu2(V gate, V up) {
  const V g = V::if_greater(gate, V::zero(), gate, V::zero());
  return V::mul(V::mul(g, g), up);
}

inline V silu(V gate, V up) {
  const V e = exp_of(V::negate(gate));
  return V::mul(V::div(gate, V::add(V::set1(1.0f), e)), up);
}

template <V (*Gate)(V, V)>
void activate_with(uint64_t n, const float* gate, const float* up, float* y) {
  uint64_t i = 0;
  for (; i + 16 <= n; i += 16) Gate(V::load(gate + i), V::load(up + i)).store(y + i);
  if (i < n) store_part(Gate(load_part(gate + i, n - i), load_part(up + i, n - i)), y + i, n - i);
}

void activate_kernel(uint32_t activation, uint64_t n, const float* gate, const float* up, float* y) {
  if (activation == BN_ACTIVATION_SILU) {
    activate_with<silu>(n, gate, up, y);
  } else {
    activate_with<relu2>(n, gate, up, y);
  }
}

void rope_kernel(float* x, uint64_t n_heads, uint64_t head_dim, const float* cos,
                 const float* sin) {
  const uint64_t half = head_dim / 2;
  for (uint64_t h = 0; h < n_heads; ++h) {
    float* a = x + h * head_dim;
    float* b = a + half;
    uint64_t i = 0;
    for (; i + 16 <= half; i += 16) {
      const V c = V::load(cos + i), s = V::load(sin + i), u = V::load(a + i), v = V::load(b + i);
      V::sub(V::mul(u, c), V::mul(v, s)).store(a + i);
      V::add(V::mul(u, s), V::mul(v, c)).store(b + i);
    }
    for (; i < half; ++i) {
      const float u = a[i], v = b[i];
      a[i] = u * cos[i] - v * sin[i];
      b[i] = u * sin[i] + v * cos[i];
    }
  }
}

// ---- norm and quantisation ----

void rms_norm_kernel(const float* x, const float* weight, uint64_t n, float epsilon, float* y) {
  Squares squares = Squares::zero();
  uint64_t i = 0;
  for (; i + 16 <= n; i += 16) squares.add(V::load(x + i));
  double lanes[16];
  squares.store(lanes);
  for (uint64_t j = 0; i + j < n; ++j) {
    lanes[j] += static_cast<double>(x[i + j]) * static_cast<double>(x[i + j]);
  }
  for (int w = 8; w > 0; w /= 2) {
    for (int j = 0; j < w; ++j) lanes[j] += lanes[j + w];
  }
  const float mean = static_cast<float>(lanes[0] / static_cast<double>(n));
  const float r = 1.0f / __builtin_sqrtf(mean + epsilon);
  const V rr = V::set1(r);
  for (i = 0; i + 16 <= n; i += 16) {
    V::mul(V::mul(V::load(x + i), rr), V::load(weight + i)).store(y + i);
  }
  for (; i < n; ++i) y[i] = (x[i] * r) * weight[i];
}

void quantize_kernel(const float* x, uint64_t n, int8_t* q, float* scale, int32_t* sum) {
  V m = V::zero();
  uint64_t i = 0;
  for (; i + 16 <= n; i += 16) m = V::max(V::abs(V::load(x + i)), m);
  if (i < n) m = V::max(V::abs(load_part(x + i, n - i)), m);
  float lanes[16];
  m.store(lanes);
  float largest = 0;
  for (float v : lanes) largest = v > largest ? v : largest;
  const double wide = largest;
  const float s = static_cast<float>(127.0 / (wide > 1e-5 ? wide : 1e-5));
  const V ss = V::set1(s);
  IntSum total = IntSum::zero();
  for (i = 0; i + 16 <= n; i += 16) V::mul(V::load(x + i), ss).to_int8(q + i, &total);
  if (i < n) {
    int8_t tail[16];
    V::mul(load_part(x + i, n - i), V::set1(s)).to_int8(tail, &total);  // the padding adds 0
    __builtin_memcpy(q + i, tail, n - i);
  }
  *scale = s;
  *sum = total.total();
}

// ---- dot products over float rows ----

// out[r * T + t] = dot(row r of w, row t of x) for R rows and T tokens. Each product's lanes are one V;
// R * T of them are in flight because one alone waits for its own fma.
template <typename E, int R, int T>
inline void dot_tile(const unsigned char* w, uint64_t w_stride_bytes, const float* x,
                     uint64_t x_stride, uint64_t n, float* out) {
  V acc[R][T];
  BN_UNROLL
  for (int r = 0; r < R; ++r) {
    BN_UNROLL
    for (int t = 0; t < T; ++t) acc[r][t] = V::zero();
  }
  uint64_t i = 0;
  for (; i + 16 <= n; i += 16) {
    BN_UNROLL
    for (int r = 0; r < R; ++r) {
      const V row = E::load(w + r * w_stride_bytes + i * E::kBlockBytes);
      BN_UNROLL
      for (int t = 0; t < T; ++t) {
        acc[r][t] = V::fma(row, V::load(x + t * x_stride + i), acc[r][t]);
      }
    }
  }
  const uint64_t rest = n - i;
  BN_UNROLL
  for (int r = 0; r < R; ++r) {
    BN_UNROLL
    for (int t = 0; t < T; ++t) {
      if (rest == 0) {
        out[r * T + t] = acc[r][t].fold();
      } else {
        out[r * T + t] = fold_with_tail(
            acc[r][t], load_part_of<E>(w + r * w_stride_bytes + i * E::kBlockBytes, rest),
            load_part(x + t * x_stride + i, rest), rest);
      }
    }
  }
}

// The same for rows of whole blocks.
template <typename E, int R, int T>
inline void dot_tile_in_blocks(const unsigned char* w, uint64_t w_stride_bytes, const float* x,
                               uint64_t x_stride, uint64_t n, float* out) {
  V acc[R][T];
  BN_UNROLL
  for (int r = 0; r < R; ++r) {
    BN_UNROLL
    for (int t = 0; t < T; ++t) acc[r][t] = V::zero();
  }
  for (uint64_t i = 0; i < n; i += E::kBlockElements, w += E::kBlockBytes) {
    typename E::Block block[R];
    BN_UNROLL
    for (int r = 0; r < R; ++r) block[r].open(w + r * w_stride_bytes);
    for (uint64_t j = 0; j < E::kBlockElements; j += 16) {
      BN_UNROLL
      for (int r = 0; r < R; ++r) {
        const V row = block[r].load(j);
        BN_UNROLL
        for (int t = 0; t < T; ++t) {
          acc[r][t] = V::fma(row, V::load(x + t * x_stride + i + j), acc[r][t]);
        }
      }
    }
  }
  BN_UNROLL
  for (int r = 0; r < R; ++r) {
    BN_UNROLL
    for (int t = 0; t < T; ++t) out[r * T + t] = acc[r][t].fold();
  }
}

template <typename E, int R, int T>
inline void head_tile(const unsigned char* w, uint64_t w_stride_bytes, const float* x,
                      uint64_t cols, float* out) {
  if constexpr (kInBlocks<E>) {
    dot_tile_in_blocks<E, R, T>(w, w_stride_bytes, x, cols, cols, out);
  } else {
    dot_tile<E, R, T>(w, w_stride_bytes, x, cols, cols, out);
  }
}

// Rows row_begin..row_end for T tokens, R rows at a time.
template <typename E, int R, int T>
inline void head_rows(const void* weights, uint64_t cols, uint64_t row_begin, uint64_t row_end,
                      const float* x, float* y, uint64_t y_stride) {
  const uint64_t stride = cols / E::kBlockElements * E::kBlockBytes;
  float out[R * T];
  uint64_t r = row_begin;
  for (; r + R <= row_end; r += R) {
    head_tile<E, R, T>(at(weights, r * stride), stride, x, cols, out);
    for (int i = 0; i < R; ++i) {
      for (int t = 0; t < T; ++t) y[t * y_stride + r + i] = out[i * T + t];
    }
  }
  for (; r < row_end; ++r) {
    head_tile<E, 1, T>(at(weights, r * stride), stride, x, cols, out);
    for (int t = 0; t < T; ++t) y[t * y_stride + r] = out[t];
  }
}

// Two tokens and three rows at a time: the tokens' inputs stay in the first-level cache while the rows
// pass by, which those of four (40 KB at a width of 2560) do not, and 12 sums fit AVX2's registers.
template <typename E>
void head_of(const void* weights, uint64_t cols, uint64_t row_begin, uint64_t row_end,
             const float* x, uint64_t n_tokens, float* y, uint64_t y_stride) {
  uint64_t t = 0;
  for (; t + 2 <= n_tokens; t += 2) {
    head_rows<E, 3, 2>(weights, cols, row_begin, row_end, x + t * cols, y + t * y_stride, y_stride);
  }
  if (t < n_tokens) {
    head_rows<E, 4, 1>(weights, cols, row_begin, row_end, x + t * cols, y + t * y_stride, y_stride);
  }
}

void head_kernel(uint32_t type, const void* weights, uint64_t cols, uint64_t row_begin,
                 uint64_t row_end, const float* x, uint64_t n_tokens, float* y,
                 uint64_t y_stride) {
  with_element_type(type, [=](auto e) {
    head_of<decltype(e)>(weights, cols, row_begin, row_end, x, n_tokens, y, y_stride);
  });
}

// ---- attention ----

// One position's key or value: load(i) is elements i..i+15, part(i, n) the n < 16 from i on.
template <typename E>
struct PlainRow {
  const unsigned char* p;
  static uint64_t bytes(uint64_t head_dim) { return head_dim * E::kBlockBytes; }
  PlainRow(const unsigned char* row, uint64_t) : p(row) {}
  V load(uint64_t i) const { return E::load(p + i * E::kBlockBytes); }
  V part(uint64_t i, uint64_t n) const { return load_part_of<E>(p + i * E::kBlockBytes, n); }
};

// A row of the type Q8_0: the F16 scales of every 32 elements (the last may be fewer), then the
// elements' bytes.
struct Q8Row {
  const unsigned char *scales, *q;
  static uint64_t scale_bytes(uint64_t head_dim) { return (head_dim + 31) / 32 * 2; }
  static uint64_t bytes(uint64_t head_dim) { return scale_bytes(head_dim) + head_dim; }
  Q8Row(const unsigned char* row, uint64_t head_dim)
      : scales(row), q(row + scale_bytes(head_dim)) {}
  V load(uint64_t i) const {
    return V::mul(V::broadcast_f16(scales + i / 32 * 2), V::load_i8(q + i));
  }
  V part(uint64_t i, uint64_t n) const {
    unsigned char bytes[16] = {};
    __builtin_memcpy(bytes, q + i, n);
    return V::mul(V::broadcast_f16(scales + i / 32 * 2), V::load_i8(bytes));
  }
};

// out[t] = dot(row t of x, row) for T rows of x.
template <typename Row, int T>
inline void dot_row(const Row& row, const float* x, uint64_t n, float* out) {
  V acc[T];
  BN_UNROLL
  for (int t = 0; t < T; ++t) acc[t] = V::zero();
  uint64_t i = 0;
  for (; i + 16 <= n; i += 16) {
    const V v = row.load(i);
    BN_UNROLL
    for (int t = 0; t < T; ++t) acc[t] = V::fma(v, V::load(x + t * n + i), acc[t]);
  }
  const uint64_t rest = n - i;
  BN_UNROLL
  for (int t = 0; t < T; ++t) {
    out[t] = rest == 0 ? acc[t].fold()
                       : fold_with_tail(acc[t], row.part(i, rest), load_part(x + t * n + i, rest),
                                        rest);
  }
}

template <typename Row>
void scores_of(const float* q, uint64_t n_heads, uint64_t head_dim, const void* k,
               uint64_t n_positions, float scale, float* scores, uint64_t stride) {
  for (uint64_t t = 0; t < n_positions; ++t) {
    const Row row(at(k, t * Row::bytes(head_dim)), head_dim);
    float out[4];
    uint64_t h = 0;
    for (; h + 4 <= n_heads; h += 4) {
      dot_row<Row, 4>(row, q + h * head_dim, head_dim, out);
      for (uint64_t j = 0; j < 4; ++j) scores[(h + j) * stride + t] = out[j] * scale;
    }
    for (; h < n_heads; ++h) {
      dot_row<Row, 1>(row, q + h * head_dim, head_dim, out);
      scores[h * stride + t] = out[0] * scale;
    }
  }
}

void attention_scores_kernel(const float* q, uint64_t n_heads, uint64_t head_dim, uint32_t kv_type,
                             const void* k, uint64_t n_positions, float scale, float* scores,
                             uint64_t stride) {
  if (kv_type == BN_TYPE_F16) {
    scores_of<PlainRow<F16>>(q, n_heads, head_dim, k, n_positions, scale, scores, stride);
  } else if (kv_type == BN_TYPE_Q8_0) {
    scores_of<Q8Row>(q, n_heads, head_dim, k, n_positions, scale, scores, stride);
  } else {
    scores_of<PlainRow<F32>>(q, n_heads, head_dim, k, n_positions, scale, scores, stride);
  }
}

float softmax_kernel(float* scores, uint64_t n) {
  // The order in which the maximum is taken does not show: NaN never enters it, and zeros of
  // different sign give the same exp below.
  V m = V::set1(-__builtin_inff());
  uint64_t i = 0;
  for (; i + 16 <= n; i += 16) m = V::max(V::load(scores + i), m);
  float lanes[16];
  m.store(lanes);
  float largest = -__builtin_inff();
  for (float v : lanes) largest = v > largest ? v : largest;
  for (; i < n; ++i) largest = scores[i] > largest ? scores[i] : largest;

  const V mm = V::set1(largest);
  V sum = V::zero();
  for (i = 0; i + 16 <= n; i += 16) {
    const V e = exp_of(V::sub(V::load(scores + i), mm));
    e.store(scores + i);
    sum = V::add(sum, e);
  }
  if (i < n) {
    store_part(exp_of(V::sub(load_part(scores + i, n - i), mm)), scores + i, n - i);
    sum.store(lanes);
    for (uint64_t j = 0; i + j < n; ++j) lanes[j] += scores[i + j];
    sum = V::load(lanes);
  }
  return sum.fold();
}

// Columns i..i+n (n <= 16) of H heads' accumulators over all positions.
template <typename Row, int H>
inline void mix_columns(const float* e, uint64_t stride, uint64_t head_dim, const void* v,
                        uint64_t n_positions, uint64_t i, uint64_t n, float* acc) {
  const bool whole = n == 16;
  V sum[H];
  BN_UNROLL
  for (int h = 0; h < H; ++h) {
    sum[h] = whole ? V::load(acc + h * head_dim + i) : load_part(acc + h * head_dim + i, n);
  }
  for (uint64_t t = 0; t < n_positions; ++t) {
    const Row row(at(v, t * Row::bytes(head_dim)), head_dim);
    const V value = whole ? row.load(i) : row.part(i, n);
    BN_UNROLL
    for (int h = 0; h < H; ++h) sum[h] = V::fma(V::set1(e[h * stride + t]), value, sum[h]);
  }
  BN_UNROLL
  for (int h = 0; h < H; ++h) {
    if (whole) {
      sum[h].store(acc + h * head_dim + i);
    } else {
      store_part(sum[h], acc + h * head_dim + i, n);
    }
  }
}

template <typename Row, int H>
void mix_heads(const float* e, uint64_t stride, uint64_t head_dim, const void* v,
               uint64_t n_positions, float* acc) {
  uint64_t i = 0;
  for (; i + 16 <= head_dim; i += 16) {
    mix_columns<Row, H>(e, stride, head_dim, v, n_positions, i, 16, acc);
  }
  if (i < head_dim) mix_columns<Row, H>(e, stride, head_dim, v, n_positions, i, head_dim - i, acc);
}

template <typename Row>
void mix_of(const float* e, uint64_t stride, uint64_t n_heads, uint64_t head_dim, const void* v,
            uint64_t n_positions, float* acc) {
  uint64_t h = 0;
  for (; h + 4 <= n_heads; h += 4) {
    mix_heads<Row, 4>(e + h * stride, stride, head_dim, v, n_positions, acc + h * head_dim);
  }
  for (; h < n_heads; ++h) {
    mix_heads<Row, 1>(e + h * stride, stride, head_dim, v, n_positions, acc + h * head_dim);
  }
}

void attention_mix_kernel(const float* e, uint64_t stride, uint64_t n_heads, uint64_t head_dim,
                          uint32_t kv_type, const void* v, uint64_t n_positions, float* acc) {
  if (kv_type == BN_TYPE_F16) {
    mix_of<PlainRow<F16>>(e, stride, n_heads, head_dim, v, n_positions, acc);
  } else if (kv_type == BN_TYPE_Q8_0) {
    mix_of<Q8Row>(e, stride, n_heads, head_dim, v, n_positions, acc);
  } else {
    mix_of<PlainRow<F32>>(e, stride, n_heads, head_dim, v, n_positions, acc);
  }
}

}  // namespace
