// The floating-point kernels that go element by element or along one row, written once over V, a vector
// of the 16 lanes that ARITHMETIC.md speaks of. Each build's translation unit defines V for its
// instruction set first; everything lies in an unnamed namespace, so no build shares code with another.
//
// V provides: zero, set1, load, store, load_f16, load_f16(a, b) of two runs of 8, load_bf16, load_i8 (16
// signed bytes to floats), broadcast_f16 (one F16 to all lanes), store_f16, add, sub, mul, div,
// fma(a, b, c), max(v, m) as v > m ? v : m, abs, negate, round_even, if_greater(a, b, x, y) as
// a > b ? x : y, if_nan(a, x, y), scale_by_power(p, k), fold, fold_four(a, b, c, d, y) to
// y[4], first (the lane 0), to_int8; and Squares, lanes of f64. Part is
// one of a V's registers, kPartLanes wide (zero, load, load_f16, load_bf16, store, fma), kDotRows x kDotTokens
// the tile of sums that head_ops.inl keeps in such registers. fma32 is the scalar fused multiply-add.

#pragma once

#include "kernels/element_types.inl"

namespace {

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

}  // namespace
