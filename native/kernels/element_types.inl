// The element types of weights and of the KV cache: how 16 elements become a V (see float_ops.inl).
#pragma once

namespace {

using namespace bitnet;

// Loads and stores of n < 16 elements.
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

}  // namespace
